import type { Allocation } from './allocation.js';
import type { ShortageCause } from './capacity-plan.js';
import type { CellShortage } from './check-plan.js';
import { at, type PlannerModel } from './planner-model.js';

/** Asks every allowed pool why it does not end the shortage of one class in one phase. */
export function shortageCauses(allocation: Allocation, cell: CellShortage): readonly ShortageCause[] {
  const { problem, pairs } = allocation.model;
  const g = problem.classes.findIndex((item) => item.id === cell.class);
  const k = problem.phases.findIndex((phase) => phase.id === cell.phase);
  const causes = new Set<ShortageCause>();
  for (const pair of pairs.ofClass[g] ?? []) causes.add(obstacle(allocation, pair, k));
  if (problem.classes[g]?.allowed.length === 0) causes.add('no-pool');
  else if (causes.size === 0) causes.add('stock');
  // A limit that can be lifted says more than stock that never was there.
  const liftable = [...causes].filter((cause) => cause !== 'stock' && cause !== 'zone-loss');
  return (liftable.length > 0 ? liftable : [...causes]).toSorted(
    (a, b) => ORDER.indexOf(a) - ORDER.indexOf(b),
  );
}

const ORDER: readonly ShortageCause[] = [
  'budget',
  'hourly-ceiling',
  'quota',
  'subnet',
  'link',
  'launch-limit',
  'lead-time',
  'promised',
  'zone-share',
  'spot-pool-share',
  'spot-limit',
  'zone-loss',
  'stock',
  'no-pool',
];

function obstacle(allocation: Allocation, pair: number, k: number): ShortageCause {
  const { model, limits } = allocation;
  const change = [{ pair, sign: 1 as const }];
  if (isLate(model, pair, k)) return 'lead-time';
  const full = fullLimit(allocation, pair, k);
  if (limits.capRoom(pair, k) < 1) return full === 'promised' ? full : 'stock';
  if (full !== undefined) return full;
  if (!allocation.affords(change, k, k)) return 'budget';
  if (!allocation.launchable(change, k, k)) return 'launch-limit';
  const spot = at(model.pools.spot, at(model.pairs.poolOf, pair)) === 1;
  if (spot && allocation.penaltyDelta(change, k, k) === null) return 'spot-limit';
  return 'zone-loss';
}

function isLate({ problem, pairs }: PlannerModel, pair: number, k: number): boolean {
  const lead = problem.pools[at(pairs.poolOf, pair)]?.leadTimeHours ?? 0;
  return lead > (problem.phases[k]?.startsInHours ?? Infinity);
}

/** The first limit that takes no further machine of the pair. */
function fullLimit({ model, limits }: Allocation, pair: number, k: number): ShortageCause | undefined {
  const { starts, of, weight, names } = model.limits;
  for (let i = at(starts, pair); i < at(starts, pair + 1); i += 1) {
    const limit = at(of, i);
    if (limits.roomIn(limit * model.phaseCount + k, at(weight, i)) < 1) return names[limit]?.kind;
  }
  return undefined;
}
