import { decimal } from '@springtide/kernel';
import type { PlanningClass, PlanningProblem } from './problem.js';

/** How much of its price a private machine counts for in the objective when private capacity goes first. */
export const PRIVATE_WEIGHT = 0.01;

/**
 * A problem in flat arrays, for the numeric core. Floats are fine here: they only choose machines; what a plan costs
 * is computed afterwards, exactly. Arrays over (class, phase) are indexed `class * phaseCount + phase`.
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
  need: Float64Array;
  memoryNeed: Float64Array;
  /** Units of shortage that stand for one missing GiB; 0 where memory is no limit. */
  unitsPerGiB: Float64Array;
  zoneNeed: Float64Array;
  penalty: Float64Array;
  spotMax: Float64Array;
  quotaFree: Float64Array;
  ceilings: readonly CeilingArrays[];
  budget: number;
}>;

type PoolArrays = Readonly<{
  price: Float64Array;
  start: Float64Array;
  /** Price and start cost as the objective sees them. */
  rate: Float64Array;
  startRate: Float64Array;
  cap: Int32Array;
  vcpu: Float64Array;
  zone: Int32Array;
  /** −1: no quota. */
  quota: Int32Array;
  spot: Uint8Array;
}>;

/** A pair is a class with one pool it may use. */
type PairArrays = Readonly<{
  count: number;
  classOf: Int32Array;
  poolOf: Int32Array;
  units: Float64Array;
  memory: Float64Array;
  ofClass: readonly (readonly number[])[];
}>;

type CeilingArrays = Readonly<{ limit: number; member: Uint8Array }>;

/** Element of an array whose index the model guarantees. */
export function at(values: ArrayLike<number>, index: number): number {
  return values[index] as number;
}

export function compileModel(problem: PlanningProblem): PlannerModel {
  const phaseCount = problem.phases.length;
  const hours = Float64Array.from(problem.phases, (phase) => phase.hours);
  const hoursUpTo = new Float64Array(phaseCount + 1);
  for (let k = 0; k < phaseCount; k += 1) hoursUpTo[k + 1] = at(hoursUpTo, k) + at(hours, k);
  const zones = [...new Set(problem.pools.map((pool) => pool.zone))];
  return {
    problem,
    phaseCount,
    classCount: problem.classes.length,
    poolCount: problem.pools.length,
    zoneCount: zones.length,
    hours,
    hoursUpTo,
    pools: poolArrays(problem, zones),
    pairs: pairArrays(problem),
    ...demandArrays(problem.classes, phaseCount),
    penalty: Float64Array.from(problem.classes, (c) => amount(c.shortagePenaltyPerUnitHour.amount)),
    spotMax: Float64Array.from(problem.classes, (c) => c.spotMax),
    quotaFree: Float64Array.from(problem.quotaGroups, (q) => Math.max(0, q.limitVcpu - q.usedVcpu)),
    ceilings: (problem.hourlyCeilings ?? []).map((ceiling) => ({
      limit: amount(ceiling.perHour.amount),
      member: Uint8Array.from(problem.pools, (pool) =>
        ceiling.account === null || ceiling.account === pool.account ? 1 : 0,
      ),
    })),
    budget: problem.budget === undefined ? Infinity : amount(problem.budget.amount),
  };
}

function amount(text: string): number {
  return decimal(text).toNumber();
}

function poolArrays(problem: PlanningProblem, zones: readonly string[]): PoolArrays {
  const { pools } = problem;
  const quotas = new Map(problem.quotaGroups.map((group, index) => [group.id, index]));
  const weight = pools.map((pool) =>
    problem.objective === 'private-first' && pool.option === 'private' ? PRIVATE_WEIGHT : 1,
  );
  const price = Float64Array.from(pools, (pool) => amount(pool.pricePerHour.amount));
  const start = Float64Array.from(pools, (pool) => amount(pool.startCost.amount));
  return {
    price,
    start,
    rate: price.map((value, p) => value * at(weight, p)),
    startRate: start.map((value, p) => value * at(weight, p)),
    cap: Int32Array.from(pools, (pool) => Math.max(0, Math.floor(pool.cap))),
    vcpu: Float64Array.from(pools, (pool) => pool.vcpu),
    zone: Int32Array.from(pools, (pool) => zones.indexOf(pool.zone)),
    quota: Int32Array.from(pools, (pool) =>
      pool.quotaGroup === null ? -1 : (quotas.get(pool.quotaGroup) ?? -1),
    ),
    spot: Uint8Array.from(pools, (pool) => (pool.option === 'spot' ? 1 : 0)),
  };
}

/** Pools that can never hold a machine make no pair. */
function pairArrays(problem: PlanningProblem): PairArrays {
  const indexOf = new Map(problem.pools.map((pool, index) => [pool.id, index]));
  const rows: { g: number; p: number; units: number; memory: number }[] = [];
  for (const [g, item] of problem.classes.entries()) {
    for (const entry of item.allowed) {
      const p = indexOf.get(entry.pool);
      const pool = p === undefined ? undefined : problem.pools[p];
      if (p === undefined || pool === undefined || pool.cap < 1 || entry.units <= 0) continue;
      if (pool.option === 'spot' && item.spotMax === 0) continue;
      rows.push({ g, p, units: entry.units, memory: pool.memoryGiB });
    }
  }
  return {
    count: rows.length,
    classOf: Int32Array.from(rows, (row) => row.g),
    poolOf: Int32Array.from(rows, (row) => row.p),
    units: Float64Array.from(rows, (row) => row.units),
    memory: Float64Array.from(rows, (row) => row.memory),
    ofClass: problem.classes.map((_, g) => rows.flatMap((row, index) => (row.g === g ? [index] : []))),
  };
}

type DemandArrays = Pick<PlannerModel, 'need' | 'memoryNeed' | 'unitsPerGiB' | 'zoneNeed'>;

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
