import { Select } from 'antd';
import { routes, type PlanBody } from '@springtide/contracts';
import { useId } from 'react';
import { useSearchParams } from 'react-router';
import { useText } from '../../i18n/language.js';
import { useAnswer } from '../../shared/api/use-answer.js';
import { Section } from '../../shared/ui/page.js';
import { Waiting } from '../../shared/ui/waiting.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { PlanReasons } from '../plan/plan-reasons.js';
import { ComparisonFigures } from './comparison-figures.js';
import { PhaseComparison, PoolComparison } from './comparison-tables.js';
import { ComparisonWords } from './comparison-words.js';

const REFRESH_MS = 10_000;

export function ComparePage() {
  const text = useText();
  const { id } = useCampaign();
  const answer = useAnswer(routes.planList, { params: { id } }, { everyMs: REFRESH_MS });
  return (
    <Waiting answer={answer}>
      {({ items }) => {
        const solved = items.filter(({ hash }) => hash !== '');
        const [newest, before] = solved;
        return newest && before ? (
          <Choice plans={solved} first={before} second={newest} />
        ) : (
          <p>{text('compare.too-few')}</p>
        );
      }}
    </Waiting>
  );
}

type ChoiceProps = Readonly<{ plans: readonly PlanBody[]; first: PlanBody; second: PlanBody }>;

/** Both choices stand in the address, so that a comparison can be sent to somebody. */
function Choice({ plans, first, second }: ChoiceProps) {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const chosen = (name: string, otherwise: PlanBody): PlanBody =>
    plans.find(({ revision }) => String(revision) === search.get(name)) ?? otherwise;
  const [before, after] = [chosen('from', first), chosen('to', second)];
  const choose = (from: number, to: number): void =>
    setSearch({ from: String(from), to: String(to) }, { replace: true });
  return (
    <>
      <Section title={text('compare.title')} note={text('compare.note')}>
        <div className="filters">
          <PlanChoice
            label={text('compare.first')}
            plans={plans}
            value={before}
            onChange={(revision) => choose(revision, after.revision)}
          />
          <PlanChoice
            label={text('compare.second')}
            plans={plans}
            value={after}
            onChange={(revision) => choose(before.revision, revision)}
          />
        </div>
      </Section>
      <Compared before={before} after={after} />
    </>
  );
}

type PlanChoiceProps = Readonly<{
  label: string;
  plans: readonly PlanBody[];
  value: PlanBody;
  onChange: (revision: number) => void;
}>;

function PlanChoice({ label, plans, value, onChange }: PlanChoiceProps) {
  const text = useText();
  const field = useId();
  return (
    <>
      <label htmlFor={field}>{label}</label>
      <Select
        id={field}
        value={value.revision}
        onChange={onChange}
        options={plans.map(({ revision, status }) => ({
          value: revision,
          label: `${text('plan.revision', { revision })} · ${text(`plan.status.${status}`)}`,
        }))}
        className="filter"
      />
    </>
  );
}

function Compared({ before, after }: Readonly<{ before: PlanBody; after: PlanBody }>) {
  const text = useText();
  const answer = useAnswer(routes.planCompare, { params: { id: before.id }, query: { with: after.id } });
  const pools = [...after.pools, ...before.pools];
  const names = {
    before: text('plan.revision', { revision: before.revision }),
    after: text('plan.revision', { revision: after.revision }),
  };
  return (
    <Waiting answer={answer}>
      {(comparison) => (
        <>
          <Section title={text('compare.in-words')}>
            <ComparisonWords
              comparison={comparison}
              subject={text('compare.subject', { revision: after.revision })}
              pools={pools}
            />
            <ComparisonFigures comparison={comparison} names={names} />
          </Section>
          <Section title={text('compare.by-phase')} note={text('compare.by-phase-note')}>
            <PhaseComparison comparison={comparison} names={names} />
          </Section>
          <Section title={text('compare.pools')} note={text('compare.pools-note')}>
            <PoolComparison comparison={comparison} names={names} pools={pools} />
          </Section>
          <Section title={text('compare.why')}>
            <PlanReasons reasons={comparison.reasons} pools={pools} />
          </Section>
        </>
      )}
    </Waiting>
  );
}
