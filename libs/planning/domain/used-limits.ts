import type { PlannerModel } from './planner-model.js';

/** One machine more (+1) or fewer (−1) of a pair. */
export type Change = Readonly<{ pair: number; sign: 1 | -1 }>;

/** How much of every cap, limit and launch limit the machines of an allocation take. */
export class UsedLimits {
  private readonly poolUsed: Int32Array;
  private readonly used: Float64Array;
  private readonly started: Float64Array;

  constructor(private readonly model: PlannerModel) {
    this.poolUsed = new Int32Array(model.poolCount * model.phaseCount);
    this.used = new Float64Array(model.limits.count * model.phaseCount);
    this.started = new Float64Array(model.launches.count * model.phaseCount);
  }

  clear(): void {
    for (const sums of [this.poolUsed, this.used, this.started]) sums.fill(0);
  }

  add(pair: number, k: number, count: number): void {
    const { limits, pairs, phaseCount: K } = this.model;
    const place = (pairs.poolOf[pair] as number) * K + k;
    this.poolUsed[place] = (this.poolUsed[place] as number) + count;
    for (let i = limits.starts[pair] as number; i < (limits.starts[pair + 1] as number); i += 1) {
      const row = (limits.of[i] as number) * K + k;
      this.used[row] = (this.used[row] as number) + count * (limits.weight[i] as number);
    }
  }

  addStarts(launch: number, k: number, count: number): void {
    const row = launch * this.model.phaseCount + k;
    this.started[row] = (this.started[row] as number) + count;
  }

  /** Free machines of the pair's pool in phase k under its cap and all limits; negative when one is broken. */
  room(pair: number, k: number): number {
    const { limits, phaseCount: K } = this.model;
    let room = this.capRoom(pair, k);
    for (let i = limits.starts[pair] as number; i < (limits.starts[pair + 1] as number); i += 1) {
      room = Math.min(room, this.roomIn((limits.of[i] as number) * K + k, limits.weight[i] as number));
    }
    return room;
  }

  capRoom(pair: number, k: number): number {
    const place = (this.model.pairs.poolOf[pair] as number) * this.model.phaseCount + k;
    return (this.model.cap[place] as number) - (this.poolUsed[place] as number);
  }

  /** Whole machines of a weight that one limit still takes. */
  roomIn(row: number, weight: number): number {
    const free = this.model.limits.free[row] as number;
    return Math.floor((free - (this.used[row] as number) + tolerance(free)) / weight);
  }

  /** A limit that takes no further machine of the pair in one of the phases a … b; −1: all of them do. */
  fullLimit(pair: number, a: number, b: number): number {
    const { limits, phaseCount: K } = this.model;
    for (let i = limits.starts[pair] as number; i < (limits.starts[pair + 1] as number); i += 1) {
      const limit = limits.of[i] as number;
      for (let k = a; k <= b; k += 1) {
        if (this.roomIn(limit * K + k, limits.weight[i] as number) < 1) return limit;
      }
    }
    return -1;
  }

  /** What a limit has free in all of the phases a … b. */
  freeIn(limit: number, a: number, b: number): number {
    const K = this.model.phaseCount;
    let least = Infinity;
    for (let row = limit * K + a; row <= limit * K + b; row += 1)
      least = Math.min(least, (this.model.limits.free[row] as number) - (this.used[row] as number));
    return Math.max(0, least);
  }

  /** Machines the pool's cap still allows in all of the phases a … b. */
  capLeft(pair: number, a: number, b: number): number {
    let least = Infinity;
    for (let k = a; k <= b; k += 1) least = Math.min(least, this.capRoom(pair, k));
    return least;
  }

  startsLeft(launch: number, k: number): number {
    const row = launch * this.model.phaseCount + k;
    return (this.model.launches.free[row] as number) - (this.started[row] as number);
  }

  startsHold(): boolean {
    return this.started.every((count, row) => count <= (this.model.launches.free[row] as number));
  }

  /** Whether caps and limits hold in phase k after the changes, which may free and take from the same ones. */
  admits(changes: readonly Change[], k: number): boolean {
    for (const change of changes) {
      if (change.sign === 1 && !this.admitsOne(change.pair, changes, k)) return false;
    }
    return true;
  }

  private admitsOne(pair: number, changes: readonly Change[], k: number): boolean {
    const { limits, pairs, phaseCount: K } = this.model;
    let machines = 0;
    for (const other of changes) {
      if ((pairs.poolOf[other.pair] as number) === (pairs.poolOf[pair] as number)) machines += other.sign;
    }
    if (machines > 0 && machines > this.capRoom(pair, k)) return false;
    for (let i = limits.starts[pair] as number; i < (limits.starts[pair + 1] as number); i += 1) {
      const limit = limits.of[i] as number;
      const row = limit * K + k;
      const free = limits.free[row] as number;
      let taken = 0;
      for (const other of changes) taken += other.sign * this.weightIn(other.pair, limit);
      if (taken > 0 && (this.used[row] as number) + taken > free + tolerance(free)) return false;
    }
    return true;
  }

  /** What one machine of the pair takes of a limit. */
  weightIn(pair: number, limit: number): number {
    const { limits } = this.model;
    for (let i = limits.starts[pair] as number; i < (limits.starts[pair + 1] as number); i += 1) {
      if ((limits.of[i] as number) === limit) return limits.weight[i] as number;
    }
    return 0;
  }

  /** Whether no launch limit is exceeded in phase k by the starts that the changes bring. */
  startsFit(changes: readonly Change[], k: number, startsOf: (change: Change) => number): boolean {
    const { pools, pairs, launches } = this.model;
    for (let launch = 0; launch < launches.count; launch += 1) {
      let starts = 0;
      for (const change of changes) {
        if ((pools.launch[pairs.poolOf[change.pair] as number] as number) === launch)
          starts += startsOf(change);
      }
      if (starts > 0 && starts > this.startsLeft(launch, k)) return false;
    }
    return true;
  }
}

/** Sums in floats may differ from exact ones by this much. */
function tolerance(free: number): number {
  return 1e-12 * Math.max(1, free);
}
