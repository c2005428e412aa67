import type { Allocation, Change } from './allocation.js';
import { waste, type Guide } from './guide.js';
import { at } from './planner-model.js';

const GAIN = 1e-7;

/** Asked between steps; true ends the search with what it has. */
export type Stop = () => boolean;

export type Improving = Readonly<{ stop: Stop; guide: Guide | null }>;

/** Phases in which something changed: only spans that touch them can have become improvable. */
export type Window = Readonly<{ from: number; to: number }>;

type Span = Readonly<{ g: number; from: number; to: number }>;
/** `net` is the cost less what the machine is worth at the guide's prices. */
type Offer = Readonly<{
  pair: number;
  cost: number;
  net: number;
  units: number;
  /** A limit that must be given room before the machine can come; −1: none. */
  full: number;
}>;

/** A pass over all classes that gains less than this share is the last one. */
const WORTHWHILE = 1e-4;

/** Exchanges machines within each class until single, 2-for-1 and 1-for-2 exchanges hardly lower the objective. */
export function improve(allocation: Allocation, improving: Improving): void {
  for (let before = Infinity, now = allocation.objective(); before - now > now * WORTHWHILE;) {
    before = now;
    for (let g = 0; g < allocation.model.classCount; g += 1) {
      if (improving.stop()) return;
      improveClass(allocation, g, improving);
    }
    now = allocation.objective();
  }
}

export function improveClass(
  allocation: Allocation,
  g: number,
  improving: Improving,
  window = wholeOf(allocation),
): boolean {
  const K = allocation.model.phaseCount;
  let improved = false;
  for (let length = K; length >= 1; length -= 1) {
    const first = Math.max(0, window.from - length + 1);
    const last = Math.min(K - length, window.to);
    for (let from = first; from <= last; from += 1) {
      if (improving.stop()) return improved;
      const span = { g, from, to: from + length - 1 };
      while (improveSpan(allocation, span, improving.guide)) improved = true;
    }
  }
  return improved;
}

export function wholeOf(allocation: Allocation): Window {
  return { from: 0, to: allocation.model.phaseCount - 1 };
}

function improveSpan(allocation: Allocation, span: Span, guide: Guide | null): boolean {
  const desk = new ExchangeDesk(allocation, span, guide);
  const { taken } = desk;
  for (let index = 0; index < taken.length; index += 1) {
    const out = taken[index] as Offer;
    if (desk.replaceOne(out)) return true;
    for (let second = index; second < taken.length; second += 1) {
      const other = taken[second] as Offer;
      if (!desk.isPromising(out.net + other.net)) break;
      if (desk.replaceTwo(out, other)) return true;
    }
  }
  return false;
}

/**
 * All machines of a class that could go or come in one span of phases. An exchange can win no more than the nets
 * differ and the class covers in vain; that bound ends most trials before they begin.
 */
class ExchangeDesk {
  readonly taken: Offer[] = [];
  private offers: Offer[] = [];
  private readonly vain: number;
  private readonly slack: number;
  private readonly least: number;
  private readonly largest: number;

  constructor(
    private readonly allocation: Allocation,
    private readonly span: Span,
    private readonly guide: Guide | null,
  ) {
    const { g, from, to } = span;
    this.slack = allocation.leastSlack(g, from, to);
    this.vain = guide === null ? 0 : this.isShort() ? Infinity : waste(guide, allocation, g, from, to);
    for (const pair of allocation.model.pairs.ofClass[g] ?? []) this.collect(pair);
    this.taken.sort((a, b) => b.net - a.net);
    // A second machine that goes, or a second that comes for less than nothing, may pay for the first.
    this.least = this.offers.reduce((least, offer) => Math.min(least, offer.net), Infinity);
    const best = 2 * Math.max(0, this.taken[0]?.net ?? 0) + this.vain + Math.max(0, -this.least);
    this.offers = this.offers.filter((offer) => offer.net < best).toSorted((a, b) => a.cost - b.cost);
    this.largest = this.offers.reduce((most, offer) => Math.max(most, offer.units), 0);
  }

  private isShort(): boolean {
    const { g, from, to } = this.span;
    const K = this.allocation.model.phaseCount;
    for (let k = from; k <= to; k += 1) if (this.allocation.shortage(g * K + k) > 0) return true;
    return false;
  }

