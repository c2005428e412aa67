import { at, type PlannerModel } from './planner-model.js';
import { ruleValues, type RuleValues } from './prices.js';

/** What every rule asks of machines beyond those that run already, as "at least"; limits are negative. */
export function rulesToMeet(model: PlannerModel): RuleValues {
  const { classCount, phaseCount: K, zoneCount: Z } = model;
  const asked = ruleValues(model);
  asked.cover.set(model.need);
  asked.memory.set(model.memoryNeed);
  for (let cell = 0; cell < classCount * K; cell += 1) {
    asked.zone.fill(at(model.zoneNeed, cell), cell * Z, (cell + 1) * Z);
  }
  asked.limit.set(model.limits.free.map((free) => -free));
  asked.launch.set(model.launches.free.map((free) => -free));
  asked.budget[0] = model.budget === Infinity ? 0 : -model.budget;
  for (let pair = 0; pair < model.pairs.count; pair += 1) {
    if (at(model.pairs.delivered, pair) > 0) countDelivered(model, asked, pair);
  }
  // What runs already may stand above a limit; it asks for no less than nothing more.
  for (const limits of [asked.limit, asked.launch, asked.budget, asked.spot]) {
    for (let i = 0; i < limits.length; i += 1) limits[i] = Math.min(0, at(limits, i));
  }
  return asked;
}

function countDelivered(model: PlannerModel, asked: RuleValues, pair: number): void {
  const { pairs, pools, phaseCount: K, zoneCount: Z, limits, hours } = model;
  const machines = at(pairs.delivered, pair);
  const pool = at(pairs.poolOf, pair);
  const g = at(pairs.classOf, pair);
  const units = machines * at(pairs.units, pair);
  const less = (values: Float64Array, index: number, amount: number) => {
    values[index] = at(values, index) - amount;
  };
  for (let k = 0; k < K; k += 1) {
    const cell = g * K + k;
    less(asked.cover, cell, units);
    less(asked.memory, cell, machines * at(pairs.memory, pair));
    less(asked.spot, cell, units * (at(model.spotMax, g) - at(pools.spot, pool)));
    for (let z = 0; z < Z; z += 1) if (z !== at(pools.zone, pool)) less(asked.zone, cell * Z + z, units);
    for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
      less(asked.limit, at(limits.of, i) * K + k, -machines * at(limits.weight, i));
    }
    less(asked.budget, 0, -machines * at(hours, k) * at(pools.price, pool));
  }
}

/** What the machines that run already cost over all phases, as the objective weighs it. */
export function costOfDelivered({ pairs, pools, hoursUpTo, phaseCount }: PlannerModel): number {
  let cost = 0;
  for (let pair = 0; pair < pairs.count; pair += 1) {
    cost += at(pairs.delivered, pair) * at(pools.rate, at(pairs.poolOf, pair)) * at(hoursUpTo, phaseCount);
  }
  return cost;
}

/**
 * A price that is typical for each rule, by which the ascent measures its steps; 0 where a rule can never bind, so
 * that it stays without a price.
 */
export function typicalPrices(model: PlannerModel): RuleValues {
  const typical = ruleValues(model);
  const { classCount, phaseCount: K, zoneCount: Z, hours } = model;
  const strongest = zoneStrength(model);
  for (let g = 0; g < classCount; g += 1) {
    const pairs = model.pairs.ofClass[g] ?? [];
    const units = Math.max(...model.need.subarray(g * K, (g + 1) * K));
    const memory = Math.max(...model.memoryNeed.subarray(g * K, (g + 1) * K));
    const perUnit = marginalRate(model, pairs, model.pairs.units, units) || at(model.penalty, g) / 100;
    const perGiB = marginalRate(model, pairs, model.pairs.memory, memory) || perUnit;
    for (let cell = g * K; cell < (g + 1) * K; cell += 1) {
      const length = at(hours, cell % K);
      if (at(model.need, cell) > 0) typical.cover[cell] = perUnit * length;
      if (at(model.memoryNeed, cell) > 0) typical.memory[cell] = perGiB * length;
      if (at(model.spotMax, g) < 1) typical.spot[cell] = perUnit * length;
      const zoneNeed = at(model.zoneNeed, cell);
      for (let z = 0; z < Z; z += 1) {
        const outside = at(model.need, cell) - at(strongest, g * Z + z);
        if (zoneNeed > 0 && outside < zoneNeed) typical.zone[cell * Z + z] = perUnit * length * ZONE_PART;
      }
    }
  }
  typicalTolls(model, typical);
  return typical;
}

/** All rules of a cell are about the same machines: when what it covers is dearer, so are its memory, spot and zones. */
export function raiseTypical(
  { zoneCount: Z }: PlannerModel,
  typical: RuleValues,
  cell: number,
  factor: number,
): void {
  for (const values of [typical.cover, typical.memory, typical.spot])
    values[cell] = at(values, cell) * factor;
  for (let z = cell * Z; z < (cell + 1) * Z; z += 1) typical.zone[z] = at(typical.zone, z) * factor;
}

