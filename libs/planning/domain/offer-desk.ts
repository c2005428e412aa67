import type { Allocation } from './allocation.js';
import { coveredWorth, type Guide } from './guide.js';
import { at } from './planner-model.js';

/** One machine of a pair from the first of these phases to the last. */
type Lot = Readonly<{ pair: number; from: number; to: number }>;

/** How offers are compared: by the linear model's prices where there are any, disturbed by noise. */
export type Taste = Readonly<{ guide: Guide | null; noise: () => number }>;

/**
 * Which machine of some pairs costs one class least for the shortage it ends. Offers seldom get better while others are
 * taken, so only those that look best are worked out again; all of them once none is left.
 */
export class OfferDesk {
  private readonly phases: number;
  private pairs: readonly number[] = [];
  private g = 0;
  private readonly noise: Float64Array;
  /** Per place in `pairs`: the best lot and what it costs for its worth; infinite where there is none. */
  private readonly score: Float64Array;
  private readonly from: Int32Array;
  private readonly to: Int32Array;
  private readonly isStale: Uint8Array;
  /** Per phase: whether something is missing; what the pair at hand would end of it, and starts it spares after it. */
  private readonly short: Uint8Array;
  private readonly penalty: Float64Array;
  private readonly worth: Float64Array;
  private readonly spared: Int32Array;

  constructor(
    private readonly allocation: Allocation,
    readonly taste: Taste,
  ) {
    const { phaseCount, pairs } = allocation.model;
    const most = pairs.ofClass.reduce((widest, own) => Math.max(widest, own.length), 0);
    this.phases = phaseCount;
    this.noise = new Float64Array(most);
    this.score = new Float64Array(most);
    this.from = new Int32Array(most);
    this.to = new Int32Array(most);
    this.isStale = new Uint8Array(most);
    this.short = new Uint8Array(phaseCount);
    this.penalty = new Float64Array(phaseCount);
    this.worth = new Float64Array(phaseCount);
    this.spared = new Int32Array(phaseCount);
  }

  /** From here on for this class, with these of its pairs. */
  turnTo(g: number, pairs: readonly number[]): void {
    this.g = g;
    this.pairs = pairs;
    for (let i = 0; i < pairs.length; i += 1) this.noise[i] = 1 + this.taste.noise();
    this.score.fill(Infinity);
    this.isStale.fill(1);
  }

  /** Everything may have changed for the worse since the last answer. */
  best(): Lot | undefined {
    if (!this.isShort()) return undefined;
    this.isStale.fill(1);
    for (let index = this.leading(); index >= 0; index = this.leading()) {
      if (at(this.isStale, index) === 0) return this.lotOf(index);
      this.evaluate(index);
    }
    for (let index = 0; index < this.pairs.length; index += 1) this.evaluate(index);
    const index = this.leading();
    return index < 0 ? undefined : this.lotOf(index);
  }

  private isShort(): boolean {
    let isShort = false;
    for (let k = 0; k < this.phases; k += 1) {
      const short = this.allocation.shortage(this.g * this.phases + k) > 0;
      this.short[k] = short ? 1 : 0;
      isShort ||= short;
    }
    return isShort;
  }

  private lotOf(index: number): Lot {
    return { pair: this.pairs[index] as number, from: at(this.from, index), to: at(this.to, index) };
  }

  /** The place of the least score; −1: nobody offers anything. */
  private leading(): number {
    let leading = -1;
    let least = Infinity;
    for (let index = 0; index < this.pairs.length; index += 1) {
      if (at(this.score, index) >= least) continue;
      least = at(this.score, index);
      leading = index;
    }
    return leading;
  }

  private evaluate(index: number): void {
    const { allocation, phases, taste } = this;
    const pair = this.pairs[index] as number;
    for (let k = 0; k < phases; k += 1) {
      const delta = allocation.coverDelta(pair, k);
      const helps = delta !== null && at(this.short, k) === 1;
      this.penalty[k] = delta ?? Infinity;
      this.worth[k] = helps && taste.guide !== null ? coveredWorth(taste.guide, allocation, pair, k) : 0;
      this.spared[k] = allocation.startsSpared(pair, k);
    }
    this.score[index] = Infinity;
    this.isStale[index] = 0;
    for (let from = 0; from < phases; from += 1) {
      if (at(this.short, from) === 1) this.evaluateFrom(index, pair, from);
    }
  }

  private evaluateFrom(index: number, pair: number, from: number): void {
    const { allocation, phases, taste } = this;
    const { pools, pairs, hoursUpTo } = allocation.model;
    const pool = at(pairs.poolOf, pair);
    const begun = allocation.startsBegun(pair, from);
    const startRate = at(pools.startRate, pool);
    const perStart = startRate + this.launchPrice(pool, from);
    let [penalty, running, worth] = [0, 0, 0];
    for (let to = from; to < phases; to += 1) {
      penalty += at(this.penalty, to);
      if (penalty === Infinity) return;
      worth += at(this.worth, to);
      if (taste.guide !== null) running += at(taste.guide.running, pair * phases + to);
      if (at(this.short, to) !== 1 || penalty > -1e-9) continue;
      const starts = begun + at(this.spared, to);
      const hours = at(hoursUpTo, to + 1) - at(hoursUpTo, from);
      const cost = at(pools.rate, pool) * hours + startRate * starts;
      // Where there is more than enough for nothing, the linear model pays nothing for demand.
      const isBlind = taste.guide === null || worth === 0;
      const ratio = isBlind ? cost / -penalty : (running + perStart * starts) / worth;
      const score = at(this.noise, index) * ratio;
      if (score >= at(this.score, index) || cost + penalty >= 0 || !this.fits(pair, from, to)) continue;
      this.score[index] = score;
      this.from[index] = from;
      this.to[index] = to;
    }
  }

  private launchPrice(pool: number, k: number): number {
    const { model } = this.allocation;
    const launch = at(model.pools.launch, pool);
    if (launch < 0 || this.taste.guide === null) return 0;
    return at(this.taste.guide.launch, launch * model.phaseCount + k);
  }

  private fits(pair: number, from: number, to: number): boolean {
    const change = [{ pair, sign: 1 as const }];
    return this.allocation.affords(change, from, to) && this.allocation.launchable(change, from, to);
  }
}
