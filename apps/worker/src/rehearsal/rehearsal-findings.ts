import { sentence, type RehearsalPhase, type RehearsalResult, type Sentence } from '@springtide/contracts';
import { HOUR, compareMoney } from '@springtide/kernel';
import type { z } from 'zod';

/** However long the way back takes in the storm, afterwards it is a finding. */
export const LATEST_CLOSE_MS = 12 * HOUR;
const WHOLE = 0.999;

type Served = z.infer<typeof RehearsalPhase> & Readonly<{ plannedRps: number; plannedShare: number }>;

type Lived = Readonly<{
  /** Of the run. */
  state: string;
  phases: readonly Served[];
  leftover: number;
  cost: Pick<RehearsalResult['cost'], 'actual' | 'budget'>;
}>;

/** What speaks against the plan. */
export function findingsOf({ state, phases, leftover, cost }: Lived): readonly Sentence[] {
  const { actual, budget } = cost;
  const sums = { actual: actual.amount, budget: budget.amount, currency: actual.currency };
  return [
    ...phases.filter(({ servedShare }) => servedShare < WHOLE).map(shortOf),
    ...(state === 'closed' ? [] : [sentence('finding.open', { hours: LATEST_CLOSE_MS / HOUR, state })]),
    ...(leftover === 0 ? [] : [sentence('finding.leftover', { count: leftover })]),
    ...(compareMoney(actual, budget) <= 0 ? [] : [sentence('finding.cost', sums)]),
  ];
}

function shortOf(phase: Served): Sentence {
  return sentence('finding.short', {
    phase: phase.name,
    served: percentOf(phase.servedShare),
    minutes: Math.ceil(phase.shortMinutes),
    asked: Math.round(phase.demandRps),
    planned: Math.round(phase.plannedRps),
    carried: percentOf(phase.plannedShare),
  });
}

/** Rounded down: what is nearly everything is not everything. */
function percentOf(share: number): number {
  return Math.floor(share * 10_000) / 100;
}
