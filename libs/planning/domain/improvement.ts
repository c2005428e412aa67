import type { Allocation, Change } from './allocation.js';
import { at } from './planner-model.js';

const GAIN = 1e-7;

/** Asked between steps; true ends the search with what it has. */
export type Stop = () => boolean;

type Span = Readonly<{ g: number; from: number; to: number }>;
type Offer = Readonly<{ pair: number; cost: number; units: number }>;

/** Exchanges machines within each class until no single, 2-for-1 or 1-for-2 exchange lowers the objective. */
export function improve(allocation: Allocation, stop: Stop): void {
  for (let improved = true; improved;) {
    improved = false;
    for (let g = 0; g < allocation.model.classCount; g += 1) {
      if (stop()) return;
      if (improveClass(allocation, g, stop)) improved = true;
    }
  }
}

export function improveClass(
  allocation: Allocation,
  g: number,
  stop: Stop,
  window = wholeOf(allocation),
): boolean {
  const K = allocation.model.phaseCount;
  let improved = false;
  for (let length = K; length >= 1; length -= 1) {
    const first = Math.max(0, window.from - length + 1);
    const last = Math.min(K - length, window.to);
    for (let from = first; from <= last; from += 1) {
      if (stop()) return improved;
      while (improveSpan(allocation, { g, from, to: from + length - 1 })) improved = true;
    }
  }
  return improved;
}

/** Phases in which something changed: only spans that touch them can have become improvable. */
export type Window = Readonly<{ from: number; to: number }>;

function wholeOf(allocation: Allocation): Window {
  return { from: 0, to: allocation.model.phaseCount - 1 };
}

function improveSpan(allocation: Allocation, span: Span): boolean {
  const { from, to, g } = span;
  const pairs = allocation.model.pairs.ofClass[g] ?? [];
  const taken: Offer[] = [];
  const offers: Offer[] = [];
  for (const pair of pairs) {
    const units = at(allocation.model.pairs.units, pair);
    if (allocation.lowest(pair, from, to) > 0) {
      taken.push({ pair, units, cost: -allocation.weightedDelta(pair, from, to, -1) });
    }
    if (allocation.capLeft(pair, from, to) > 0) {
      offers.push({ pair, units, cost: allocation.weightedDelta(pair, from, to, 1) });
    }
  }
  offers.sort((a, b) => a.cost - b.cost);
  const slack = allocation.leastSlack(g, from, to);
  for (const [index, out] of taken.entries()) {
    if (replace(allocation, span, [out], offers, slack)) return true;
    for (let second = index; second < taken.length; second += 1) {
      const other = taken[second];
      if (other === undefined || (second === index && allocation.lowest(out.pair, from, to) < 2)) continue;
      // Two machines of one pair share a start edge; the exact sum is taken again before the exchange is made.
      if (replace(allocation, span, [out, other], offers, slack)) return true;
    }
  }
  return false;
}

/** Takes machines out for nothing, for the cheapest one, or (for a single one out) for the cheapest two that do. */
function replace(
  allocation: Allocation,
  span: Span,
  out: readonly Offer[],
  offers: readonly Offer[],
  slack: number,
): boolean {
  const saving = out.reduce((sum, offer) => sum + offer.cost, 0);
  const missing = out.reduce((sum, offer) => sum + offer.units, 0) - slack - 1e-9;
  if (out.length === 1 && missing <= 0 && exchange(allocation, span, out, [])) return true;
  for (const [index, one] of offers.entries()) {
    if (one.cost >= saving - GAIN) break;
    if (out.some((offer) => offer.pair === one.pair)) continue;
    if (one.units >= missing && exchange(allocation, span, out, [one])) return true;
    if (out.length > 1) continue;
    for (let second = index; second < offers.length; second += 1) {
      const two = offers[second];
      if (two === undefined || one.cost + two.cost >= saving - GAIN) break;
      if (two.pair === out[0]?.pair || one.units + two.units < missing) continue;
      if (exchange(allocation, span, out, [one, two])) return true;
    }
  }
  return false;
}

function exchange(
  allocation: Allocation,
  { from, to }: Span,
  out: readonly Offer[],
  into: readonly Offer[],
): boolean {
  const changes: Change[] = [
    ...out.map((offer): Change => ({ pair: offer.pair, sign: -1 })),
    ...into.map((offer): Change => ({ pair: offer.pair, sign: 1 })),
  ];
  const saved =
    out.reduce((sum, offer) => sum + offer.cost, 0) - into.reduce((sum, offer) => sum + offer.cost, 0);
  const penalty = allocation.penaltyDelta(changes, from, to, saved - GAIN);
  if (penalty === null || !allocation.affords(changes, from, to)) return false;
  const before = allocation.weighted;
  for (const { pair, sign } of changes) allocation.shift(pair, from, to, sign);
  if (allocation.weighted - before + penalty < -GAIN) return true;
  for (const { pair, sign } of changes) allocation.shift(pair, from, to, -sign);
  return false;
}
