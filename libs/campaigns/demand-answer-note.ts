import {
  ordersFact,
  sentence,
  type PhaseName,
  type Reason,
  type Sentence,
  type SentenceCode,
} from '@springtide/contracts';
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
  const asks = { service, observed, planned, phase, multiple };
  const once = `surge/${service}/${revision}`;
  const why = whyOf(reason);
  if (multiple === 1) {
    return { step: 'demand.calm', sentences: [sentence('demand.calm', asks), why], facts, once };
  }
  const moved = ordersFact(
    answer.added.map(({ machines, poolId, phase: when }) => ({
      machines: Math.abs(machines),
      poolId,
      phase: when,
    })),
  );
  const step = multiple < 1 ? 'demand.below-plan' : 'demand.above-plan';
  const answered = moved === '' ? sentence(`${step}-none`, asks) : sentence(step, { ...asks, moved });
  if (multiple < 1) return { step, sentences: [answered, why], facts, once };
  const uncovered = short === 0 ? [] : [sentence('demand.uncovered', { short })];
  const level = short === 0 ? 'warning' : 'problem';
  return { step, level, sentences: [answered, ...uncovered, why], facts, once };
}

/** What the forecast that was followed says of it; a reason of another kind stays as it was written. */
function whyOf({ code, params, text }: Reason): Sentence {
  const { earliest, latest } = params;
  if (!FORECASTS.some((known) => known === code) || earliest === undefined || latest === undefined) {
    return sentence('quoted', { text });
  }
  return { code, params: { ...params, ...shiftOf(Number(earliest), Number(latest)) } };
}

const FORECASTS: readonly SentenceCode[] = [
  'burst-at-ceiling',
  'burst-above-forecast',
  'burst-forecast-placed',
  'burst-forecast-open',
];

/** How much earlier, or later, than forecast the demand comes. */
function shiftOf(earliest: number, latest: number): Readonly<Record<string, string | number>> {
  const [earlier, later] = [Math.max(0, earliest), Math.max(0, -latest)];
  if (earliest !== latest) return { shift: 'between', earlier, later };
  return { shift: earliest === 0 ? 'none' : earliest > 0 ? 'earlier' : 'later', earlier, later };
}
