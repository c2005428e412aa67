import { wholeSeconds } from '@springtide/effects/domain';
import { decimal, money, msBetween, type Instant, type Money } from '@springtide/kernel';
import type { CostPhase, PlannedUsage } from './usage.js';

/** The part of a planned entry that lies after an instant, by time. */
export function plannedAfter(row: PlannedUsage, phases: readonly CostPhase[], after: Instant): Money {
  const phase = phases.find((candidate) => candidate.name === row.phase);
  const { currency, amount } = row.amount;
  if (!phase || msBetween(after, phase.to) <= 0) return money(currency, 0);
  const from = msBetween(phase.from, after) > 0 ? after : phase.from;
  const share = decimal(amount).times(wholeSeconds(from, phase.to));
  return money(currency, share.dividedBy(wholeSeconds(phase.from, phase.to)).toDecimalPlaces(10));
}
