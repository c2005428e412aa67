import { money, msBetween, type Instant, type Money } from '@springtide/kernel';
import { amountFor, runningSeconds } from './running-cost.js';
import type { CostPhase, PlannedUsage } from './usage.js';

/**
 * What one planned entry costs: its machines for its whole phase, or for what is left of the phase after an instant.
 * Zero when it has no price: only private capacity without a rate card may be planned like that.
 */
export function plannedCost(
  row: PlannedUsage,
  phases: readonly CostPhase[],
  currency: string,
  after: Instant | null = null,
): Money {
  const phase = phases.find((candidate) => candidate.name === row.phase);
  if (!phase || row.pricePerHour === null) return money(currency, 0);
  const from = after !== null && msBetween(phase.from, after) > 0 ? after : phase.from;
  return amountFor(row.pricePerHour, runningSeconds(from, phase.to) * row.machines);
}
