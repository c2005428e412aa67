import { Allocation } from './allocation.js';
import { improveClass, type Stop } from './improvement.js';
import { at } from './planner-model.js';
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

export type SearchLimits = Readonly<{ rounds: number; stop: Stop; random: () => number }>;

/**
 * Ruin and recreate: takes a few machines out of one or two classes, rebuilds with slightly disturbed choices, and
 * keeps what is not worse. Works where exchanges within a class are stuck, above all on shared caps and quota.
 */
export function search(allocation: Allocation, { rounds, stop, random }: SearchLimits): void {
  let best = allocation.objective();
  let kept = allocation.x.slice();
  for (let round = 0; round < rounds && !stop(); round += 1) {
    const classes = pickClasses(allocation, random);
    for (const g of classes) ruin(allocation, g, random);
    enforceCaps(allocation);
    for (const g of classes) repairClass(allocation, g, () => (random() - 0.5) * 0.2);
    for (const g of classes) improveClass(allocation, g, stop);
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

function ruin(allocation: Allocation, g: number, random: () => number): void {
  const { model } = allocation;
  const K = model.phaseCount;
  const count = 1 + Math.floor(random() * 4);
  for (let i = 0; i < count; i += 1) {
    const from = Math.floor(random() * K);
    const used = (model.pairs.ofClass[g] ?? []).filter((pair) => at(allocation.x, pair * K + from) > 0);
    const pair = used[Math.floor(random() * used.length)];
    if (pair === undefined) continue;
    let a = from;
    let b = from;
    while (a > 0 && at(allocation.x, pair * K + a - 1) > 0 && random() < 0.6) a -= 1;
    while (b < K - 1 && at(allocation.x, pair * K + b + 1) > 0 && random() < 0.6) b += 1;
    allocation.shift(pair, a, b, -1);
  }
}
