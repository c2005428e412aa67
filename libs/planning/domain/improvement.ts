import type { Allocation, Change } from './allocation.js';
import { waste, worthOf, type Guide } from './guide.js';
import { at } from './planner-model.js';
import { shareOut } from './share-out.js';
import { Slack, type Carrier } from './slack.js';

const GAIN = 1e-7;

/** Asked between steps; true ends the search with what it has. */
export type Stop = () => boolean;

export type Improving = Readonly<{ stop: Stop; guide: Guide }>;

/** Phases in which something changed: only spans that touch them can have become improvable. */
export type Window = Readonly<{ from: number; to: number }>;

type Span = Readonly<{ g: number; from: number; to: number }>;
/** `net` is the cost less what the machine is worth at the guide's prices. */
type Offer = Carrier &
  Readonly<{
    pair: number;
    cost: number;
    net: number;
    /** A limit that must be given room before the machine can come; −1: none. */
    full: number;
  }>;
/** Offers of one size, the cheapest first. */
type Shelf = Readonly<{ units: number; offers: Offer[] }>;

type Means = Readonly<{ guide: Guide; slack: Slack }>;

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
    shareOut(allocation, improving.stop);
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
  const means = { guide: improving.guide, slack: new Slack(allocation) };
  let improved = false;
  for (let length = K; length >= 1; length -= 1) {
    const first = Math.max(0, window.from - length + 1);
    const last = Math.min(K - length, window.to);
    for (let from = first; from <= last; from += 1) {
      if (improving.stop()) return improved;
      const span = { g, from, to: from + length - 1 };
      while (improveSpan(allocation, span, means)) improved = true;
    }
  }
  return improved;
}

export function wholeOf(allocation: Allocation): Window {
  return { from: 0, to: allocation.model.phaseCount - 1 };
}

