import type { Allocation } from './allocation.js';
import { claimRoom } from './claim.js';
import { improveClass, wholeOf, type Improving, type Window } from './improvement.js';
import { OfferDesk } from './offer-desk.js';
import { at } from './planner-model.js';
import { dropSpotExcess, enforceCaps, keepLimits, repairClass } from './rounding.js';

/** Numbers in [0, 1), the same for the same seed: a plan can be made again. */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export type SearchLimits = Improving &
  Readonly<{
    rounds: number;
    random: () => number;
    /** Machines per pair and phase in parts, to round anew; null: there are none. */
    parts: Float64Array | null;
  }>;

/** Who rebuilds: by the guide alone, a little disturbed, or by bare cost. */
type Desks = Readonly<Record<'exact' | 'noisy' | 'blind', OfferDesk>>;

/**
 * Ruin and recreate: rounds one or two classes anew, takes a few of their machines out or claims room for one, rebuilds,
 * and keeps what is not worse. Works where exchanges within a class are stuck, above all on shared caps and quota.
 */
export function search(allocation: Allocation, limits: SearchLimits): void {
  const { rounds, stop, guide, random } = limits;
  const desks = {
    exact: new OfferDesk(allocation, { guide, noise: () => 0 }),
    noisy: new OfferDesk(allocation, { guide, noise: () => (random() - 0.5) * NOISE }),
    blind: new OfferDesk(allocation, { guide: null, noise: () => (random() - 0.5) * NOISE }),
  };
  let best = allocation.objective();
  for (let round = 0; round < rounds && !stop(); round += 1) {
    allocation.begin();
    attempt(allocation, limits, desks, best);
    const objective = allocation.isWithinMeans() ? allocation.objective() : Infinity;
    if (objective <= best + 1e-9) best = objective;
    else allocation.undo();
  }
  allocation.recount();
  enforceCaps(allocation);
}

function attempt(allocation: Allocation, limits: SearchLimits, desks: Desks, best: number): void {
  const { random, parts } = limits;
  if (random() < CLAIMED) {
    attemptClaim(allocation, limits, desks, best);
    return;
  }
  const anew = parts !== null && random() < ANEW;
  const window = anew && random() < WHOLE ? wholeOf(allocation) : pickWindow(allocation, random);
  const classes = anew ? roundAnew(allocation, parts, window, random) : ruined(allocation, window, random);
  const desk = anew ? desks.exact : random() < DISTURBED ? desks.blind : desks.noisy;
  rebuild(allocation, classes, desk);
  // A rebuild this much dearer is never saved by exchanges; most attempts end here.
  if (allocation.objective() > best * (1 + (anew ? HOPELESS_ANEW : HOPELESS))) return;
  for (const g of classes) improveClass(allocation, g, limits, anew ? wholeOf(allocation) : window);
}

function attemptClaim(allocation: Allocation, limits: SearchLimits, desks: Desks, best: number): void {
  const { random, guide } = limits;
  const window = pickWindow(allocation, random);
  const g = Math.floor(random() * allocation.model.classCount);
  if (!claimRoom(allocation, g, { guide, window, random })) return;
  rebuild(allocation, [g], random() < DISTURBED ? desks.exact : desks.noisy);
  if (allocation.objective() <= best * (1 + HOPELESS)) improveClass(allocation, g, limits, window);
}

function rebuild(allocation: Allocation, classes: readonly number[], desk: OfferDesk): void {
  for (const g of classes) dropSpotExcess(allocation, g);
  for (const g of classes) repairClass(allocation, g, desk);
}

function ruined(allocation: Allocation, window: Window, random: () => number): readonly number[] {
  return random() < SHARED ? ruinShared(allocation, window, random) : ruinClasses(allocation, window, random);
}

/**
 * Rounds all machines of the picked classes in the window anew, each pool from a part of its own: the same in every
 * phase, so that no machine stops and starts again for the sake of rounding.
 */
