import { decimal } from '@springtide/kernel';
import { launchArrays, limitArrays, type LaunchArrays, type LimitArrays } from './limits.js';
import type { PlanningClass, PlanningProblem } from './problem.js';

/** How much of its price a private machine counts for in the objective when private capacity goes first. */
const PRIVATE_WEIGHT = 0.01;

/**
 * A problem in flat arrays, for the numeric core. Floats are fine here: they only choose machines; what a plan costs
 * is computed afterwards, exactly. Arrays over (class, phase) are indexed `class * phaseCount + phase`; a (class,
 * phase) is called a cell.
 */
export type PlannerModel = Readonly<{
  problem: PlanningProblem;
  phaseCount: number;
  classCount: number;
  poolCount: number;
  zoneCount: number;
  hours: Float64Array;
  /** Prefix sums of hours: `hoursUpTo[b + 1] - hoursUpTo[a]` is the length of phases a … b. */
  hoursUpTo: Float64Array;
  pools: PoolArrays;
  pairs: PairArrays;
  /** Machines of a pool at most, indexed `pool * phaseCount + phase`. */
  cap: Int32Array;
  penalty: Float64Array;
  spotMax: Float64Array;
  limits: LimitArrays;
  launches: LaunchArrays;
  budget: number;
}> &
  DemandArrays;

export type DemandArrays = Readonly<{
  need: Float64Array;
  memoryNeed: Float64Array;
  /** Units of shortage that stand for one missing GiB; 0 where memory is no limit. */
  unitsPerGiB: Float64Array;
  zoneNeed: Float64Array;
}>;

type PoolArrays = Readonly<{
  price: Float64Array;
  start: Float64Array;
  /** Price and start cost as the objective sees them. */
  rate: Float64Array;
  startRate: Float64Array;
  zone: Int32Array;
  spot: Uint8Array;
  /** Index of the pool's launch limit; −1: none. */
  launch: Int32Array;
}>;

/** A pair is a class with one pool it may use. */
export type PairArrays = Readonly<{
  count: number;
  classOf: Int32Array;
  poolOf: Int32Array;
  units: Float64Array;
  memory: Float64Array;
  /** Machines that run already: they stay in every phase. */
  delivered: Int32Array;
  ofClass: readonly (readonly number[])[];
  ofPool: readonly (readonly number[])[];
}>;

/** Element of an array whose index the model guarantees. The hottest loops do without the call. */
export function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}

export function compileModel(problem: PlanningProblem): PlannerModel {
  const phaseCount = problem.phases.length;
  const hours = Float64Array.from(problem.phases, (phase) => phase.hours);
  const hoursUpTo = new Float64Array(phaseCount + 1);
  for (let k = 0; k < phaseCount; k += 1) hoursUpTo[k + 1] = at(hoursUpTo, k) + at(hours, k);
  const zones = new Map([...new Set(problem.pools.map((pool) => pool.zone))].map((zone, z) => [zone, z]));
  const pairs = pairArrays(problem);
  const demand = demandArrays(problem.classes, phaseCount);
  const cap = capArray(problem, pairs, demand);
  const pools = poolArrays(problem, zones);
  return {
    problem,
    phaseCount,
    classCount: problem.classes.length,
    poolCount: problem.pools.length,
    zoneCount: zones.size,
    hours,
    hoursUpTo,
    pools,
    pairs,
    cap,
    ...demand,
    penalty: Float64Array.from(problem.classes, (c) => amount(c.shortagePenaltyPerUnitHour.amount)),
    spotMax: Float64Array.from(problem.classes, (c) => c.spotMax),
    limits: limitArrays({ problem, pairs, cap, need: demand.need }),
    launches: launchArrays(problem),
    budget: budgetFor(problem, pools, pairs, at(hoursUpTo, phaseCount)),
  };
}

function amount(text: string): number {
  return decimal(text).toNumber();
}

/** What runs already is paid for, whatever the budget says. */
function budgetFor(problem: PlanningProblem, pools: PoolArrays, pairs: PairArrays, hours: number): number {
  if (problem.budget === undefined) return Infinity;
  let there = 0;
  for (let pair = 0; pair < pairs.count; pair += 1) {
    there += at(pairs.delivered, pair) * at(pools.price, at(pairs.poolOf, pair)) * hours;
  }
  return Math.max(amount(problem.budget.amount), there);
}