function improveSpan(allocation: Allocation, span: Span, { guide, slack }: Means): boolean {
  slack.measure(span.g, span.from, span.to);
  const desk = new ExchangeDesk(allocation, span, guide, slack);
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
  /** By net, the highest first. */
  readonly taken: Offer[] = [];
  private readonly shelves: Shelf[] = [];
  private readonly vain: number;
  private least = Infinity;
  private largest = 0;

  constructor(
    private readonly allocation: Allocation,
    private readonly span: Span,
    private readonly guide: Guide,
    private readonly slack: Slack,
  ) {
    const { g, from, to } = span;
    this.vain = slack.isShort ? Infinity : waste(guide, slack, g, from, to);
    for (const pair of allocation.model.pairs.ofClass[g] ?? []) {
      if (allocation.removable(pair, from, to) > 0) this.taken.push(this.offer(pair, -1));
    }
    this.taken.sort((a, b) => b.net - a.net);
    if (this.taken.length > 0) this.collectOffers();
    for (const shelf of this.shelves) shelf.offers.sort((a, b) => a.cost - b.cost);
  }

  private offer(pair: number, sign: 1 | -1): Offer {
    const { allocation, span } = this;
    const { pairs, pools, spotMax } = allocation.model;
    const cost = sign * allocation.weightedDelta(pair, span.from, span.to, sign);
    const units = at(pairs.units, pair);
    const pool = at(pairs.poolOf, pair);
    return {
      pair,
      cost,
      net: cost - worthOf(this.guide, pair, span.from, span.to) + this.toll(pair, sign),
      units,
      memory: at(pairs.memory, pair),
      spot: (at(pools.spot, pool) - at(spotMax, span.g)) * units,
      zone: at(pools.zone, pool),
      full: sign < 0 ? -1 : allocation.limits.fullLimit(pair, span.from, span.to),
    };
  }

  /** What a machine takes of priced limits; one that comes need not pay for what is free of them. */
  private toll(pair: number, sign: 1 | -1): number {
    const { limits, phaseCount: K } = this.allocation.model;
    const { from, to } = this.span;
    let toll = 0;
    for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
      const limit = at(limits.of, i);
      let price = 0;
      for (let k = from; k <= to; k += 1) price += at(this.guide.prices.limit, limit * K + k);
      if (price === 0) continue;
      const free = sign < 0 ? 0 : this.allocation.limits.freeIn(limit, from, to);
      toll += price * Math.max(0, at(limits.weight, i) - free);
    }
    return toll;
  }

  /** A second machine that goes, or a second that comes for less than nothing, may pay for the first. */
  private collectOffers(): void {
    const { g, from, to } = this.span;
    const { pairs, floors } = this.guide.ranking.ofSpan(g, from, to);
    const most = 2 * Math.max(0, this.taken[0]?.net ?? 0) + this.vain;
    for (let i = 0; i < pairs.length && at(floors, i) < most - Math.min(0, this.least); i += 1) {
      const pair = at(pairs, i);
      if (this.allocation.limits.capLeft(pair, from, to) <= 0) continue;
      const offer = this.offer(pair, 1);
      if (offer.net < most - Math.min(0, this.least)) this.put(offer);
    }
  }

  private put(offer: Offer): void {
    const shelf = this.shelves.find(({ units }) => units === offer.units);
    if (shelf === undefined) this.shelves.push({ units: offer.units, offers: [offer] });
    else shelf.offers.push(offer);
    this.least = Math.min(this.least, offer.net);
    this.largest = Math.max(this.largest, offer.units);
  }

  /** Whether machines of this net could be replaced at a gain by one of those on offer. */
  isPromising(net: number): boolean {
    return net + this.vain > this.least;
  }

  /** Takes a machine out for nothing, for a cheaper one, or for two that are cheaper together. */
  replaceOne(out: Offer): boolean {
    const missing = out.units - this.slack.units - 1e-9;
    if (missing <= 0 && this.exchange([out], [])) return true;
    const most = out.net + this.vain;
    if (Math.min(this.least, 2 * this.least) >= most || 2 * this.largest < missing) return false;
    if (this.replaceByOne([out], most, missing)) return true;
    for (const [first, shelf] of this.shelves.entries()) {
      for (let second = first; second < this.shelves.length; second += 1) {
        const other = this.shelves[second] as Shelf;
        if (shelf.units + other.units < missing) continue;
        if (this.replaceByTwo(out, shelf.offers, other.offers, most)) return true;
      }
    }
    return false;
  }

  /** Takes two machines out for one that is cheaper. */
  replaceTwo(out: Offer, other: Offer): boolean {
    const { from, to } = this.span;
    if (other === out && this.allocation.removable(out.pair, from, to) < 2) return false;
    const missing = out.units + other.units - this.slack.units - 1e-9;
    if (missing > this.largest) return false;
    return this.replaceByOne([out, other], out.net + other.net + this.vain, missing);
  }

  private replaceByOne(out: readonly Offer[], most: number, missing: number): boolean {
    const cost = out.reduce((sum, offer) => sum + offer.cost, 0) - GAIN;
    for (const { units, offers } of this.shelves) {
      if (units < missing) continue;
      for (const one of offers) {
        if (one.cost >= cost) break;
        // Two machines of one pair share a start edge; the exact sum is taken again before the exchange is made.
        if (one.net < most && this.hasRoom(one, out) && this.exchange(out, [one])) return true;
      }
    }
    return false;
  }

  private replaceByTwo(out: Offer, ones: readonly Offer[], twos: readonly Offer[], most: number): boolean {
    const cost = out.cost - GAIN;
    for (let first = 0; first < ones.length; first += 1) {
      const one = ones[first] as Offer;
      if (one.cost + (twos[0] as Offer).cost >= cost) return false;
      if (!this.hasRoom(one, [out])) continue;
      for (let second = ones === twos ? first : 0; second < twos.length; second += 1) {
        const two = twos[second] as Offer;
        if (one.cost + two.cost >= cost) break;
        if (one.net + two.net >= most || !this.hasRoom(two, [out])) continue;
        if (this.exchange([out], [one, two])) return true;
      }
    }
    return false;
  }

  /** Whether the machine fits, or at least may do so once the others are gone. */
  private hasRoom(one: Offer, out: readonly Offer[]): boolean {
    if (out.some(({ pair }) => pair === one.pair)) return false;
    return one.full < 0 || out.some(({ pair }) => this.allocation.limits.weightIn(pair, one.full) > 0);
  }

  private exchange(out: readonly Offer[], into: readonly Offer[]): boolean {
    if (!this.slack.isShort && !this.slack.allows(out, into)) return false;
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