  private collect(pair: number): void {
    const { allocation, guide } = this;
    const { from, to } = this.span;
    const units = at(allocation.model.pairs.units, pair);
    let worth = 0;
    if (guide !== null) {
      const base = pair * allocation.model.phaseCount;
      for (let k = from; k <= to; k += 1) worth += at(guide.worth, base + k);
    }
    if (allocation.removable(pair, from, to) > 0) {
      const cost = -allocation.weightedDelta(pair, from, to, -1);
      this.taken.push({ pair, units, cost, net: cost - worth, full: -1 });
    }
    if (allocation.limits.capLeft(pair, from, to) > 0) {
      const cost = allocation.weightedDelta(pair, from, to, 1);
      this.offers.push({
        pair,
        units,
        cost,
        net: cost - worth,
        full: allocation.limits.fullLimit(pair, from, to),
      });
    }
  }

  /** Whether machines of this net could be replaced at a gain by one of those on offer. */
  isPromising(net: number): boolean {
    return net + this.vain > this.least;
  }

  /** Takes a machine out for nothing, for the cheapest one, or for the cheapest two that do. */
  replaceOne(out: Offer): boolean {
    const missing = out.units - this.slack - 1e-9;
    if (missing <= 0 && this.exchange([out], [])) return true;
    const most = out.net + this.vain;
    if (Math.min(this.least, 2 * this.least) >= most || 2 * this.largest < missing) return false;
    for (const [index, one] of this.offers.entries()) {
      if (one.cost >= out.cost - GAIN) return false;
      if (one.pair === out.pair || !this.hasRoom(one, out)) continue;
      if (one.units >= missing && one.net < most && this.exchange([out], [one])) return true;
      if (one.net + this.least >= most || one.units + this.largest < missing) continue;
      for (let second = index; second < this.offers.length; second += 1) {
        const two = this.offers[second];
        if (two === undefined || one.cost + two.cost >= out.cost - GAIN) break;
        if (
          one.units + two.units < missing ||
          one.net + two.net >= most ||
          two.pair === out.pair ||
          !this.hasRoom(two, out)
        )
          continue;
        if (this.exchange([out], [one, two])) return true;
      }
    }
    return false;
  }

  /** Takes two machines out for the cheapest one that does. */
  replaceTwo(out: Offer, other: Offer): boolean {
    const { from, to } = this.span;
    if (other === out && this.allocation.removable(out.pair, from, to) < 2) return false;
    const most = out.net + other.net + this.vain;
    const missing = out.units + other.units - this.slack - 1e-9;
    if (missing > this.largest) return false;
    for (const one of this.offers) {
      if (one.cost >= out.cost + other.cost - GAIN) return false;
      if (one.units < missing || one.net >= most || one.pair === out.pair || one.pair === other.pair)
        continue;
      if (!this.hasRoom(one, out) && !this.hasRoom(one, other)) continue;
      // Two machines of one pair share a start edge; the exact sum is taken again before the exchange is made.
      if (this.exchange([out, other], [one])) return true;
    }
    return false;
  }

  /** Whether the machine fits, or at least may do so once the other one is gone. */
  private hasRoom(one: Offer, out: Offer): boolean {
    return one.full < 0 || this.allocation.limits.weightIn(out.pair, one.full) > 0;
  }

  private exchange(out: readonly Offer[], into: readonly Offer[]): boolean {
    const { allocation } = this;
    const { from, to } = this.span;
    const changes: Change[] = [
      ...out.map((offer): Change => ({ pair: offer.pair, sign: -1 })),
      ...into.map((offer): Change => ({ pair: offer.pair, sign: 1 })),
    ];
    const saved =
      out.reduce((sum, { cost }) => sum + cost, 0) - into.reduce((sum, { cost }) => sum + cost, 0);
    const penalty = allocation.penaltyDelta(changes, from, to, saved - GAIN);
    if (penalty === null || !allocation.affords(changes, from, to)) return false;
    const before = allocation.weighted;
    for (const { pair, sign } of changes) allocation.shift(pair, from, to, sign);
    if (allocation.weighted - before + penalty < -GAIN) return true;
    for (const { pair, sign } of changes.toReversed()) allocation.shift(pair, from, to, -sign);
    return false;
  }
}
