import { at, type PlannerModel } from './planner-model.js';
import { UsedLimits, type Change } from './used-limits.js';

export type { Change } from './used-limits.js';

const EPSILON = 1e-9;

/**
 * Whole machines per pair and phase, with every sum the rules need kept up to date. Caps, limits, spot share and
 * budget are never broken by `penaltyDelta` + `affords` + `shift`; what is not covered is shortage and costs its
 * penalty. Machines that run already are there from the beginning and are never taken away.
 */
export class Allocation {
  readonly x: Int32Array;
  readonly limits: UsedLimits;
  private readonly units: Float64Array;
  private readonly memory: Float64Array;
  private readonly spot: Float64Array;
  private readonly zoneUnits: Float64Array;
  /** Cost in true prices. */
  cost = 0;
  /** Cost as the objective weighs it, without penalties. */
  weighted = 0;
  /** Shifts since `begin`, four numbers each; undefined while nobody may undo. */
  private journal: number[] | undefined;

  constructor(readonly model: PlannerModel) {
    const cells = model.classCount * model.phaseCount;
    this.x = new Int32Array(model.pairs.count * model.phaseCount);
    this.limits = new UsedLimits(model);
    this.units = new Float64Array(cells);
    this.memory = new Float64Array(cells);
    this.spot = new Float64Array(cells);
    this.zoneUnits = new Float64Array(cells * model.zoneCount);
    this.addDelivered();
  }

  /** These machines on top of the delivered ones. */
  static from(model: PlannerModel, added: Int32Array): Allocation {
    const allocation = new Allocation(model);
    const K = model.phaseCount;
    for (const [index, count] of added.entries()) {
      const k = index % K;
      if (count !== 0) allocation.shift((index - k) / K, k, k, count);
    }
    return allocation;
  }

  private addDelivered(): void {
    const { pairs, phaseCount } = this.model;
    for (let pair = 0; pair < pairs.count; pair += 1) {
      const there = at(pairs.delivered, pair);
      if (there > 0) this.shift(pair, 0, phaseCount - 1, there);
    }
  }

  /** Builds every sum anew from the counts: sums of many small steps drift. */
  recount(): void {
    const x = this.x.slice();
    for (const sums of [this.x, this.units, this.memory, this.spot, this.zoneUnits]) sums.fill(0);
    this.limits.clear();
    this.cost = 0;
    this.weighted = 0;
    this.addDelivered();
    const K = this.model.phaseCount;
    for (const [index, count] of x.entries()) {
      const k = index % K;
      const added = count - at(this.x, index);
      if (added !== 0) this.shift((index - k) / K, k, k, added);
    }
  }

  /** From here on `undo` takes every shift back, until `begin` is called again. */
  begin(): void {
    this.journal = [];
  }

  undo(): void {
    const shifts = this.journal ?? [];
    this.journal = undefined;
    for (let i = shifts.length - 4; i >= 0; i -= 4) {
      this.shift(at(shifts, i), at(shifts, i + 1), at(shifts, i + 2), -at(shifts, i + 3));
    }
  }

  /** Most machines of the pair that could go in all of the phases a … b. */
  removable(pair: number, a: number, b: number): number {
    const base = pair * this.model.phaseCount;
    let lowest = at(this.x, base + a);
    for (let k = a + 1; k <= b; k += 1) lowest = Math.min(lowest, at(this.x, base + k));
    return lowest - at(this.model.pairs.delivered, pair);
  }

  private startsDeltaAt(pair: number, k: number, rise: number): number {
    const base = pair * this.model.phaseCount;
    const before = k === 0 ? at(this.model.pairs.delivered, pair) : at(this.x, base + k - 1);
    const step = at(this.x, base + k) - before;
    return Math.max(0, step + rise) - Math.max(0, step);
  }

  /** Starts gained (or lost) when `count` machines join phases a … b: only the two edges matter. */
  startDelta(pair: number, a: number, b: number, count: number): number {
    const after = b + 1 < this.model.phaseCount ? this.startsDeltaAt(pair, b + 1, -count) : 0;
    return this.startsDeltaAt(pair, a, count) + after;
  }

