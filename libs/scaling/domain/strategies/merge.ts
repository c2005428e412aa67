import type { ScalingDecision } from '@springtide/contracts';
import { msBetween, type Instant } from '@springtide/kernel';
import type { ScalingWant } from './strategy.js';

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
): ScalingDecision {
  const { current } = state;
  const reasons: string[] = [];
  const highest = highestOf(wants);
  let target = current;
  if (highest === undefined) reasons.push(`no strategy wants anything now: the ${current} machine(s) stay`);
  else if (highest.machines >= current) {
    target = highest.machines;
    reasons.push(`the highest want counts: ${highest.machines}, by ${highest.strategyId}`);
  } else {
    const why = whyNotIn(wants, rails, state);
    target = why === undefined ? afterScaleIn(highest.machines, current, rails, reasons) : current;
    if (why !== undefined) {
      reasons.push(`${highest.machines} would do, but ${why}: the ${current} machine(s) stay`);
    }
  }
  const machines = withinRails(target, rails, reasons);
  const action = machines > current ? 'out' : machines < current ? 'in' : 'hold';
  return { machines, action, wants: [...wants], reasons };
}

type Spoken = ScalingWant & Readonly<{ machines: number }>;

function spoke(want: ScalingWant): want is Spoken {
  return want.machines !== null;
}

function highestOf(wants: readonly ScalingWant[]): Spoken | undefined {
  return wants.filter(spoke).toSorted((a, b) => b.machines - a.machines)[0];
}

function whyNotIn(
  wants: readonly ScalingWant[],
  rails: ScalingRails,
  state: ScalingState,
): string | undefined {
  const blind = wants.find(({ kind, machines }) => kind === 'metric' && machines === null);
  if (blind !== undefined) return `${blind.strategyId} cannot see (${blind.text})`;
  if (!wants.some((want) => spoke(want) && want.kind !== 'predictive')) {
    return 'only a forecast says so, and a forecast alone lets nothing go';
  }
  if (state.changedAt === null) return undefined;
  const left = rails.cooldownSeconds - msBetween(state.changedAt, state.now) / 1_000;
  return left > 0 ? `the cool-down lasts ${Math.ceil(left)} s more` : undefined;
}

function afterScaleIn(wanted: number, current: number, rails: ScalingRails, reasons: string[]): number {
  const fewest = current - Math.max(1, Math.floor(current * rails.largestScaleIn));
  reasons.push(`the highest want counts: ${wanted}, fewer than the ${current} there are`);
  if (wanted >= fewest) return wanted;
  reasons.push(`no more than ${current - fewest} go at once: ${fewest}`);
  return fewest;
}

function withinRails(target: number, { floor, ceiling }: ScalingRails, reasons: string[]): number {
  if (target > ceiling) {
    reasons.push(`the ceiling is ${ceiling}: ${target - ceiling} machine(s) that are wanted will be missing`);
    return ceiling;
  }
  if (target < floor) {
    reasons.push(`the floor is ${floor}`);
    return floor;
  }
  return target;
}