function roundAnew(
  allocation: Allocation,
  parts: Float64Array,
  window: Window,
  random: () => number,
): readonly number[] {
  const { pairs, phaseCount: K } = allocation.model;
  const classes = pickClasses(allocation, random);
  const own = classes.flatMap((g) => pairs.ofClass[g] ?? []);
  for (const pair of own) {
    const up = random() + LEAST_UP;
    for (let k = window.from; k <= window.to; k += 1) {
      const index = pair * K + k;
      const wanted = at(pairs.delivered, pair) + Math.max(0, Math.floor(at(parts, index) + up));
      if (wanted !== at(allocation.x, index)) allocation.shift(pair, k, k, wanted - at(allocation.x, index));
    }
  }
  keepLimits(allocation, own);
  return classes;
}

function ruinClasses(allocation: Allocation, window: Window, random: () => number): readonly number[] {
  const classes = pickClasses(allocation, random);
  for (const g of classes) ruin(allocation, allocation.model.pairs.ofClass[g] ?? [], window, random);
  return classes;
}

/** Takes from all classes that share a limit (or a pool): how a quota is filled is a common matter. */
function ruinShared(allocation: Allocation, window: Window, random: () => number): readonly number[] {
  const { pairs, limits } = allocation.model;
  const seed = Math.floor(random() * pairs.count);
  const first = at(limits.starts, seed);
  const own = at(limits.starts, seed + 1) - first;
  const group = [...(pairs.ofPool[at(pairs.poolOf, seed)] ?? [])];
  if (own > 0) group.push(...limits.members(at(limits.of, first + Math.floor(random() * own))));
  const touched = ruin(allocation, group, window, random);
  return [...new Set(touched.map((pair) => at(pairs.classOf, pair)))];
}

/** Tuned on generated instances of several sizes and seeds, not on the samples alone. */
const CLAIMED = 0.3;
const ANEW = 0.8;
const WHOLE = 0.15;
const LEAST_UP = -0.1;
const HOPELESS_ANEW = 0.01;
const DISTURBED = 0.5;
const NOISE = 0.1;
const SHARED = 0.4;
const HOPELESS = 0.003;
const MOST_RUINED = 6;
const WIDEN = 0.45;

function pickWindow({ model }: Allocation, random: () => number): Window {
  const K = model.phaseCount;
  let from = Math.floor(random() * K);
  let to = from;
  while (from > 0 && random() < WIDEN) from -= 1;
  while (to < K - 1 && random() < WIDEN) to += 1;
  return { from, to };
}

/** A class that is short comes first; sometimes a second class gives room. */
function pickClasses(allocation: Allocation, random: () => number): readonly number[] {
  const { classCount, phaseCount: K } = allocation.model;
  const any = () => Math.floor(random() * classCount);
  const isShort = (g: number) =>
    Array.from({ length: K }, (_, k) => k).some((k) => allocation.shortage(g * K + k) > 0);
  const short = Array.from({ length: classCount }, (_, g) => g).filter(isShort);
  const first = short.length > 0 ? (short[Math.floor(random() * short.length)] ?? any()) : any();
  const second = any();
  return random() < 0.5 || second === first ? [first] : [second, first];
}

/** Takes up to a few machines of the given pairs out of the window; returns the pairs it took from. */
function ruin(
  allocation: Allocation,
  candidates: readonly number[],
  window: Window,
  random: () => number,
): readonly number[] {
  const count = 1 + Math.floor(random() * MOST_RUINED);
  const touched: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const k = window.from + Math.floor(random() * (window.to - window.from + 1));
    const used = candidates.filter((pair) => allocation.removable(pair, k, k) > 0);
    const pair = used[Math.floor(random() * used.length)];
    if (pair === undefined) continue;
    let from = k;
    let to = k;
    while (from > window.from && allocation.removable(pair, from - 1, from - 1) > 0 && random() < 0.8)
      from -= 1;
    while (to < window.to && allocation.removable(pair, to + 1, to + 1) > 0 && random() < 0.8) to += 1;
    allocation.shift(pair, from, to, -1);
    touched.push(pair);
  }
  return touched;
}