/** Of all zones of a cell, few bind at once. */
const ZONE_PART = 0.3;

/**
 * What one more of a limit is worth, by the typical prices of what its machines carry: where private machines count at a
 * hundredth of their price, that is far more than they cost.
 */
export function typicalTolls(model: PlannerModel, typical: RuleValues): void {
  const { limits, pools, phaseCount: K, launches } = model;
  const counts = new Float64Array(limits.count);
  typical.limit.fill(0);
  for (let pair = 0; pair < model.pairs.count; pair += 1) {
    for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
      const limit = at(limits.of, i);
      counts[limit] = at(counts, limit) + 1;
      for (let k = 0; k < K; k += 1) {
        const row = limit * K + k;
        typical.limit[row] = at(typical.limit, row) + worthOf(model, typical, pair, k) / at(limits.weight, i);
      }
    }
  }
  for (let row = 0; row < typical.limit.length; row += 1) {
    typical.limit[row] = at(typical.limit, row) / Math.max(1, at(counts, Math.floor(row / K)));
  }
  const mean = pools.rate.reduce((sum, rate) => sum + rate, 0) / Math.max(1, pools.rate.length);
  typical.launch.fill(launches.count === 0 ? 0 : mean);
  typical.budget[0] = model.budget === Infinity ? 0 : 1;
}

/**
 * Raises each pair's tightest limit to a price at which a machine for these cells is worth no more than it costs: what is
 * too cheap to have enough of is paid for there. Returns whether anything changed.
 */
export function setTolls(model: PlannerModel, prices: RuleValues, cells: readonly number[]): boolean {
  let changed = false;
  for (const cell of cells) {
    const k = cell % model.phaseCount;
    for (const pair of model.pairs.ofClass[Math.floor(cell / model.phaseCount)] ?? []) {
      changed = setToll(model, prices, pair, k) || changed;
    }
  }
  return changed;
}

function setToll(model: PlannerModel, prices: RuleValues, pair: number, k: number): boolean {
  const { pairs, pools, hours, phaseCount: K } = model;
  const tightest = tightestLimit(model, pair, k);
  if (tightest === undefined) return false;
  const cell = at(pairs.classOf, pair) * K + k;
  const worth =
    at(pairs.units, pair) * at(prices.cover, cell) + at(pairs.memory, pair) * at(prices.memory, cell);
  const cost = at(pools.rate, at(pairs.poolOf, pair)) * at(hours, k);
  const toll = (worth - cost) / tightest.weight;
  if (toll <= at(prices.limit, tightest.row)) return false;
  prices.limit[tightest.row] = toll;
  return true;
}

function tightestLimit({ limits, phaseCount: K }: PlannerModel, pair: number, k: number) {
  let tightest: { row: number; weight: number; fits: number } | undefined;
  for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
    const [row, weight] = [at(limits.of, i) * K + k, at(limits.weight, i)];
    const fits = at(limits.free, row) / weight;
    if (tightest === undefined || fits < tightest.fits) tightest = { row, weight, fits };
  }
  return tightest;
}

/** A machine of a pair in a phase: what it costs, or what it carries where that is more. */
function worthOf(
  { pairs, pools, hours, phaseCount: K }: PlannerModel,
  typical: RuleValues,
  pair: number,
  k: number,
) {
  const cost = at(pools.rate, at(pairs.poolOf, pair)) * at(hours, k);
  return Math.max(cost, at(pairs.units, pair) * at(typical.cover, at(pairs.classOf, pair) * K + k));
}

/** The price per unit at which the cheapest pools could carry the need, and as much again for who else wants them. */
function marginalRate(
  { pairs, pools, cap, phaseCount: K }: PlannerModel,
  own: readonly number[],
  weight: Float64Array,
  need: number,
): number {
  const offers = own
    .filter((pair) => at(weight, pair) > 0)
    .map((pair) => {
      const pool = at(pairs.poolOf, pair);
      const most = Math.max(...cap.subarray(pool * K, (pool + 1) * K));
      return { rate: at(pools.rate, pool) / at(weight, pair), amount: most * at(weight, pair) };
    })
    .toSorted((a, b) => a.rate - b.rate);
  let left = 2 * need;
  for (const { rate, amount } of offers) {
    left -= amount;
    if (left <= 0) return rate;
  }
  return offers.at(-1)?.rate ?? 0;
}

/** Units a class could get at most from each zone: a zone that is small against the headroom needs no price. */
function zoneStrength(model: PlannerModel): Float64Array {
  const { pairs, pools, zoneCount, phaseCount: K, cap } = model;
  const strength = new Float64Array(model.classCount * zoneCount);
  for (let pair = 0; pair < pairs.count; pair += 1) {
    const pool = at(pairs.poolOf, pair);
    const most = Math.max(...cap.subarray(pool * K, (pool + 1) * K), at(pairs.delivered, pair));
    const index = at(pairs.classOf, pair) * zoneCount + at(pools.zone, pool);
    strength[index] = at(strength, index) + most * at(pairs.units, pair);
  }
  return strength;
}