  /** Change of the weighted cost when `count` machines join phases a … b. */
  weightedDelta(pair: number, a: number, b: number, count: number): number {
    const { pools, pairs, hoursUpTo } = this.model;
    const pool = at(pairs.poolOf, pair);
    const hours = at(hoursUpTo, b + 1) - at(hoursUpTo, a);
    return (
      count * at(pools.rate, pool) * hours + at(pools.startRate, pool) * this.startDelta(pair, a, b, count)
    );
  }

  private costDelta(pair: number, a: number, b: number, count: number): number {
    const { pools, pairs, hoursUpTo } = this.model;
    const pool = at(pairs.poolOf, pair);
    const hours = at(hoursUpTo, b + 1) - at(hoursUpTo, a);
    return count * at(pools.price, pool) * hours + at(pools.start, pool) * this.startDelta(pair, a, b, count);
  }

  /** Adds `count` machines (negative: removes) in phases a … b without asking whether the rules allow it. */
  shift(pair: number, a: number, b: number, count: number): void {
    const { model } = this;
    const { pairs, pools, phaseCount: K } = model;
    this.journal?.push(pair, a, b, count);
    this.cost += this.costDelta(pair, a, b, count);
    this.weighted += this.weightedDelta(pair, a, b, count);
    const pool = at(pairs.poolOf, pair);
    const launch = at(pools.launch, pool);
    if (launch >= 0) {
      this.limits.addStarts(launch, a, this.startsDeltaAt(pair, a, count));
      if (b + 1 < K) this.limits.addStarts(launch, b + 1, this.startsDeltaAt(pair, b + 1, -count));
    }
    const units = count * at(pairs.units, pair);
    const memory = count * at(pairs.memory, pair);
    for (let k = a; k <= b; k += 1) {
      const cell = at(pairs.classOf, pair) * K + k;
      this.x[pair * K + k] = at(this.x, pair * K + k) + count;
      add(this.units, cell, units);
      add(this.memory, cell, memory);
      if (at(pools.spot, pool) === 1) add(this.spot, cell, units);
      add(this.zoneUnits, cell * model.zoneCount + at(pools.zone, pool), units);
      this.limits.add(pair, k, count);
    }
  }

  /** Units a class could give up in every one of the phases a … b before its cover row is short. */
  leastSlack(g: number, a: number, b: number): number {
    const base = g * this.model.phaseCount;
    let slack = Infinity;
    for (let k = a; k <= b; k += 1)
      slack = Math.min(slack, at(this.units, base + k) - at(this.model.need, base + k));
    return Math.max(0, slack);
  }

  /** Whether the budget holds after the changes in phases a … b. */
  affords(changes: readonly Change[], a: number, b: number): boolean {
    if (this.model.budget === Infinity) return true;
    let delta = 0;
    for (const { pair, sign } of changes) delta += this.costDelta(pair, a, b, sign);
    return delta <= 0 || this.cost + delta <= this.model.budget - EPSILON;
  }

  /** Whether budget and launch limits hold as things are: taking a machine out of the middle of a run adds a start. */
  isWithinMeans(): boolean {
    return this.cost <= this.model.budget && this.limits.startsHold();
  }

  /** Whether the launch limits hold after the changes in phases a … b. */
  launchable(changes: readonly Change[], a: number, b: number): boolean {
    const { launches, phaseCount: K } = this.model;
    if (launches.count === 0) return true;
    const ends = b + 1 < K ? [a, b + 1] : [a];
    return ends.every((k) =>
      this.limits.startsFit(changes, k, ({ pair, sign }) =>
        this.startsDeltaAt(pair, k, k === a ? sign : -sign),
      ),
    );
  }

  /**
   * Change of the penalties when machines of one class change in phases a … b, or `null` where a cap, a limit or the
   * spot share would break. Stops early, also with `null`, once it exceeds `limit`.
   */
  penaltyDelta(changes: readonly Change[], a: number, b: number, limit = Infinity): number | null {
    if (!this.launchable(changes, a, b)) return null;
    let delta = 0;
    for (let k = a; k <= b; k += 1) {
      const phase = this.limits.admits(changes, k) ? this.phaseDelta(changes, k) : null;
      if (phase === null) return null;
      delta += phase;
      if (delta > limit) return null;
    }
    return delta;
  }

