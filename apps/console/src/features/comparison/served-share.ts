import type { PlanComparison } from '@springtide/contracts';

export type ComparedPhase = PlanComparison['phases'][number];
type Moment = 'Before' | 'After';

/** Part of a phase's demand that finds capacity; rounded down, so that what is not whole never reads as whole. */
export function servedShare(phase: ComparedPhase, moment: Moment): number {
  const demand = phase[`demand${moment}`];
  if (demand <= 0) return 1;
  return Math.floor((1 - phase[`short${moment}`] / demand) * 10_000) / 10_000;
}

/** The phase that is served worst after the change, if any lacks anything. */
export function hardestPhase(phases: readonly ComparedPhase[]): ComparedPhase | undefined {
  return phases
    .filter(({ shortAfter }) => shortAfter > 0)
    .toSorted((a, b) => servedShare(a, 'After') - servedShare(b, 'After'))[0];
}

export function lowestShare(phases: readonly ComparedPhase[], moment: Moment): number {
  return Math.min(1, ...phases.map((phase) => servedShare(phase, moment)));
}
