import type { Fault } from './world/storm.js';
import { simulate, type Outcome } from './simulate.js';

/** At most so many stories are told to find a shorter one. */
const MOST_TRIES = 60;

/** Leaves out faults, first many at once and then one by one, for as long as the same invariant is still broken. */
export async function shrink(failed: Outcome): Promise<Outcome> {
  const broken = failed.violations[0]?.invariant;
  let shortest = failed;
  let tries = 0;
  for (
    let size = Math.ceil(failed.faults.length / 2);
    size >= 1;
    size = size === 1 ? 0 : Math.ceil(size / 2)
  ) {
    for (let at = 0; at < shortest.faults.length && tries < MOST_TRIES;) {
      const fewer = without(shortest.faults, at, size);
      tries += 1;
      const outcome = await simulate(failed.seed, fewer, failed.scenario);
      if (outcome.violations[0]?.invariant === broken) shortest = outcome;
      else at += size;
    }
  }
  return shortest;
}

function without(faults: readonly Fault[], at: number, count: number): readonly Fault[] {
  return [...faults.slice(0, at), ...faults.slice(at + count)];
}
