import type { PlannerModel } from './planner-model.js';
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
  /** Shifts since `begin`; undefined while nobody may undo. */
  private journal: { pair: number; a: number; b: number; count: number }[] | undefined;

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
      const there = pairs.delivered[pair] as number;
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
      const added = count - (this.x[index] as number);
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
    for (const { pair, a, b, count } of shifts.toReversed()) this.shift(pair, a, b, -count);
  }

  /** Most machines of the pair that could go in all of the phases a … b. */
  removable(pair: number, a: number, b: number): number {
    const base = pair * this.model.phaseCount;
    let lowest = this.x[base + a] as number;
    for (let k = a + 1; k <= b; k += 1) lowest = Math.min(lowest, this.x[base + k] as number);
    return lowest - (this.model.pairs.delivered[pair] as number);
  }

  private startsDeltaAt(pair: number, k: number, rise: number): number {
    const base = pair * this.model.phaseCount;
    const before = k === 0 ? (this.model.pairs.delivered[pair] as number) : (this.x[base + k - 1] as number);
    const step = (this.x[base + k] as number) - before;
    return Math.max(0, step + rise) - Math.max(0, step);
  }

  /** Starts that one machine more from phase a on brings there. */
  startsBegun(pair: number, a: number): number {
    return this.startsDeltaAt(pair, a, 1);
  }

  /** Starts that one machine more up to phase b saves after it, as a number of 0 or less. */
  startsSpared(pair: number, b: number): number {
    return b + 1 < this.model.phaseCount ? this.startsDeltaAt(pair, b + 1, -1) : 0;
  }

  /** Starts gained (or lost) when `count` machines join phases a … b: only the two edges matter. */
  startDelta(pair: number, a: number, b: number, count: number): number {
    const after = b + 1 < this.model.phaseCount ? this.startsDeltaAt(pair, b + 1, -count) : 0;
    return this.startsDeltaAt(pair, a, count) + after;
  }

  /** Change of the weighted cost when `count` machines join phases a … b. */
  weightedDelta(pair: number, a: number, b: number, count: number): number {
    const { pools, pairs, hoursUpTo } = this.model;
    const pool = pairs.poolOf[pair] as number;
    const hours = (hoursUpTo[b + 1] as number) - (hoursUpTo[a] as number);
    return (
      count * (pools.rate[pool] as number) * hours +
      (pools.startRate[pool] as number) * this.startDelta(pair, a, b, count)
    );
  }

  private costDelta(pair: number, a: number, b: number, count: number): number {
    const { pools, pairs, hoursUpTo } = this.model;
    const pool = pairs.poolOf[pair] as number;
    const hours = (hoursUpTo[b + 1] as number) - (hoursUpTo[a] as number);
    return (
      count * (pools.price[pool] as number) * hours +
      (pools.start[pool] as number) * this.startDelta(pair, a, b, count)
    );
  }

  /** Adds `count` machines (negative: removes) in phases a … b without asking whether the rules allow it. */
  shift(pair: number, a: number, b: number, count: number): void {
    const { model } = this;
    const { pairs, pools, phaseCount: K } = model;
    this.journal?.push({ pair, a, b, count });
    this.cost += this.costDelta(pair, a, b, count);
    this.weighted += this.weightedDelta(pair, a, b, count);
    const pool = pairs.poolOf[pair] as number;
    const launch = pools.launch[pool] as number;
    if (launch >= 0) {
      this.limits.addStarts(launch, a, this.startsDeltaAt(pair, a, count));
      if (b + 1 < K) this.limits.addStarts(launch, b + 1, this.startsDeltaAt(pair, b + 1, -count));
    }
    const units = count * (pairs.units[pair] as number);
    const memory = count * (pairs.memory[pair] as number);
    for (let k = a; k <= b; k += 1) {
      const cell = (pairs.classOf[pair] as number) * K + k;
      this.x[pair * K + k] = (this.x[pair * K + k] as number) + count;
      add(this.units, cell, units);
      add(this.memory, cell, memory);
      if ((pools.spot[pool] as number) === 1) add(this.spot, cell, units);
      add(this.zoneUnits, cell * model.zoneCount + (pools.zone[pool] as number), units);
      this.limits.add(pair, k, count);
    }
  }

  /** Units a class could give up in every one of the phases a … b before its cover row is short. */
  leastSlack(g: number, a: number, b: number): number {
    const base = g * this.model.phaseCount;
    let slack = Infinity;
    for (let k = a; k <= b; k += 1)
      slack = Math.min(slack, (this.units[base + k] as number) - (this.model.need[base + k] as number));
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
      const phase = this.limits.admits(changes, k) ? this.penaltyOf(changes, k) : null;
      if (phase === null) return null;
      delta += phase;
      if (delta > limit) return null;
    }
    return delta;
  }

  /** What one machine more ends of the penalties in phase k, its start aside; `null` where a rule forbids it. */
  coverDelta(pair: number, k: number): number | null {
    const { pools, pairs, phaseCount: K, hours, penalty, spotMax } = this.model;
    if (this.limits.room(pair, k) < 1) return null;
    const g = pairs.classOf[pair] as number;
    const cell = g * K + k;
    const units = pairs.units[pair] as number;
    const added = ((pools.spot[pairs.poolOf[pair] as number] as number) - (spotMax[g] as number)) * units;
    if (added > 0 && this.spotExcess(cell, g) + added > EPSILON) return null;
    const before = this.shortageWith(cell, 0, 0);
    if (before === 0) return 0;
    this.touchZone(cell, pair, 1);
    const after = this.shortageWith(cell, units, pairs.memory[pair] as number);
    this.touchZone(cell, pair, -1);
    return (after - before) * (hours[k] as number) * (penalty[g] as number);
  }

  /** Change of the penalties in phase k when machines of one class change; `null` where the spot share would break. */
  penaltyOf(changes: readonly Change[], k: number): number | null {
    const { pools, pairs, phaseCount: K, hours, penalty, spotMax } = this.model;
    const g = pairs.classOf[changes[0]?.pair ?? 0] as number;
    const cell = g * K + k;
    let units = 0;
    let memory = 0;
    let spot = 0;
    for (const { pair, sign } of changes) {
      const weight = sign * (pairs.units[pair] as number);
      units += weight;
      memory += sign * (pairs.memory[pair] as number);
      if ((pools.spot[pairs.poolOf[pair] as number] as number) === 1) spot += weight;
    }
    const excess = this.spotExcess(cell, g);
    const excessAfter = excess + spot - (spotMax[g] as number) * units;
    if (excessAfter > EPSILON && excessAfter > excess) return null;
    const before = this.shortageWith(cell, 0, 0);
    for (const { pair, sign } of changes) this.touchZone(cell, pair, sign);
    const after = this.shortageWith(cell, units, memory);
    for (const { pair, sign } of changes) this.touchZone(cell, pair, -sign);
    return (after - before) * (hours[k] as number) * (penalty[g] as number);
  }

  private touchZone(cell: number, pair: number, sign: number): void {
    const { pools, pairs, zoneCount } = this.model;
    const zone = pools.zone[pairs.poolOf[pair] as number] as number;
    add(this.zoneUnits, cell * zoneCount + zone, sign * (pairs.units[pair] as number));
  }

  /** Units missing in a cell: for cover, for memory, or after losing the fullest zone. */
  shortage(cell: number): number {
    return this.shortageWith(cell, 0, 0);
  }

  private shortageWith(cell: number, units: number, memory: number): number {
    const { need, memoryNeed, unitsPerGiB, zoneNeed, zoneCount } = this.model;
    const have = (this.units[cell] as number) + units;
    let short = Math.max(0, (need[cell] as number) - have);
    const missing = (memoryNeed[cell] as number) - (this.memory[cell] as number) - memory;
    if (missing > 0) short = Math.max(short, missing * (unitsPerGiB[cell] as number));
    if ((zoneNeed[cell] as number) > 0) {
      let fullest = 0;
      for (let z = cell * zoneCount; z < (cell + 1) * zoneCount; z += 1)
        fullest = Math.max(fullest, this.zoneUnits[z] as number);
      short = Math.max(short, (zoneNeed[cell] as number) - have + fullest);
    }
    return short < 1e-7 ? 0 : short;
  }

  /** Units missing in the cover row of a cell; negative when there are more than needed. */
  missingUnits(cell: number): number {
    return (this.model.need[cell] as number) - (this.units[cell] as number);
  }

  missingMemory(cell: number): number {
    return (this.model.memoryNeed[cell] as number) - (this.memory[cell] as number);
  }

  /** Units missing outside zone z, should it be lost. */
  missingOutside(cell: number, z: number): number {
    const inside = this.zoneUnits[cell * this.model.zoneCount + z] as number;
    return (this.model.zoneNeed[cell] as number) - (this.units[cell] as number) + inside;
  }

  spotExcess(cell: number, g: number): number {
    return (this.spot[cell] as number) - (this.model.spotMax[g] as number) * (this.units[cell] as number);
  }

  /** What the search minimises: weighted cost and penalties. */
  objective(): number {
    const { classCount, phaseCount: K, hours, penalty } = this.model;
    let total = this.weighted;
    for (let g = 0; g < classCount; g += 1) {
      for (let k = 0; k < K; k += 1)
        total += this.shortage(g * K + k) * (hours[k] as number) * (penalty[g] as number);
    }
    return total;
  }
}

function add(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] as number) + amount;
}
