import { Alert, Button, Select, Spin } from 'antd';
import { routes, type PlanBody } from '@springtide/contracts';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer, useCommand } from '../../shared/api/use-answer.js';
import { useFormat } from '../../shared/format/format.js';
import { Amount } from '../../shared/ui/amount.js';
import { Badge, type Tone } from '../../shared/ui/badge.js';
import { Facts, Figures } from '../../shared/ui/figures.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { WhatIfSection } from '../what-if/what-if-section.js';
import { CapacityTable } from './capacity-table.js';
import { MachineTable } from './machine-table.js';
import { PlanReasons } from './plan-reasons.js';

const TONES: Readonly<Record<PlanBody['status'], Tone>> = {
  solving: 'busy',
  ready: 'good',
  infeasible: 'bad',
  failed: 'bad',
};

export function PlanPage() {
  const text = useText();
  const campaign = useCampaign();
  const params = { id: campaign.id };
  const answer = useAnswer(routes.planList, { params }, { everyMs: 2_000 });
  const request = useCommand(routes.planRequest);
  const startable = campaign.status === 'draft' || campaign.status === 'planned';
  return (
    <>
      {request.error && <ProblemNote error={request.error} />}
      <Waiting answer={answer}>{({ items }) => <Revisions plans={items} />}</Waiting>
      {startable && (
        <p>
          <Button loading={request.isPending} onClick={() => request.mutate({ params })}>
            {text('plan.make')}
          </Button>{' '}
          <span className="quiet">{text('plan.make-note')}</span>
        </p>
      )}
    </>
  );
}

function Revisions({ plans }: Readonly<{ plans: readonly PlanBody[] }>) {
  const text = useText();
  const campaign = useCampaign();
  const [search, setSearch] = useSearchParams();
  const chosen =
    plans.find((plan) => String(plan.revision) === search.get('revision')) ??
    plans.find((plan) => plan.id === campaign.currentPlanId) ??
    plans[0];
  if (!chosen) return <p>{text('plan.none')}</p>;
  return (
    <>
      <div className="filters">
        <Select
          aria-label={text('plan.revision-choice')}
          value={chosen.revision}
          onChange={(revision) => setSearch({ revision: String(revision) }, { replace: true })}
          options={plans.map(({ revision, status }) => ({
            value: revision,
            label: `${text('plan.revision', { revision })} · ${text(`plan.status.${status}`)}`,
          }))}
          className="filter"
        />
        <Badge tone={TONES[chosen.status]}>{text(`plan.status.${chosen.status}`)}</Badge>
      </div>
      <PlanContent plan={chosen}>
        {chosen === plans[0] ? (
          <WhatIfSection key={chosen.id} plan={chosen} onKept={() => setSearch({}, { replace: true })} />
        ) : (
          <p className="quiet">{text('what-if.older')}</p>
        )}
      </PlanContent>
    </>
  );
}

/** @param children stand between what a plan costs and why, once it is solved. */
function PlanContent({ plan, children }: Readonly<{ plan: PlanBody; children: ReactNode }>) {
  const text = useText();
  if (plan.status === 'solving') return <Spin aria-label={text('plan.status.solving')} />;
  return (
    <>
      {plan.failure && (
        <Alert
          type="error"
          showIcon
          title={text('plan.failure')}
          description={<span lang="en">{plan.failure}</span>}
        />
      )}
      <Money plan={plan} />
      {plan.hash !== '' && children}
      <Section title={text('plan.why')}>
        <PlanReasons reasons={plan.reasons} pools={plan.pools} />
      </Section>
      <Section title={text('plan.capacity')} note={text('plan.capacity-note')}>
        <CapacityTable plan={plan} />
      </Section>
      <Section title={text('plan.machines')} note={text('plan.machines-note')}>
        <MachineTable plan={plan} />
      </Section>
      <Origin plan={plan} />
    </>
  );
}

function Money({ plan }: Readonly<{ plan: PlanBody }>) {
  const text = useText();
  const format = useFormat();
  const campaign = useCampaign();
  return (
    <Figures
      items={[
        { label: text('plan.cost'), value: <Amount value={plan.cost} /> },
        { label: text('common.budget'), value: <Amount value={campaign.budget} /> },
        {
          label: text('plan.bound'),
          value: plan.lowerBound ? <Amount value={plan.lowerBound} /> : '–',
          note: text('plan.bound-note'),
        },
        { label: text('plan.gap'), value: plan.gap === null ? '–' : format.percent(plan.gap) },
      ]}
    />
  );
}

function Origin({ plan }: Readonly<{ plan: PlanBody }>) {
  const { timeZone } = useCampaign();
  const text = useText();
  const format = useFormat();
  return (
    <Section title={text('plan.origin')}>
      <Facts
        items={[
          { label: text('plan.solver'), value: `${plan.solver} · ${plan.quality}` },
          { label: text('common.created'), value: format.instant(plan.createdAt, timeZone) },
          { label: text('plan.hash'), wide: true, value: <code>{plan.hash || '–'}</code> },
          { label: text('plan.market'), value: <code>{plan.marketSnapshotId ?? '–'}</code> },
        ]}
      />
    </Section>
  );
}
