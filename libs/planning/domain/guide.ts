import type { Allocation } from './allocation.js';
import type { Prices, RuleValues } from './prices.js';
import { at, type PlannerModel } from './planner-model.js';
import { Ranking } from './ranking.js';
import type { Slack } from './slack.js';

/**
 * The prices of the relaxation, arranged for whole machines: what a machine really costs once the scarce caps and
 * limits it takes are priced, and what the demand it covers is worth. Their ratio is 1 for a machine that the linear
 * model would use, and grows with everything that is wasted.
 */
export type Guide = Readonly<{
  /** Per pair and phase: running cost with the prices of cap, limits and spot share. */
  running: Float64Array;
  /** Per pair and phase: what a machine would be worth if nothing of it were wasted. */
  worth: Float64Array;
  /** Prefix sums of `worth` less what the spot share asks, of each pair, indexed `pair * (phaseCount + 1) + phase`. */
  worthUpTo: Float64Array;
  phaseCount: number;
  zones: number;
  ranking: Ranking;
  /** Price of one start beyond its cost, indexed `launch limit * phaseCount + phase`. */
  launch: Float64Array;
  /** As the ascent found them. */
  prices: RuleValues;
  /** At least a little, so that a gap that costs nothing is still closed. */
  cover: Float64Array;
  memory: Float64Array;
  zone: Float64Array;
}>;

/** Share of the mean price that uncovered demand is worth at least, where the linear model saw no scarcity. */
const LEAST_WORTH = 0.02;

export function guideFrom(model: PlannerModel, prices: Prices): Guide {
  const mean = prices.cover.reduce((sum, value) => sum + value, 0) / Math.max(1, prices.cover.length);
  const least = mean * LEAST_WORTH;
  const running = perMachine(model, (pair, k) => runningCost(model, prices, pair, k));
  const shares = perMachine(model, (pair, k) => spotShare(model, prices, pair, k));
  const worth = perMachine(model, (pair, k) => fullWorth(model, prices, pair, k));
  const gain = worth.map((value, i) => value - at(shares, i));
  return {
    running,
    worth,
    worthUpTo: prefixSums(gain, model.phaseCount),
    phaseCount: model.phaseCount,
    zones: model.zoneCount,
    ranking: new Ranking(model, { running, worth, gain }),
    launch: prices.launch,
    prices,
    cover: prices.cover.map((value) => Math.max(value, least)),
    memory: prices.memory.map((value, cell) => Math.max(value, least * at(model.unitsPerGiB, cell))),
    zone: prices.zone.map((value) => Math.max(value, least)),
  };
}

function perMachine(model: PlannerModel, value: (pair: number, k: number) => number): Float64Array {
  const { phaseCount: K, pairs } = model;
  const values = new Float64Array(pairs.count * K);
  for (let pair = 0; pair < pairs.count; pair += 1) {
    for (let k = 0; k < K; k += 1) values[pair * K + k] = value(pair, k);
  }
  return values;
}

function prefixSums(values: Float64Array, K: number): Float64Array {
  const sums = new Float64Array((values.length / K) * (K + 1));
  for (let i = 0; i < values.length; i += 1) {
    const place = i + Math.floor(i / K);
    sums[place + 1] = at(sums, place) + at(values, i);
  }
  return sums;
}

/** What a machine of the pair would be worth in the phases from … to if nothing of it were wasted. */
export function worthOf({ phaseCount, worthUpTo }: Guide, pair: number, from: number, to: number): number {
  const base = pair * (phaseCount + 1);
  return at(worthUpTo, base + to + 1) - at(worthUpTo, base + from);
}

function runningCost(model: PlannerModel, prices: Prices, pair: number, k: number): number {
  const { pairs, pools, limits, phaseCount: K } = model;
  const pool = at(pairs.poolOf, pair);
  let cost = at(pools.rate, pool) * at(model.hours, k) + at(prices.cap, pool * K + k);
  cost += at(prices.budget, 0) * at(pools.price, pool) * at(model.hours, k);
  for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
    cost += at(limits.weight, i) * at(prices.limit, at(limits.of, i) * K + k);
  }
  return cost + spotShare(model, prices, pair, k);
}

/** What a machine pays for going beyond the share that may be spot; one that is none is paid for it. */
function spotShare(
  { pairs, pools, spotMax, phaseCount }: PlannerModel,
  prices: Prices,
  pair: number,
  k: number,
): number {
  const g = at(pairs.classOf, pair);
  const share = at(pools.spot, at(pairs.poolOf, pair)) - at(spotMax, g);
  return share * at(pairs.units, pair) * at(prices.spot, g * phaseCount + k);
}

function fullWorth(model: PlannerModel, prices: Prices, pair: number, k: number): number {
  const { pairs, pools, phaseCount: K, zoneCount: Z } = model;
  const cell = at(pairs.classOf, pair) * K + k;
  const zone = at(pools.zone, at(pairs.poolOf, pair));
  let perUnit = at(prices.cover, cell);
  for (let z = 0; z < Z; z += 1) if (z !== zone) perUnit += at(prices.zone, cell * Z + z);
  return at(pairs.units, pair) * perUnit + at(pairs.memory, pair) * at(prices.memory, cell);
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

/** What one exchange can win in phases a … b from what the class has beyond its rules in all of them. */
export function waste(guide: Guide, slack: Slack, g: number, a: number, b: number): number {
  const { phaseCount: K, zones: Z, prices } = guide;
  let total = 0;
  for (let cell = g * K + a; cell <= g * K + b; cell += 1) {
    total += slack.units * at(prices.cover, cell) + Math.max(0, slack.spot) * at(prices.spot, cell);
    if (slack.memory < Infinity) total += Math.max(0, slack.memory) * at(prices.memory, cell);
    for (let z = 0; z < Z; z += 1) {
      const outside = at(slack.zones, z);
      if (outside < Infinity) total += Math.max(0, outside) * at(prices.zone, cell * Z + z);
    }
  }
  return total;
}

function useful(offered: number, missing: number): number {
  return Math.max(0, Math.min(offered, missing));
}
