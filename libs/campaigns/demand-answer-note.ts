import type { PhaseName, Reason } from '@springtide/contracts';
import type { SurgeAnswer } from './domain/index.js';
import type { TimelineNote } from './run-timeline.js';

/** What was observed and planned, and by how much the targets now differ from the plan. */
type AnsweredDemand = Readonly<{
  service: string;
  phase: PhaseName;
  /** Requests per second. */
  observed: number;
  planned: number;
  multiple: number;
  revision: number;
}>;

/** The line of a run's story that tells why its targets are no longer, or again, those of the plan. */
export function answerNote(demand: AnsweredDemand, answer: SurgeAnswer, reason: Reason): TimelineNote {
  const { service, phase, revision } = demand;
  const [observed, planned] = [Math.round(demand.observed), Math.round(demand.planned)];
  const short = Math.ceil(Math.max(0, ...answer.uncovered.values()));
  const multiple = Math.round(demand.multiple * 100) / 100;
  const facts = { service, observed, planned, multiple, short, why: reason.text };
  const asks = `${service} takes ${observed} requests/s where ${planned} were planned for ${phase}`;
  const once = `surge/${service}/${revision}`;
  if (multiple === 1) {
    const detail = `${asks}: demand is back at the plan, and so are the targets. What was added goes back, what went early is bought again if the plan still wants it. ${reason.text}`;
    return { step: 'demand.calm', detail, facts, once };
  }
  const moved = answer.added.map(
    ({ machines, poolId, phase: when }) => `${Math.abs(machines)} × ${poolId} for ${when}`,
  );
  if (multiple < 1) {
    const what = moved.length === 0 ? 'no whole machine can be spared' : `going early: ${moved.join(', ')}`;
    const detail = `${asks}; the campaign lets machines go at ${multiple} times the plan: ${what}. ${reason.text}`;
    return { step: 'demand.below-plan', detail, facts, once };
  }
  const what = moved.length === 0 ? 'the targets carry it already' : `added: ${moved.join(', ')}`;
  const missing =
    short === 0
      ? ''
      : ` ${short} requests/s stay uncovered: neither the approved pools nor the approval's machines and money per hour leave more room. Plan and approve more, or expect slow answers.`;
  return {
    step: 'demand.above-plan',
    level: short === 0 ? 'warning' : 'problem',
    detail: `${asks}; it is answered at ${multiple} times the plan inside the approved envelope: ${what}.${missing} ${reason.text}`,
    facts,
    once,
  };
}
