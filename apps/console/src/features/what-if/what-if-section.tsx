import { Spin } from 'antd';
import type { PlanBody, PlanComparison, PlanWhatIf } from '@springtide/contracts';
import { useState } from 'react';
import { useText } from '../../i18n/language.js';
import { useFormat } from '../../shared/format/format.js';
import { Section } from '../../shared/ui/page.js';
import { ProblemNote } from '../../shared/ui/problem-note.js';
import { useCampaign } from '../campaigns/campaign-page.js';
import { ComparisonFigures } from '../comparison/comparison-figures.js';
import { PhaseComparison, PoolComparison } from '../comparison/comparison-tables.js';
import { ComparisonWords } from '../comparison/comparison-words.js';
import { PlanReasons } from '../plan/plan-reasons.js';
import { faultOf, noChange, questionOf, type Change } from './change.js';
import { Controls } from './controls.js';
import { KeepChange } from './keep-change.js';
import { useKeep } from './use-keep.js';
import { useWhatIf } from './use-what-if.js';

type Props = Readonly<{ plan: PlanBody; onKept: () => void }>;

/** Tries changes on a plan. Nothing is kept of them unless somebody says so. */
export function WhatIfSection({ plan, onKept }: Props) {
  const text = useText();
  const campaign = useCampaign();
  const [tried, setTried] = useState<Change | null>(null);
  const change = tried ?? noChange(campaign);
  const fault = faultOf(change);
  const question = questionOf(change, campaign);
  const keep = useKeep(onKept);
  return (
    <Section title={text('what-if.title')} note={text('what-if.note')}>
      <Controls plan={plan} change={change} onChange={setTried} />
      {fault && (
        <p className="bad-text" role="alert">
          {text(`what-if.fault.${fault}`)}
        </p>
      )}
      {keep.error && <ProblemNote error={keep.error} />}
      {question && <Answer plan={plan} question={question} />}
      {question && <KeepChange question={question} keeping={keep.isPending} onKeep={keep.mutate} />}
      {!question && !fault && <p className="quiet">{text('what-if.untouched')}</p>}
    </Section>
  );
}

function Answer({ plan, question }: Readonly<{ plan: PlanBody; question: PlanWhatIf }>) {
  const text = useText();
  const format = useFormat();
  const { answer, thinking, error } = useWhatIf(plan.id, question);
  return (
    <>
      <p className="quiet" role="status">
        {thinking && (
          <>
            <Spin size="small" /> {text('what-if.thinking')}
          </>
        )}
        {!thinking && answer && text('what-if.answered', { seconds: format.number(answer.seconds, 1) })}
      </p>
      {error && <ProblemNote error={error} />}
      {answer && (
        <div className={thinking ? 'answer outdated' : 'answer'} aria-busy={thinking}>
          <Answered plan={plan} comparison={answer.comparison} />
        </div>
      )}
    </>
  );
}

type AnsweredProps = Readonly<{
  plan: PlanBody;
  comparison: PlanComparison;
}>;

function Answered({ plan, comparison }: AnsweredProps) {
  const text = useText();
  const names = {
    before: text('plan.revision', { revision: plan.revision }),
    after: text('what-if.side'),
  };
  return (
    <>
      <ComparisonWords comparison={comparison} subject={text('what-if.subject')} pools={plan.pools} />
      <ComparisonFigures comparison={comparison} names={names} />
      <h3>{text('compare.by-phase')}</h3>
      <PhaseComparison comparison={comparison} names={names} />
      <details>
        <summary>{text('compare.pools')}</summary>
        <PoolComparison comparison={comparison} names={names} pools={plan.pools} />
      </details>
      <details>
        <summary>{text('plan.why')}</summary>
        <PlanReasons reasons={comparison.reasons} pools={plan.pools} />
      </details>
    </>
  );
}
