import type { Allocation } from './allocation.js';
import type { ShortageCause } from './capacity-plan.js';
import type { CellShortage } from './check-plan.js';
import { at } from './planner-model.js';

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
  'spot-limit',
  'zone-loss',
  'stock',
  'no-pool',
];

function obstacle(allocation: Allocation, pair: number, k: number): ShortageCause {
  const change = [{ pair, sign: 1 as const }];
  if (allocation.capLeft(pair, k, k) < 1) return 'stock';
  if (allocation.quotaRoom(pair, k) < 1) return 'quota';
  if (allocation.ceilingRoom(pair, k) < 1) return 'hourly-ceiling';
  if (!allocation.affords(change, k, k)) return 'budget';
  const spot = at(allocation.model.pools.spot, at(allocation.model.pairs.poolOf, pair)) === 1;
  if (spot && allocation.penaltyDelta(change, k, k) === null) return 'spot-limit';
  return 'zone-loss';
}