  /** What one machine more ends of the penalties in phase k, its start aside; `null` where a rule forbids it. */
  coverDelta(pair: number, k: number): number | null {
    const change = [{ pair, sign: 1 as const }];
    return this.limits.admits(change, k) ? this.phaseDelta(change, k) : null;
  }

  private phaseDelta(changes: readonly Change[], k: number): number | null {
    const { pools, pairs, phaseCount: K, hours, penalty, spotMax } = this.model;
    const g = at(pairs.classOf, changes[0]?.pair ?? 0);
    const cell = g * K + k;
    let units = 0;
    let memory = 0;
    let spot = 0;
    for (const { pair, sign } of changes) {
      const weight = sign * at(pairs.units, pair);
      units += weight;
      memory += sign * at(pairs.memory, pair);
      if (at(pools.spot, at(pairs.poolOf, pair)) === 1) spot += weight;
    }
    const excess = this.spotExcess(cell, g);
    const excessAfter = excess + spot - at(spotMax, g) * units;
    if (excessAfter > EPSILON && excessAfter > excess) return null;
    const before = this.shortageWith(cell, 0, 0);
    for (const { pair, sign } of changes) this.touchZone(cell, pair, sign);
    const after = this.shortageWith(cell, units, memory);
    for (const { pair, sign } of changes) this.touchZone(cell, pair, -sign);
    return (after - before) * at(hours, k) * at(penalty, g);
  }

  private touchZone(cell: number, pair: number, sign: number): void {
    const { pools, pairs, zoneCount } = this.model;
    const zone = at(pools.zone, at(pairs.poolOf, pair));
    add(this.zoneUnits, cell * zoneCount + zone, sign * at(pairs.units, pair));
  }

  /** Units missing in a cell: for cover, for memory, or after losing the fullest zone. */
  shortage(cell: number): number {
    return this.shortageWith(cell, 0, 0);
  }

  private shortageWith(cell: number, units: number, memory: number): number {
    const { need, memoryNeed, unitsPerGiB, zoneNeed, zoneCount } = this.model;
    const have = at(this.units, cell) + units;
    let short = Math.max(0, at(need, cell) - have);
    const missing = at(memoryNeed, cell) - at(this.memory, cell) - memory;
    if (missing > 0) short = Math.max(short, missing * at(unitsPerGiB, cell));
    if (at(zoneNeed, cell) > 0) {
      let fullest = 0;
      for (let z = cell * zoneCount; z < (cell + 1) * zoneCount; z += 1)
        fullest = Math.max(fullest, at(this.zoneUnits, z));
      short = Math.max(short, at(zoneNeed, cell) - have + fullest);
    }
    return short < 1e-7 ? 0 : short;
  }

  /** Units missing in the cover row of a cell; negative when there are more than needed. */
  missingUnits(cell: number): number {
    return at(this.model.need, cell) - at(this.units, cell);
  }

  missingMemory(cell: number): number {
    return at(this.model.memoryNeed, cell) - at(this.memory, cell);
  }

  /** Units missing outside zone z, should it be lost. */
  missingOutside(cell: number, z: number): number {
    const inside = at(this.zoneUnits, cell * this.model.zoneCount + z);
    return at(this.model.zoneNeed, cell) - at(this.units, cell) + inside;
  }

  spotExcess(cell: number, g: number): number {
    return at(this.spot, cell) - at(this.model.spotMax, g) * at(this.units, cell);
  }

  /** What the search minimises: weighted cost and penalties. */
  objective(): number {
    const { classCount, phaseCount: K, hours, penalty } = this.model;
    let total = this.weighted;
    for (let g = 0; g < classCount; g += 1) {
      for (let k = 0; k < K; k += 1) total += this.shortage(g * K + k) * at(hours, k) * at(penalty, g);
    }
    return total;
  }
}

function add(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] as number) + amount;
}
