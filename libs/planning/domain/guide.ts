import type { Allocation } from './allocation.js';
import type { RowLayout } from './lot-model.js';
import { at, type PlannerModel } from './planner-model.js';

/**
 * Row prices of the linear solution, arranged for rounding: what a machine really costs once the scarce caps and
 * quota it takes are priced, and what the demand it covers is worth. Their ratio is 1 for a machine the linear
 * solution would use, and grows with everything that is wasted.
 */
export type Guide = Readonly<{
  /** Per pair and phase: running cost with prices of cap, quota, ceiling and spot share. */
  running: Float64Array;
  cover: Float64Array;
  memory: Float64Array;
  zone: Float64Array;
}>;

/** Share of the mean price that uncovered demand is worth at least, where the linear model saw no scarcity. */
const LEAST_WORTH = 0.02;

export function guideFrom(model: PlannerModel, rows: RowLayout, duals: Float64Array): Guide {
  const worth = (row: number) => (row < 0 ? 0 : Math.max(0, at(duals, row)));
  const cover = Float64Array.from(rows.cover, worth);
  const mean = cover.reduce((sum, value) => sum + value, 0) / Math.max(1, cover.length);
  const least = mean * LEAST_WORTH;
  const memoryLeast = (cell: number) => least * at(model.unitsPerGiB, cell);
  return {
    running: runningCosts(model, rows, duals),
    cover: cover.map((value) => Math.max(value, least)),
    memory: Float64Array.from(rows.memory, (row, cell) => Math.max(worth(row), memoryLeast(cell))),
    zone: Float64Array.from(rows.zone, (row) => Math.max(worth(row), least)),
  };
}

function runningCosts(model: PlannerModel, rows: RowLayout, duals: Float64Array): Float64Array {
  const { pairs, pools, phaseCount: K } = model;
  const toll = (row: number) => (row < 0 ? 0 : Math.max(0, -at(duals, row)));
  return Float64Array.from({ length: pairs.count * K }, (_, index) => {
    const pair = Math.floor(index / K);
    const k = index % K;
    const pool = at(pairs.poolOf, pair);
    const g = at(pairs.classOf, pair);
    const quota = at(pools.quota, pool);
    let cost = at(pools.rate, pool) * at(model.hours, k) + toll(at(rows.cap, pool * K + k));
    if (quota >= 0) cost += at(pools.vcpu, pool) * toll(at(rows.quota, quota * K + k));
    const share = (at(pools.spot, pool) - at(model.spotMax, g)) * at(pairs.units, pair);
    cost += share * toll(at(rows.spot, g * K + k));
    for (let c = 0; c < model.ceilings.length; c += 1) {
      if (at(model.ceilings[c]?.member ?? [0], pool) === 1) {
        cost += at(pools.price, pool) * toll(at(rows.ceiling, c * K + k));
      }
    }
    return cost;
  });
}

/** What one more machine of the pair would cover of the demand still open in phase k. */
export function coveredWorth(guide: Guide, allocation: Allocation, pair: number, k: number): number {
  const { pairs, pools, phaseCount: K, zoneCount } = allocation.model;
  const cell = at(pairs.classOf, pair) * K + k;
  const units = at(pairs.units, pair);
  const zone = at(pools.zone, at(pairs.poolOf, pair));
  let worth = at(guide.cover, cell) * useful(units, allocation.missingUnits(cell));
  worth += at(guide.memory, cell) * useful(at(pairs.memory, pair), allocation.missingMemory(cell));
  if (at(allocation.model.zoneNeed, cell) > 0) {
    for (let z = 0; z < zoneCount; z += 1) {
      if (z !== zone)
        worth += at(guide.zone, cell * zoneCount + z) * useful(units, allocation.missingOutside(cell, z));
    }
  }
  return worth;
}

function useful(offered: number, missing: number): number {
  return Math.max(0, Math.min(offered, missing));
}
