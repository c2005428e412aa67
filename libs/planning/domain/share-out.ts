import type { Allocation, Change } from './allocation.js';
import type { Stop } from './improvement.js';
import { at } from './planner-model.js';

/** A machine of one class goes to another, which may give one of its own for it; all in one phase. */
type Deal = Readonly<{ given: readonly Change[]; taken: readonly Change[]; k: number }>;

const GAIN = 1e-6;

/**
 * Where a class is short, machines of other classes may serve it better: as a gift, or for one that is of more use
 * there. Pools and most limits are as full afterwards as they were before.
 */
export function shareOut(allocation: Allocation, stop: Stop): void {
  const exchange = new ClassExchange(allocation);
  const { classCount, phaseCount: K } = allocation.model;
  for (let k = 0; k < K; k += 1) {
    for (let g = 0; g < classCount; g += 1) {
      while (!stop() && allocation.shortage(g * K + k) > 0 && exchange.help(g, k));
    }
  }
}

class ClassExchange {
  /** The pair of a class and a pool, indexed `class * poolCount + pool`; −1: the class may not use it. */
  private readonly pairOf: Int32Array;

  constructor(private readonly allocation: Allocation) {
    const { classCount, poolCount, pairs } = allocation.model;
    this.pairOf = new Int32Array(classCount * poolCount).fill(-1);
    for (let pair = 0; pair < pairs.count; pair += 1) {
      this.pairOf[at(pairs.classOf, pair) * poolCount + at(pairs.poolOf, pair)] = pair;
    }
  }

  /** Makes one deal that lowers the objective, if there is any. */
  help(g: number, k: number): boolean {
    for (let other = 0; other < this.allocation.model.classCount; other += 1) {
      if (other !== g && this.helpFrom(other, g, k)) return true;
    }
    return false;
  }

  private helpFrom(giver: number, g: number, k: number): boolean {
    const own = this.movable(g, giver, k);
    for (const wanted of this.movable(giver, g, k)) {
      const here = this.inClass(wanted, g);
      const gift = { given: [change(wanted, -1)], taken: [change(here, 1)], k };
      if (this.make(gift)) return true;
      for (const back of own) {
        const there = this.inClass(back, giver);
        if (there === wanted) continue;
        const given = [...gift.given, change(there, 1)];
        if (this.make({ given, taken: [...gift.taken, change(back, -1)], k })) return true;
      }
    }
    return false;
  }

  /** Pairs of a class with a machine in the phase that another class may use as well. */
  private movable(from: number, to: number, k: number): readonly number[] {
    return (this.allocation.model.pairs.ofClass[from] ?? []).filter(
      (pair) => this.allocation.removable(pair, k, k) > 0 && this.inClass(pair, to) >= 0,
    );
  }

  private inClass(pair: number, g: number): number {
    const { pairs, poolCount } = this.allocation.model;
    return at(this.pairOf, g * poolCount + at(pairs.poolOf, pair));
  }

  private make(deal: Deal): boolean {
    const { allocation } = this;
    const { given, taken, k } = deal;
    const helped = allocation.penaltyOf(taken, k);
    if (helped === null || helped >= -GAIN) return false;
    const lost = allocation.penaltyOf(given, k);
    if (lost === null || helped + lost >= -GAIN) return false;
    const before = allocation.weighted;
    const changes = [...given, ...taken];
    for (const { pair, sign } of changes) allocation.shift(pair, k, k, sign);
    const gain = helped + lost + allocation.weighted - before;
    if (gain < -GAIN && this.keepsLimits(changes, k)) return true;
    for (const { pair, sign } of changes) allocation.shift(pair, k, k, -sign);
    return false;
  }

  /** What a machine weighs on a line or in a share may differ from class to class; pauses may bring starts. */
  private keepsLimits(changes: readonly Change[], k: number): boolean {
    const { allocation } = this;
    return changes.every(({ pair }) => allocation.limits.room(pair, k) >= 0) && allocation.isWithinMeans();
  }
}

function change(pair: number, sign: 1 | -1): Change {
  return { pair, sign };
}
