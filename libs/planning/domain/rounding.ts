import { Allocation, type Change } from './allocation.js';
import type { Lot } from './lot-model.js';
import { at, type PlannerModel } from './planner-model.js';

/** Whole machines below the linear solution's profiles: no cap can break, some demand is left for `repair`. */
export function roundDown(model: PlannerModel, lots: readonly Lot[], amounts: Float64Array): Int32Array {
  const K = model.phaseCount;
  const profile = new Float64Array(model.pairs.count * K);
  for (const [index, lot] of lots.entries()) {
    for (let k = lot.from; k <= lot.to; k += 1) {
      profile[lot.pair * K + k] = at(profile, lot.pair * K + k) + at(amounts, index);
    }
  }
  return Int32Array.from(profile, (value) => Math.max(0, Math.floor(value + 1e-6)));
}

/** Takes machines away until caps, quota, ceilings, spot shares and the budget hold; a floor can tilt the spot share. */
export function enforceCaps(allocation: Allocation): void {
  const { model } = allocation;
  const K = model.phaseCount;
  for (let pair = 0; pair < model.pairs.count; pair += 1) {
    for (let k = 0; k < K; k += 1) {
      while (at(allocation.x, pair * K + k) > 0 && allocation.room(pair, k) < 0)
        allocation.shift(pair, k, k, -1);
    }
  }
  dropSpotExcess(allocation);
  dropOverBudget(allocation);
}

function dropSpotExcess(allocation: Allocation): void {
  const { model } = allocation;
  const K = model.phaseCount;
  for (let g = 0; g < model.classCount; g += 1) {
    const spotPairs = (model.pairs.ofClass[g] ?? [])
      .filter((pair) => at(model.pools.spot, at(model.pairs.poolOf, pair)) === 1)
      .toSorted((a, b) => at(model.pairs.units, b) - at(model.pairs.units, a));
    for (let k = 0; k < K; k += 1) {
      while (allocation.spotExcess(g * K + k, g) > 1e-9) {
        const pair = spotPairs.find((candidate) => at(allocation.x, candidate * K + k) > 0);
        if (pair === undefined) break;
        allocation.shift(pair, k, k, -1);
      }
    }
  }
}

/** Gives up the machines that cost most per unit-hour first. */
function dropOverBudget(allocation: Allocation): void {
  const { model } = allocation;
  const { pools, pairs, phaseCount: K } = model;
  const perUnit = (pair: number) => at(pools.price, at(pairs.poolOf, pair)) / at(pairs.units, pair);
  const order = Array.from({ length: pairs.count }, (_, pair) => pair).toSorted(
    (a, b) => perUnit(b) - perUnit(a),
  );
  for (const pair of order) {
    for (let k = K - 1; k >= 0; k -= 1) {
      while (allocation.cost > model.budget - 1e-9 && at(allocation.x, pair * K + k) > 0) {
        const breaksSpot = allocation.penaltyDelta([{ pair, sign: -1 }], k, k) === null;
        if (breaksSpot) break;
        allocation.shift(pair, k, k, -1);
      }
    }
  }
}

type Offer = Readonly<{ lot: Lot; score: number }>;

/** Adds the machines that cost least per unit-hour of shortage they end, until none helps. */
export function repair(allocation: Allocation, noise: () => number = () => 0): void {
  for (let g = 0; g < allocation.model.classCount; g += 1) repairClass(allocation, g, noise);
}

export function repairClass(allocation: Allocation, g: number, noise: () => number): void {
  for (;;) {
    const best = bestOffer(allocation, g, noise);
    if (best === undefined) return;
    allocation.shift(best.lot.pair, best.lot.from, best.lot.to, 1);
  }
}

function bestOffer(allocation: Allocation, g: number, noise: () => number): Offer | undefined {
  const { model } = allocation;
  const K = model.phaseCount;
  const short = Array.from({ length: K }, (_, k) => allocation.shortage(g * K + k) > 0);
  if (!short.includes(true)) return undefined;
  let best: Offer | undefined;
  for (const pair of model.pairs.ofClass[g] ?? []) {
    const change: Change[] = [{ pair, sign: 1 }];
    for (let from = 0; from < K; from += 1) {
      if (short[from] !== true) continue;
      let penalty = 0;
      for (let to = from; to < K; to += 1) {
        const delta = allocation.penaltyDelta(change, to, to);
        if (delta === null) break;
        penalty += delta;
        if (short[to] !== true || penalty > -1e-9) continue;
        const cost = allocation.weightedDelta(pair, from, to, 1);
        if (cost + penalty >= 0) continue;
        const score = (Math.max(cost, 1e-9) / -penalty) * (1 + noise());
        if ((best === undefined || score < best.score) && allocation.affords(change, from, to)) {
          best = { lot: { pair, from, to }, score };
        }
      }
    }
  }
  return best;
}
