import { Allocation } from './allocation.js';
import { improveClass, type Stop, type Window } from './improvement.js';
import { at } from './planner-model.js';
import type { Guide } from './guide.js';
import { enforceCaps, repairClass } from './rounding.js';

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

export type SearchLimits = Readonly<{
  rounds: number;
  stop: Stop;
  random: () => number;
  guide: Guide | null;
}>;

/**
 * Ruin and recreate: takes a few machines out of one or two classes, rebuilds with slightly disturbed choices, and
 * keeps what is not worse. Works where exchanges within a class are stuck, above all on shared caps and quota.
 */
export function search(allocation: Allocation, limits: SearchLimits): void {
  const { rounds, stop } = limits;
  let best = allocation.objective();
  let kept = allocation.x.slice();
  for (let round = 0; round < rounds && !stop(); round += 1) {
    attempt(allocation, limits, best);
    const objective = allocation.objective();
    if (objective <= best + 1e-9) {
      best = objective;
      kept = allocation.x.slice();
    } else {
      allocation.load(kept);
    }
  }
  allocation.load(kept);
}

function attempt(allocation: Allocation, { stop, random, guide }: SearchLimits, best: number): void {
  const window = pickWindow(allocation, random);
  const classes =
    random() < SHARED ? ruinShared(allocation, window, random) : ruinClasses(allocation, window, random);
  enforceCaps(allocation);
  const taste = { guide: random() < GUIDED ? guide : null, noise: () => (random() - 0.5) * NOISE };
  for (const g of classes) repairClass(allocation, g, taste);
  // A rebuild this much dearer is never saved by exchanges; most attempts end here.
  if (allocation.objective() > best * (1 + HOPELESS)) return;
  for (const g of classes) improveClass(allocation, g, stop, window);
}

function ruinClasses(allocation: Allocation, window: Window, random: () => number): readonly number[] {
  const classes = pickClasses(allocation, random);
  for (const g of classes) ruin(allocation, allocation.model.pairs.ofClass[g] ?? [], window, random);
  return classes;
}

/** Takes from all classes that share a quota group (or a pool without one): how a quota is filled is a common matter. */
function ruinShared(allocation: Allocation, window: Window, random: () => number): readonly number[] {
  const { pairs, pools } = allocation.model;
  const seed = at(pairs.poolOf, Math.floor(random() * pairs.count));
  const quota = at(pools.quota, seed);
  const group: number[] = [];
  for (let pair = 0; pair < pairs.count; pair += 1) {
    const pool = at(pairs.poolOf, pair);
    if (pool === seed || (quota >= 0 && at(pools.quota, pool) === quota)) group.push(pair);
  }
  const touched = ruin(allocation, group, window, random);
  return [...new Set(touched.map((pair) => at(pairs.classOf, pair)))];
}

/** Tuned on generated instances of several sizes and seeds, not on the samples alone. */
const GUIDED = 0.5;
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
  const K = allocation.model.phaseCount;
  const count = 1 + Math.floor(random() * MOST_RUINED);
  const touched: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const k = window.from + Math.floor(random() * (window.to - window.from + 1));
    const used = candidates.filter((pair) => at(allocation.x, pair * K + k) > 0);
    const pair = used[Math.floor(random() * used.length)];
    if (pair === undefined) continue;
    let from = k;
    let to = k;
    while (from > window.from && at(allocation.x, pair * K + from - 1) > 0 && random() < 0.8) from -= 1;
    while (to < window.to && at(allocation.x, pair * K + to + 1) > 0 && random() < 0.8) to += 1;
    allocation.shift(pair, from, to, -1);
    touched.push(pair);
  }
  return touched;
}
