import { clausesFact, englishOf, sentence, type ScalingDecision, type Sentence } from '@springtide/contracts';
import { msBetween, type Instant } from '@springtide/kernel';
import type { ReasonedDecision, ScalingWant } from './strategy.js';

/** Limits that hold whatever strategies want. */
export type ScalingRails = Readonly<{
  floor: number;
  ceiling: number;
  cooldownSeconds: number;
  /** Highest part of the machines that one decision lets go. */
  largestScaleIn: number;
}>;

export type ScalingState = Readonly<{ now: Instant; current: number; changedAt: Instant | null }>;

/**
 * One number from many wants. The highest want counts. Machines go only when the cool-down is over, everybody who has a say
 * can see, somebody who looks at the present agrees (a forecast alone lets nothing go), and then not too many at once. Floor
 * and ceiling hold in the end.
 */
export function mergeWants(
  wants: readonly ScalingWant[],
  rails: ScalingRails,
  state: ScalingState,
): ReasonedDecision {
  const { current } = state;
  const steps: Sentence[] = [];
  const highest = highestOf(wants);
  let target = current;
  if (highest === undefined) steps.push(sentence('decided.no-want', { current }));
  else if (highest.machines >= current) {
    target = highest.machines;
    const { machines, strategyId: strategy } = highest;
    steps.push(sentence('decided.highest', { machines, strategy }));
  } else {
    const why = whyNotIn(highest.machines, wants, rails, state);
    target = why === undefined ? afterScaleIn(highest.machines, current, rails, steps) : current;
    if (why !== undefined) steps.push(why);
  }
  const machines = withinRails(target, rails, steps);
  const action = machines > current ? 'out' : machines < current ? 'in' : 'hold';
  return reasoned({ machines, action, wants: [...wants] }, steps);
}

/** A decision with the steps to it, in English as well for whoever reads text alone. */
export function reasoned(
  decision: Omit<ScalingDecision, 'reasons' | 'reasonSentences'>,
  steps: readonly Sentence[],
): ReasonedDecision {
  return { ...decision, reasons: steps.map((step) => englishOf([step])), reasonSentences: [...steps] };
}

type Spoken = ScalingWant & Readonly<{ machines: number }>;

function spoke(want: ScalingWant): want is Spoken {
  return want.machines !== null;
}

function highestOf(wants: readonly ScalingWant[]): Spoken | undefined {
  return wants.filter(spoke).toSorted((a, b) => b.machines - a.machines)[0];
}

function whyNotIn(
  machines: number,
  wants: readonly ScalingWant[],
  rails: ScalingRails,
  { current, changedAt, now }: ScalingState,
): Sentence | undefined {
  const blind = wants.find((want) => want.kind === 'metric' && want.machines === null);
  if (blind !== undefined) {
    const why = clausesFact(blind.sentences);
    return sentence('decided.blind', { machines, strategy: blind.strategyId, why, current });
  }
  if (!wants.some((want) => spoke(want) && want.kind !== 'predictive')) {
    return sentence('decided.forecast-alone', { machines, current });
  }
  if (changedAt === null) return undefined;
  const seconds = Math.ceil(rails.cooldownSeconds - msBetween(changedAt, now) / 1_000);
  return seconds > 0 ? sentence('decided.cool-down', { machines, seconds, current }) : undefined;
}

function afterScaleIn(wanted: number, current: number, rails: ScalingRails, steps: Sentence[]): number {
  const fewest = current - Math.max(1, Math.floor(current * rails.largestScaleIn));
  steps.push(sentence('decided.fewer', { machines: wanted, current }));
  if (wanted >= fewest) return wanted;
  steps.push(sentence('decided.at-once', { count: current - fewest, machines: fewest }));
  return fewest;
}

function withinRails(target: number, { floor, ceiling }: ScalingRails, steps: Sentence[]): number {
  if (target > ceiling) {
    steps.push(sentence('decided.ceiling', { ceiling, missing: target - ceiling }));
    return ceiling;
  }
  if (target < floor) {
    steps.push(sentence('decided.floor', { floor }));
    return floor;
  }
  return target;
}
