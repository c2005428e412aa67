import { PHASE_NAMES, type CampaignBody } from '@springtide/contracts';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { lateStartText } from '../../shared/format/late-start.js';
import { Amount } from '../../shared/ui/amount.js';
import { Facts } from '../../shared/ui/figures.js';
import { Grid } from '../../shared/ui/grid.js';
import { Section } from '../../shared/ui/page.js';
import { CampaignActions } from './campaign-actions.js';
import { NextStep } from './next-step.js';
import { PhaseTimeline } from './phase-timeline.js';
import { useCampaign } from './campaign-page.js';

export function OverviewPage() {
  const text = useText();
  const format = useFormat();
  const campaign = useCampaign();
  return (
    <>
      <NextStep />
      <Section
        title={text('overview.timeline')}
        note={text('overview.zone', { zone: campaign.timeZone })}
        aside={<CampaignActions />}
      >
        <PhaseTimeline campaign={campaign} />
      </Section>
      <Section title={text('overview.demand')}>
        <DemandTable campaign={campaign} />
      </Section>
      <Section title={text('overview.facts')}>
        <Facts
          items={[
            { label: text('common.author'), value: campaign.author.name },
            { label: text('common.budget'), value: <Amount value={campaign.budget} /> },
            { label: text('overview.policy'), value: text(`overview.policy.${campaign.policy}`) },
            {
              label: text('overview.follows'),
              value: text(`overview.follows.${campaign.follows ?? 'plan'}`),
            },
            {
              label: text('overview.below-plan'),
              value: text(`overview.below-plan.${campaign.belowPlan ?? 'keep'}`),
            },
            { label: text('overview.late-start'), value: lateStartText(text, campaign.lateStart) },
            { label: text('overview.accounts'), value: format.number(campaign.accountIds.length) },
            { label: text('common.created'), value: format.instant(campaign.createdAt) },
            { label: text('common.updated'), value: format.instant(campaign.updatedAt) },
          ]}
        />
      </Section>
    </>
  );
}

function DemandTable({ campaign }: Readonly<{ campaign: CampaignBody }>) {
  const text = useText();
  const format = useFormat();
  const services = [...new Set(campaign.demand.map((row) => row.service))];
  const phases = PHASE_NAMES.filter((name) => campaign.phases.some((phase) => phase.name === name));
  return (
    <Grid
      label={text('overview.demand')}
      rows={services}
      keyOf={(service) => service}
      empty={text('overview.no-demand')}
      columns={[
        { key: 'service', title: text('common.service'), cell: (service) => service },
        ...phases.map((phase) => ({
          key: phase,
          title: text(`phase.${phase}`),
          numeric: true,
          cell: (service: string) =>
            format.number(
              campaign.demand.find((row) => row.service === service && row.phase === phase)
                ?.requestsPerSecond ?? 0,
              0,
            ),
        })),
      ]}
    />
  );
}
