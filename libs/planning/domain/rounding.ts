import type { Allocation } from './allocation.js';
import type { Guide } from './guide.js';
import { OfferDesk, type Taste } from './offer-desk.js';
import { at } from './planner-model.js';

/** Parts of machines from here on become whole ones; what then breaks a cap is taken away again. */
const ROUND_UP_FROM = 0.6;

export function wholeMachines(parts: Float64Array): Int32Array {
  return Int32Array.from(parts, (value) => Math.max(0, Math.floor(value + 1 - ROUND_UP_FROM)));
}

/** Takes machines away until caps, limits, spot shares and the budget hold; rounding breaks them here and there. */
export function enforceCaps(allocation: Allocation): void {
  const { model } = allocation;
  keepLimits(
    allocation,
    Array.from({ length: model.pairs.count }, (_, pair) => pair),
  );
  dropStarts(allocation);
  for (let g = 0; g < model.classCount; g += 1) dropSpotExcess(allocation, g);
  dropOverBudget(allocation);
}

/** Takes machines of these pairs away until they keep every cap and limit. */
export function keepLimits(allocation: Allocation, pairs: readonly number[]): void {
  const { phaseCount: K } = allocation.model;
  for (const pair of pairs) {
    for (let k = 0; k < K; k += 1) {
      while (allocation.removable(pair, k, k) > 0 && allocation.limits.room(pair, k) < 0)
        allocation.shift(pair, k, k, -1);
    }
  }
}

/** A start that is not possible becomes none: its machines go from there to the end of their run. */
function dropStarts(allocation: Allocation): void {
  const { pairs, pools, phaseCount: K } = allocation.model;
  for (let k = 0; k < K; k += 1) {
    for (let pair = 0; pair < pairs.count; pair += 1) {
      const launch = at(pools.launch, at(pairs.poolOf, pair));
      if (launch < 0) continue;
      while (allocation.limits.startsLeft(launch, k) < 0 && allocation.removable(pair, k, k) > 0) {
        if (allocation.startDelta(pair, k, K - 1, -1) >= 0) break;
        let to = k;
        while (to + 1 < K && allocation.removable(pair, k, to + 1) > 0) to += 1;
        allocation.shift(pair, k, to, -1);
      }
    }
  }
}

export function dropSpotExcess(allocation: Allocation, g: number): void {
  const { pairs, pools, spotMax, phaseCount: K } = allocation.model;
  if (at(spotMax, g) >= 1) return;
  const spotPairs = (pairs.ofClass[g] ?? [])
    .filter((pair) => at(pools.spot, at(pairs.poolOf, pair)) === 1)
    .toSorted((a, b) => at(pairs.units, b) - at(pairs.units, a));
  for (let k = 0; k < K; k += 1) {
    while (allocation.spotExcess(g * K + k, g) > 1e-9) {
      const pair = spotPairs.find((candidate) => allocation.removable(candidate, k, k) > 0);
      if (pair === undefined) break;
      allocation.shift(pair, k, k, -1);
    }
  }
}

/**
 * Gives up the machines that cost most per unit-hour first, and those that hold a spot share up only where nothing else is
 * left: spot machines that run already may be too many for any share, and the budget holds all the same.
 */
function dropOverBudget(allocation: Allocation): void {
  const { model } = allocation;
  if (allocation.cost <= model.budget) return;
  const { pools, pairs } = model;
  const perUnit = (pair: number) => at(pools.price, at(pairs.poolOf, pair)) / at(pairs.units, pair);
  const order = Array.from({ length: pairs.count }, (_, pair) => pair).toSorted(
    (a, b) => perUnit(b) - perUnit(a),
  );
  for (const pair of order) dropWhileDear(allocation, pair, true);
  if (allocation.cost <= model.budget) return;
  for (const pair of order) dropWhileDear(allocation, pair, false);
  for (let g = 0; g < model.classCount; g += 1) dropSpotExcess(allocation, g);
}

function dropWhileDear(allocation: Allocation, pair: number, keepsSpot: boolean): void {
  const { budget, phaseCount: K } = allocation.model;
  for (let k = K - 1; k >= 0; k -= 1) {
    while (allocation.cost > budget - 1e-9 && allocation.removable(pair, k, k) > 0) {
      if (keepsSpot && allocation.penaltyDelta([{ pair, sign: -1 }], k, k) === null) break;
      allocation.shift(pair, k, k, -1);
    }
  }
}

/** Adds the machines that cost least for the shortage they end, until none helps. */
export function repair(allocation: Allocation, taste: Taste): void {
  const desk = new OfferDesk(allocation, taste);
  for (let g = 0; g < allocation.model.classCount; g += 1) repairClass(allocation, g, desk);
}

export function repairClass(allocation: Allocation, g: number, desk: OfferDesk): void {
  const all = allocation.model.pairs.ofClass[g] ?? [];
  const { guide } = desk.taste;
  if (guide !== null && all.length > PROMISING) {
    repairFrom(allocation, g, desk, promising(allocation, g, guide));
  }
  repairFrom(allocation, g, desk, all);
}

/** Pairs to try first: where these close every shortage, the others are never looked at. */
const PROMISING = 48;
const PROMISING_PER_SIZE = 12;

/** Of every size of machine the best pairs that may still grow: small ones close small gaps. */
function promising(allocation: Allocation, g: number, guide: Guide): readonly number[] {
  const K = allocation.model.phaseCount;
  const short = Array.from({ length: K }, (_, k) => k).filter((k) => allocation.shortage(g * K + k) > 0);
  return guide.ranking.bySize(g).flatMap((own) => {
    const open: number[] = [];
    for (const pair of own) {
      if (open.length === PROMISING_PER_SIZE) break;
      if (short.some((k) => allocation.limits.room(pair, k) > 0)) open.push(pair);
    }
    return open;
  });
}

function repairFrom(allocation: Allocation, g: number, desk: OfferDesk, pairs: readonly number[]): void {
  desk.turnTo(g, pairs);
  for (let best = desk.best(); best !== undefined; best = desk.best()) {
    allocation.shift(best.pair, best.from, best.to, 1);
  }
}