function poolArrays(problem: PlanningProblem, zones: ReadonlyMap<string, number>): PoolArrays {
  const { pools } = problem;
  const launches = new Map((problem.launchLimits ?? []).map((limit, index) => [limit.id, index]));
  const weight = Float64Array.from(pools, (pool) =>
    problem.objective === 'private-first' && pool.option === 'private' ? PRIVATE_WEIGHT : 1,
  );
  const price = Float64Array.from(pools, (pool) => amount(pool.pricePerHour.amount));
  const start = Float64Array.from(pools, (pool) => amount(pool.startCost.amount));
  return {
    price,
    start,
    rate: price.map((value, p) => value * at(weight, p)),
    startRate: start.map((value, p) => value * at(weight, p)),
    zone: Int32Array.from(pools, (pool) => zones.get(pool.zone) ?? 0),
    spot: Uint8Array.from(pools, (pool) => (pool.option === 'spot' ? 1 : 0)),
    launch: Int32Array.from(pools, (pool) => launches.get(pool.launchLimit ?? '') ?? -1),
  };
}

/** What a pool may hold, and never more than could be of use: "as many as you like" must not make steps coarse. */
function capArray(problem: PlanningProblem, pairs: PairArrays, demand: DemandArrays): Int32Array {
  const { pools, phases } = problem;
  return Int32Array.from(
    pools.flatMap((pool, p) => {
      const useful = (pairs.ofPool[p] ?? []).reduce(
        (sum, pair) => sum + usefulMachines(pairs, demand, pair, phases.length),
        0,
      );
      return phases.map((phase, k) => {
        const late = (pool.leadTimeHours ?? 0) > (phase.startsInHours ?? Infinity);
        return late ? 0 : Math.max(0, Math.min(Math.floor(pool.cap - (pool.promised?.[k] ?? 0)), useful));
      });
    }),
  );
}

/** Machines of one pair that would meet every rule of its class alone. */
function usefulMachines(pairs: PairArrays, demand: DemandArrays, pair: number, K: number): number {
  const units = at(pairs.units, pair);
  const memory = at(pairs.memory, pair);
  let most = at(pairs.delivered, pair);
  for (let cell = at(pairs.classOf, pair) * K; cell < (at(pairs.classOf, pair) + 1) * K; cell += 1) {
    const forUnits = Math.max(at(demand.need, cell), at(demand.zoneNeed, cell)) / units;
    const forMemory = memory > 0 ? at(demand.memoryNeed, cell) / memory : 0;
    most = Math.max(most, Math.ceil(Math.max(forUnits, forMemory)));
  }
  return Math.min(most, 1e6);
}

type Row = Readonly<{ g: number; p: number; units: number; memory: number; delivered: number }>;

/** Pools that can never hold a machine of the class make no pair. */
function pairArrays(problem: PlanningProblem): PairArrays {
  const indexOf = new Map(problem.pools.map((pool, index) => [pool.id, index]));
  const delivered = new Map(
    (problem.delivered ?? []).map((row) => [JSON.stringify([row.class, row.pool]), row.machines]),
  );
  const rows: Row[] = [];
  for (const [g, item] of problem.classes.entries()) {
    for (const entry of item.allowed) {
      const p = indexOf.get(entry.pool);
      const pool = p === undefined ? undefined : problem.pools[p];
      if (p === undefined || pool === undefined) continue;
      const there = delivered.get(JSON.stringify([item.id, pool.id])) ?? 0;
      const closed = pool.cap < 1 || entry.units <= 0 || (pool.option === 'spot' && item.spotMax === 0);
      if (closed && there === 0) continue;
      rows.push({ g, p, units: entry.units, memory: pool.memoryGiB, delivered: there });
    }
  }
  return {
    count: rows.length,
    classOf: Int32Array.from(rows, (row) => row.g),
    poolOf: Int32Array.from(rows, (row) => row.p),
    units: Float64Array.from(rows, (row) => row.units),
    memory: Float64Array.from(rows, (row) => row.memory),
    delivered: Int32Array.from(rows, (row) => row.delivered),
    ofClass: indicesBy(rows, problem.classes.length, (row) => row.g),
    ofPool: indicesBy(rows, problem.pools.length, (row) => row.p),
  };
}

function indicesBy(rows: readonly Row[], count: number, keyOf: (row: Row) => number): number[][] {
  const lists: number[][] = Array.from({ length: count }, () => []);
  for (const [index, row] of rows.entries()) lists[keyOf(row)]?.push(index);
  return lists;
}

function demandArrays(classes: readonly PlanningClass[], phaseCount: number): DemandArrays {
  const size = classes.length * phaseCount;
  const arrays = {
    need: new Float64Array(size),
    memoryNeed: new Float64Array(size),
    unitsPerGiB: new Float64Array(size),
    zoneNeed: new Float64Array(size),
  };
  for (const [g, item] of classes.entries()) {
    for (const [k, demand] of item.demand.entries()) {
      const cell = g * phaseCount + k;
      arrays.need[cell] = (1 + item.headroom) * demand.units;
      arrays.memoryNeed[cell] = (1 + item.headroom) * demand.memoryGiB;
      arrays.unitsPerGiB[cell] = demand.memoryGiB > 0 ? demand.units / demand.memoryGiB : 0;
      arrays.zoneNeed[cell] = item.zoneLossFraction * demand.units;
    }
  }
  return arrays;
}
