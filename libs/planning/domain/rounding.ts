import type { Allocation } from './allocation.js';
import { coveredWorth, type Guide } from './guide.js';
import { at } from './planner-model.js';

/** One machine of a pair from the first of these phases to the last. */
type Lot = Readonly<{ pair: number; from: number; to: number }>;

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

/** Gives up the machines that cost most per unit-hour first. */
function dropOverBudget(allocation: Allocation): void {
  const { model } = allocation;
  if (allocation.cost <= model.budget) return;
  const { pools, pairs, phaseCount: K } = model;
  const perUnit = (pair: number) => at(pools.price, at(pairs.poolOf, pair)) / at(pairs.units, pair);
  const order = Array.from({ length: pairs.count }, (_, pair) => pair).toSorted(
    (a, b) => perUnit(b) - perUnit(a),
  );
  for (const pair of order) {
    for (let k = K - 1; k >= 0; k -= 1) {
      while (allocation.cost > model.budget - 1e-9 && allocation.removable(pair, k, k) > 0) {
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
  const all = allocation.model.pairs.ofClass[g] ?? [];
  if (taste.guide !== null && all.length > PROMISING) {
    repairFrom(allocation, g, taste, promising(allocation, g, all, taste.guide));
  }
  repairFrom(allocation, g, taste, all);
}

/** Pairs to try first: where these close every shortage, the others are never looked at. */
const PROMISING = 48;
const PROMISING_PER_SIZE = 12;

/** Of every size of machine the pairs whose worth comes closest to their price: small ones close small gaps. */
function promising(
  allocation: Allocation,
  g: number,
  all: readonly number[],
  guide: Guide,
): readonly number[] {
  const { pairs, phaseCount: K } = allocation.model;
  const short = Array.from({ length: K }, (_, k) => k).filter((k) => allocation.shortage(g * K + k) > 0);
  const open = all.filter((pair) => short.some((k) => allocation.limits.room(pair, k) > 0));
  const merit = (pair: number) => {
    let best = Infinity;
    for (let i = pair * K; i < (pair + 1) * K; i += 1) {
      if (at(guide.worth, i) > 0) best = Math.min(best, at(guide.running, i) / at(guide.worth, i));
    }
    return best;
  };
  const sizes = Map.groupBy(open, (pair) => Math.round(Math.log2(at(pairs.units, pair)) * 2));
  return [...sizes.values()].flatMap((own) =>
    own
      .map((pair) => ({ pair, merit: merit(pair) }))
      .toSorted((a, b) => a.merit - b.merit)
      .slice(0, PROMISING_PER_SIZE)
      .map(({ pair }) => pair),
  );
}

function repairFrom(allocation: Allocation, g: number, taste: Taste, pairs: readonly number[]): void {
  const desk = new OfferDesk(allocation, g, taste, pairs);
  for (let best = desk.best(); best !== undefined; best = desk.best()) {
    allocation.shift(best.pair, best.from, best.to, 1);
    desk.forget(best.from, best.to);
  }
}

/** Offers of one class; what a machine would do in a phase is worked out again only after that phase changed. */
class OfferDesk {
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
    private readonly pairs: readonly number[],
  ) {
    this.phases = allocation.model.phaseCount;
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
    for (let k = 0; k < this.phases; k += 1) {
      this.short[k] = this.allocation.shortage(this.g * this.phases + k) > 0;
    }
    if (!this.short.includes(true)) return undefined;
    for (let k = 0; k < this.phases; k += 1) if (this.stale[k] === true) this.refresh(k);
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
    const short = this.short[k] === true;
    for (const [index, pair] of this.pairs.entries()) {
      const delta = allocation.coverDelta(pair, k);
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
      const price = taste.guide === null ? cost : guided(allocation, taste.guide, lot, running);
      const own = noise * (price / (taste.guide === null ? -penalty : worth));
      if (own >= score || cost + penalty >= 0) continue;
      const change = [{ pair, sign: 1 as const }];
      if (!allocation.affords(change, from, to) || !allocation.launchable(change, from, to)) continue;
      score = own;
      best = { lot, score };
    }
    return best;
  }
}

function guided(allocation: Allocation, guide: Guide, { pair, from, to }: Lot, running: number): number {
  const { pools, pairs, phaseCount: K } = allocation.model;
  const pool = at(pairs.poolOf, pair);
  const launch = at(pools.launch, pool);
  const perStart = at(pools.startRate, pool) + (launch < 0 ? 0 : at(guide.launch, launch * K + from));
  return running + allocation.startDelta(pair, from, to, 1) * perStart;
}
