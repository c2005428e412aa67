import type { Allocation } from './allocation.js';
import { coveredWorth, type Guide } from './guide.js';
import type { Lot } from './lot-model.js';
import { at, type PlannerModel } from './planner-model.js';

/** Machines per pair and phase, in parts, that lots add up to. */
export function profileOf(model: PlannerModel, lots: readonly Lot[], amounts: Float64Array): Float64Array {
  const K = model.phaseCount;
  const profile = new Float64Array(model.pairs.count * K);
  for (const [index, lot] of lots.entries()) {
    for (let k = lot.from; k <= lot.to; k += 1) {
      profile[lot.pair * K + k] = at(profile, lot.pair * K + k) + at(amounts, index);
    }
  }
  return profile;
}

/** Whole machines below the linear solution's profiles: no cap can break, some demand is left for `repair`. */
export function roundDown(profile: Float64Array): Int32Array {
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

/** How offers are compared: by the linear model's prices where there are any, disturbed by noise. */
export type Taste = Readonly<{ guide: Guide | null; noise: () => number }>;

/** Adds the machines that cost least for the shortage they end, until none helps. */
export function repair(allocation: Allocation, taste: Taste): void {
  for (let g = 0; g < allocation.model.classCount; g += 1) repairClass(allocation, g, taste);
}

export function repairClass(allocation: Allocation, g: number, taste: Taste): void {
  const desk = new OfferDesk(allocation, g, taste);
  for (let best = desk.best(); best !== undefined; best = desk.best()) {
    allocation.shift(best.pair, best.from, best.to, 1);
    desk.forget(best.from, best.to);
  }
}

/** Offers of one class; what a machine would do in a phase is worked out again only after that phase changed. */
class OfferDesk {
  private readonly pairs: readonly number[];
  private readonly noise: readonly number[];
  private readonly penalty: Float64Array;
  private readonly worth: Float64Array;
  private readonly short: boolean[];
  private readonly stale: boolean[];
  private readonly phases: number;

  constructor(
    private readonly allocation: Allocation,
    private readonly g: number,
    private readonly taste: Taste,
  ) {
    this.phases = allocation.model.phaseCount;
    this.pairs = allocation.model.pairs.ofClass[g] ?? [];
    this.noise = this.pairs.map(() => 1 + taste.noise());
    this.penalty = new Float64Array(this.pairs.length * this.phases);
    this.worth = new Float64Array(this.pairs.length * this.phases);
    this.short = Array.from({ length: this.phases }, () => false);
    this.stale = Array.from({ length: this.phases }, () => true);
  }

  forget(from: number, to: number): void {
    this.stale.fill(true, from, to + 1);
  }

  best(): Lot | undefined {
    for (let k = 0; k < this.phases; k += 1) if (this.stale[k] === true) this.refresh(k);
    if (!this.short.includes(true)) return undefined;
    let best: Lot | undefined;
    let least = Infinity;
    for (let index = 0; index < this.pairs.length; index += 1) {
      for (let from = 0; from < this.phases; from += 1) {
        if (this.short[from] !== true) continue;
        const offer = this.bestFrom(index, from, least);
        if (offer === undefined) continue;
        least = offer.score;
        best = offer.lot;
      }
    }
    return best;
  }

  private refresh(k: number): void {
    const { allocation, phases, taste } = this;
    this.stale[k] = false;
    const short = allocation.shortage(this.g * phases + k) > 0;
    this.short[k] = short;
    for (const [index, pair] of this.pairs.entries()) {
      const delta = allocation.penaltyDelta([{ pair, sign: 1 }], k, k);
      this.penalty[index * phases + k] = delta ?? Infinity;
      const worth = taste.guide === null || !short ? 0 : coveredWorth(taste.guide, allocation, pair, k);
      this.worth[index * phases + k] = worth;
    }
  }

  /** The best lot of a pair from a phase on, if it beats `least`. */
  private bestFrom(index: number, from: number, least: number): Offer | undefined {
    const { allocation, phases, taste } = this;
    const pair = this.pairs[index] ?? 0;
    const noise = this.noise[index] ?? 1;
    let best: Offer | undefined;
    let score = least;
    let penalty = 0;
    let running = 0;
    let worth = 0;
    for (let to = from; to < phases; to += 1) {
      penalty += at(this.penalty, index * phases + to);
      if (penalty === Infinity) break;
      worth += at(this.worth, index * phases + to);
      if (taste.guide !== null) running += at(taste.guide.running, pair * phases + to);
      if (this.short[to] !== true || penalty > -1e-9) continue;
      const cost = allocation.weightedDelta(pair, from, to, 1);
      const lot = { pair, from, to };
      const own = noise * (taste.guide === null ? cost / -penalty : guided(allocation, lot, running) / worth);
      if (own >= score || cost + penalty >= 0) continue;
      if (!allocation.affords([{ pair, sign: 1 }], from, to)) continue;
      score = own;
      best = { lot, score };
    }
    return best;
  }
}

function guided(allocation: Allocation, { pair, from, to }: Lot, running: number): number {
  const { pools, pairs } = allocation.model;
  return running + allocation.startDelta(pair, from, to, 1) * at(pools.startRate, at(pairs.poolOf, pair));
}
