import { amountFor, wholeSeconds } from '@springtide/effects/domain';
import { addMs, money, msBetween, subtractMoney, type Instant, type Money } from '@springtide/kernel';
import { billedUntil, endOf } from './running-cost.js';
import type { CostPhase, UsageInterval } from './usage.js';

/** Time outside the plan's phases has a row of its own, so that nothing is lost. */
export const OUTSIDE_PHASES = 'outside';

export type PhaseShare = Readonly<{ phase: string; seconds: number; amount: Money }>;

/**
 * One machine's cost by phase. Seconds and amounts add up exactly to the machine's own: each share is the difference of
 * two running totals. What the minimum adds beyond the running seconds goes to the phase in which the machine ended.
 */
export function splitByPhase(
  interval: UsageInterval,
  phases: readonly CostPhase[],
  at: Instant,
  currency: string,
): readonly PhaseShare[] {
  const billed = billedUntil(interval, at);
  if (billed === 0) return [];
  const price = interval.pricePerHour ?? money(currency, 0);
  const end = endOf(interval, at);
  const cuts = [...cutsBetween(phases, interval.from, end), end];
  const shares: PhaseShare[] = [];
  let start = interval.from;
  let seconds = 0;
  let amount = money(price.currency, 0);
  for (const [index, cut] of cuts.entries()) {
    const last = index === cuts.length - 1;
    const secondsNow = last ? billed : wholeSeconds(interval.from, cut);
    const amountNow = amountFor(price, secondsNow);
    shares.push({
      phase: phaseAt(phases, start, cut),
      seconds: secondsNow - seconds,
      amount: subtractMoney(amountNow, amount),
    });
    [start, seconds, amount] = [cut, secondsNow, amountNow];
  }
  return shares;
}

/** Phase boundaries strictly inside the interval, in order. */
function cutsBetween(phases: readonly CostPhase[], from: Instant, to: Instant): Instant[] {
  const bounds = phases.flatMap((phase) => [phase.from, phase.to]).map((bound) => addMs(bound, 0));
  return [...new Set(bounds)]
    .filter((bound) => msBetween(from, bound) > 0 && msBetween(bound, to) > 0)
    .toSorted();
}

/** The phase of a stretch that no boundary divides; an empty stretch belongs to where it lies. */
function phaseAt(phases: readonly CostPhase[], from: Instant, to: Instant): string {
  const middle = addMs(from, Math.floor(msBetween(from, to) / 2));
  const found = phases.find((phase) => msBetween(phase.from, middle) >= 0 && msBetween(middle, phase.to) > 0);
  return found?.name ?? OUTSIDE_PHASES;
}
