import { decimal, money } from '@springtide/kernel';
import type { RowLayout } from './lot-model.js';
import { at, compileModel, type PlannerModel } from './planner-model.js';
import type { PlanningClass, PlanningProblem } from './problem.js';

/**
 * Classes that use the same pools in the same proportions under the same tolerances are one class to the linear
 * model: its size grows with kinds of services, not with services. Whole machines are still placed per class.
 */
export type Merging = Readonly<{
  model: PlannerModel;
  /** Per class: its merged class, and merged units per own unit. */
  groupOf: readonly number[];
  scale: readonly number[];
}>;

export function mergeClasses(problem: PlanningProblem): Merging {
  const groups = new Map<string, PlanningClass[]>();
  for (const item of problem.classes) {
    const key = kindOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  const keys = [...groups.keys()];
  const leaderOf = (item: PlanningClass) => groups.get(kindOf(item))?.[0] ?? item;
  const classes = [...groups.values()].flatMap((items) => mergedClass(problem.currency, items));
  return {
    model: compileModel({ ...problem, classes }),
    groupOf: problem.classes.map((item) => keys.indexOf(kindOf(item))),
    scale: problem.classes.map((item) => scaleOf(item, leaderOf(item))),
  };
}

function scaleOf(item: PlanningClass, leader: PlanningClass): number {
  return firstUnits(leader) / firstUnits(item);
}

/** Equal for classes that may be merged. Memory has its own row and its own ratio: such a class stays alone. */
function kindOf(item: PlanningClass): string {
  if (item.allowed.length === 0 || item.demand.some((demand) => demand.memoryGiB > 0))
    return `alone ${item.id}`;
  const first = firstUnits(item);
  const pools = item.allowed
    .map((entry) => `${entry.pool} ${(entry.units / first).toPrecision(9)}`)
    .toSorted((a, b) => (a < b ? -1 : 1));
  return JSON.stringify([item.headroom, item.spotMax, item.zoneLossFraction, pools]);
}

/** Units on the pool that sorts first, so that members agree on it whatever order they list pools in. */
function firstUnits(item: PlanningClass): number {
  const [first] = item.allowed.toSorted((a, b) => (a.pool < b.pool ? -1 : 1));
  return first === undefined || first.units <= 0 ? 1 : first.units;
}

function mergedClass(currency: string, items: readonly PlanningClass[]): readonly PlanningClass[] {
  const [leader] = items;
  if (leader === undefined || items.length === 1) return items;
  const scale = items.map((item) => scaleOf(item, leader));
  const penalties = items.map((item, i) =>
    decimal(item.shortagePenaltyPerUnitHour.amount).div(scale[i] ?? 1),
  );
  // The least penalty keeps the merged optimum below that of the classes apart.
  const least = penalties.reduce((min, value) => (value.lt(min) ? value : min));
  const demand = leader.demand.map((_, k) => ({
    units: items.reduce((sum, item, i) => sum + (item.demand[k]?.units ?? 0) * (scale[i] ?? 1), 0),
    memoryGiB: 0,
  }));
  return [{ ...leader, demand, shortagePenaltyPerUnitHour: money(currency, least) }];
}

/** Row prices of the merged model as prices of the classes' own rows; the bound is then proven from these alone. */
export function splitDuals(
  model: PlannerModel,
  rows: RowLayout,
  merging: Merging,
  mergedRows: RowLayout,
  duals: Float64Array,
): Float64Array {
  const own = new Float64Array(rows.count);
  const take = (to: number, from: number, factor: number) => {
    if (to >= 0 && from >= 0) own[to] = at(duals, from) * factor;
  };
  const { phaseCount: K, zoneCount } = model;
  for (let g = 0; g < model.classCount; g += 1) {
    const scale = merging.scale[g] ?? 1;
    for (let k = 0; k < K; k += 1) {
      const cell = g * K + k;
      const merged = (merging.groupOf[g] ?? 0) * K + k;
      take(at(rows.cover, cell), at(mergedRows.cover, merged), scale);
      take(at(rows.spot, cell), at(mergedRows.spot, merged), scale);
      take(at(rows.memory, cell), at(mergedRows.memory, merged), 1);
      for (let z = 0; z < zoneCount; z += 1) {
        take(at(rows.zone, cell * zoneCount + z), at(mergedRows.zone, merged * zoneCount + z), scale);
      }
    }
  }
  for (const kind of ['cap', 'quota', 'ceiling'] as const) {
    for (let i = 0; i < rows[kind].length; i += 1) take(at(rows[kind], i), at(mergedRows[kind], i), 1);
  }
  take(rows.budget, mergedRows.budget, 1);
  return own;
}

/** Each class's part of a merged profile, by its part of the merged demand in that phase. */
export function splitProfile(model: PlannerModel, merging: Merging, profile: Float64Array): Float64Array {
  const { phaseCount: K, poolCount } = model;
  const mergedPair = new Map<number, number>();
  const { pairs } = merging.model;
  for (let pair = 0; pair < pairs.count; pair += 1) {
    mergedPair.set(at(pairs.classOf, pair) * poolCount + at(pairs.poolOf, pair), pair);
  }
  const own = new Float64Array(model.pairs.count * K);
  for (let pair = 0; pair < model.pairs.count; pair += 1) {
    const g = at(model.pairs.classOf, pair);
    const group = merging.groupOf[g] ?? 0;
    const from = mergedPair.get(group * poolCount + at(model.pairs.poolOf, pair));
    if (from === undefined) continue;
    for (let k = 0; k < K; k += 1) {
      const total = at(merging.model.need, group * K + k);
      const share = total === 0 ? 0 : (at(model.need, g * K + k) * (merging.scale[g] ?? 1)) / total;
      own[pair * K + k] = at(profile, from * K + k) * share;
    }
  }
  return own;
}
