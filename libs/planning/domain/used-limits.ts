import { at, type PlannerModel } from './planner-model.js';

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
    const place = at(pairs.poolOf, pair) * K + k;
    this.poolUsed[place] = at(this.poolUsed, place) + count;
    for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
      const row = at(limits.of, i) * K + k;
      this.used[row] = at(this.used, row) + count * at(limits.weight, i);
    }
  }

  addStarts(launch: number, k: number, count: number): void {
    const row = launch * this.model.phaseCount + k;
    this.started[row] = at(this.started, row) + count;
  }

  /** Free machines of the pair's pool in phase k under its cap and all limits; negative when one is broken. */
  room(pair: number, k: number): number {
    const { limits, phaseCount: K } = this.model;
    let room = this.capRoom(pair, k);
    for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
      room = Math.min(room, this.roomIn(at(limits.of, i) * K + k, at(limits.weight, i)));
    }
    return room;
  }

  capRoom(pair: number, k: number): number {
    const place = at(this.model.pairs.poolOf, pair) * this.model.phaseCount + k;
    return at(this.model.cap, place) - at(this.poolUsed, place);
  }

  /** Whole machines of a weight that one limit still takes. */
  roomIn(row: number, weight: number): number {
    const free = at(this.model.limits.free, row);
    return Math.floor((free - at(this.used, row) + tolerance(free)) / weight);
  }

  /** A limit that takes no further machine of the pair in one of the phases a … b; −1: all of them do. */
  fullLimit(pair: number, a: number, b: number): number {
    const { limits, phaseCount: K } = this.model;
    for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
      const limit = at(limits.of, i);
      for (let k = a; k <= b; k += 1) {
        if (this.roomIn(limit * K + k, at(limits.weight, i)) < 1) return limit;
      }
    }
    return -1;
  }

  /** Machines the pool's cap still allows in all of the phases a … b. */
  capLeft(pair: number, a: number, b: number): number {
    let least = Infinity;
    for (let k = a; k <= b; k += 1) least = Math.min(least, this.capRoom(pair, k));
    return least;
  }

  startsLeft(launch: number, k: number): number {
    const row = launch * this.model.phaseCount + k;
    return at(this.model.launches.free, row) - at(this.started, row);
  }

  startsHold(): boolean {
    return this.started.every((count, row) => count <= at(this.model.launches.free, row));
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
      if (at(pairs.poolOf, other.pair) === at(pairs.poolOf, pair)) machines += other.sign;
    }
    if (machines > 0 && machines > this.capRoom(pair, k)) return false;
    for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
      const limit = at(limits.of, i);
      const row = limit * K + k;
      const free = at(limits.free, row);
      let taken = 0;
      for (const other of changes) taken += other.sign * this.weightIn(other.pair, limit);
      if (taken > 0 && at(this.used, row) + taken > free + tolerance(free)) return false;
    }
    return true;
  }

  /** What one machine of the pair takes of a limit. */
  weightIn(pair: number, limit: number): number {
    const { limits } = this.model;
    for (let i = at(limits.starts, pair); i < at(limits.starts, pair + 1); i += 1) {
      if (at(limits.of, i) === limit) return at(limits.weight, i);
    }
    return 0;
  }

  /** Whether no launch limit is exceeded in phase k by the starts that the changes bring. */
  startsFit(changes: readonly Change[], k: number, startsOf: (change: Change) => number): boolean {
    const { pools, pairs, launches } = this.model;
    for (let launch = 0; launch < launches.count; launch += 1) {
      let starts = 0;
      for (const change of changes) {
        if (at(pools.launch, at(pairs.poolOf, change.pair)) === launch) starts += startsOf(change);
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
