import { at, type PlannerModel } from './planner-model.js';

/** One machine more (+1) or fewer (−1) of a pair. */
export type Change = Readonly<{ pair: number; sign: 1 | -1 }>;

const EPSILON = 1e-9;

/**
 * Whole machines per pair and phase, with every sum the rules need kept up to date. Caps, quota, spot share, hourly
 * ceilings and budget are never broken by `admits` + `apply`; what is not covered is shortage and costs its penalty.
 */
export class Allocation {
  readonly x: Int32Array;
  private readonly units: Float64Array;
  private readonly memory: Float64Array;
  private readonly spot: Float64Array;
  private readonly zoneUnits: Float64Array;
  private readonly poolUsed: Int32Array;
  private readonly quotaUsed: Float64Array;
  private readonly hourly: readonly Float64Array[];
  /** Cost in true prices. */
  cost = 0;
  /** Cost as the objective weighs it, without penalties. */
  weighted = 0;

  constructor(readonly model: PlannerModel) {
    const cells = model.classCount * model.phaseCount;
    this.x = new Int32Array(model.pairs.count * model.phaseCount);
    this.units = new Float64Array(cells);
    this.memory = new Float64Array(cells);
    this.spot = new Float64Array(cells);
    this.zoneUnits = new Float64Array(cells * model.zoneCount);
    this.poolUsed = new Int32Array(model.poolCount * model.phaseCount);
    this.quotaUsed = new Float64Array(model.quotaFree.length * model.phaseCount);
    this.hourly = model.ceilings.map(() => new Float64Array(model.phaseCount));
  }

  static from(model: PlannerModel, x: Int32Array): Allocation {
    const allocation = new Allocation(model);
    allocation.load(x);
    return allocation;
  }

  /** Takes over other counts, whole. */
  load(x: Int32Array): void {
    this.clear();
    const K = this.model.phaseCount;
    for (let pair = 0; pair < this.model.pairs.count; pair += 1) {
      for (let k = 0; k < K; k += 1) {
        const count = at(x, pair * K + k);
        if (count !== 0) this.shift(pair, k, k, count);
      }
    }
  }

  private clear(): void {
    for (const sums of [this.x, this.units, this.memory, this.spot, this.zoneUnits]) sums.fill(0);
    for (const sums of [this.poolUsed, this.quotaUsed, ...this.hourly]) sums.fill(0);
    this.cost = 0;
    this.weighted = 0;
  }

  /** Fewest machines of the pair in any of the phases a … b. */
  lowest(pair: number, a: number, b: number): number {
    const base = pair * this.model.phaseCount;
    let lowest = at(this.x, base + a);
    for (let k = a + 1; k <= b; k += 1) lowest = Math.min(lowest, at(this.x, base + k));
    return lowest;
  }

  /** Starts gained (or lost) when `sign` machines join phases a … b: only the two edges matter. */
  startDelta(pair: number, a: number, b: number, sign: number): number {
    const K = this.model.phaseCount;
    const base = pair * K;
    const before = a === 0 ? 0 : at(this.x, base + a - 1);
    const first = at(this.x, base + a);
    let delta = Math.max(0, first + sign - before) - Math.max(0, first - before);
    if (b + 1 < K) {
      const step = at(this.x, base + b + 1) - at(this.x, base + b);
      delta += Math.max(0, step - sign) - Math.max(0, step);
    }
    return delta;
  }

  /** Change of the weighted cost when `sign` machines join phases a … b. */
  weightedDelta(pair: number, a: number, b: number, sign: number): number {
    const { pools, pairs, hoursUpTo } = this.model;
    const pool = at(pairs.poolOf, pair);
    const hours = at(hoursUpTo, b + 1) - at(hoursUpTo, a);
    return (
      sign * at(pools.rate, pool) * hours + at(pools.startRate, pool) * this.startDelta(pair, a, b, sign)
    );
  }

  private costDelta(pair: number, a: number, b: number, sign: number): number {
    const { pools, pairs, hoursUpTo } = this.model;
    const pool = at(pairs.poolOf, pair);
    const hours = at(hoursUpTo, b + 1) - at(hoursUpTo, a);
    return sign * at(pools.price, pool) * hours + at(pools.start, pool) * this.startDelta(pair, a, b, sign);
  }

  /** Adds `count` machines (negative: removes) in phases a … b without asking whether the rules allow it. */
  shift(pair: number, a: number, b: number, count: number): void {
    const { model } = this;
    this.cost += this.costDelta(pair, a, b, count);
    this.weighted += this.weightedDelta(pair, a, b, count);
    const K = model.phaseCount;
    const pool = at(model.pairs.poolOf, pair);
    const quota = at(model.pools.quota, pool);
    const units = count * at(model.pairs.units, pair);
    const zone = at(model.pools.zone, pool);
    for (let k = a; k <= b; k += 1) {
      const cell = at(model.pairs.classOf, pair) * K + k;
      add(this.x, pair * K + k, count);
      add(this.units, cell, units);
      add(this.memory, cell, count * at(model.pairs.memory, pair));
      if (at(model.pools.spot, pool) === 1) add(this.spot, cell, units);
      add(this.zoneUnits, cell * model.zoneCount + zone, units);
      add(this.poolUsed, pool * K + k, count);
      if (quota >= 0) add(this.quotaUsed, quota * K + k, count * at(model.pools.vcpu, pool));
      for (let c = 0; c < model.ceilings.length; c += 1) {
        const used = this.hourly[c];
        if (used !== undefined && at(model.ceilings[c]?.member ?? [0], pool) === 1) {
          add(used, k, count * at(model.pools.price, pool));
        }
      }
    }
  }

  /** Free machines of the pair's pool in phase k under cap, quota and hourly ceilings. */
  room(pair: number, k: number): number {
    const pool = at(this.model.pairs.poolOf, pair);
    const room = at(this.model.pools.cap, pool) - at(this.poolUsed, pool * this.model.phaseCount + k);
    return Math.min(room, this.quotaRoom(pair, k), this.ceilingRoom(pair, k));
  }

  quotaRoom(pair: number, k: number): number {
    const { pools, pairs, quotaFree, phaseCount: K } = this.model;
    const pool = at(pairs.poolOf, pair);
    const quota = at(pools.quota, pool);
    if (quota < 0) return Infinity;
    const free = at(quotaFree, quota) - at(this.quotaUsed, quota * K + k);
    return Math.floor(free / at(pools.vcpu, pool) + EPSILON);
  }

  ceilingRoom(pair: number, k: number): number {
    const { pools, pairs, ceilings } = this.model;
    const pool = at(pairs.poolOf, pair);
    const price = at(pools.price, pool);
    let room = Infinity;
    for (let c = 0; c < ceilings.length; c += 1) {
      const ceiling = ceilings[c];
      const used = this.hourly[c];
      if (ceiling === undefined || used === undefined || price === 0 || at(ceiling.member, pool) === 0)
        continue;
      room = Math.min(room, Math.floor((ceiling.limit - at(used, k)) / price - EPSILON));
    }
    return room;
  }

  /** Machines the pool's cap still allows in all of the phases a … b. */
  capLeft(pair: number, a: number, b: number): number {
    const pool = at(this.model.pairs.poolOf, pair);
    const base = pool * this.model.phaseCount;
    let most = 0;
    for (let k = a; k <= b; k += 1) most = Math.max(most, at(this.poolUsed, base + k));
    return at(this.model.pools.cap, pool) - most;
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

  /**
   * Change of the penalties when machines of one class change in phases a … b, or `null` where cap, quota, ceiling or
   * the spot share would break. Stops early, also with `null`, once it exceeds `limit`.
   */
  penaltyDelta(changes: readonly Change[], a: number, b: number, limit = Infinity): number | null {
    let delta = 0;
    for (let k = a; k <= b; k += 1) {
      const phase = this.phaseDelta(changes, k);
      if (phase === null) return null;
      delta += phase;
      if (delta > limit) return null;
    }
    return delta;
  }

  private phaseDelta(changes: readonly Change[], k: number): number | null {
    const { pools, pairs, phaseCount: K, zoneCount, hours, penalty, spotMax } = this.model;
    const g = at(pairs.classOf, changes[0]?.pair ?? 0);
    const cell = g * K + k;
    let units = 0;
    let memory = 0;
    let spot = 0;
    for (const { pair, sign } of changes) {
      if (sign === 1 && this.roomAfter(changes, pair, k) < 0) return null;
      const weight = sign * at(pairs.units, pair);
      units += weight;
      memory += sign * at(pairs.memory, pair);
      if (at(pools.spot, at(pairs.poolOf, pair)) === 1) spot += weight;
    }
    const spotAfter = at(this.spot, cell) + spot;
    const share = at(spotMax, g) * (at(this.units, cell) + units);
    if (
      spotAfter > share + EPSILON &&
      spotAfter - share > at(this.spot, cell) - at(spotMax, g) * at(this.units, cell)
    )
      return null;
    const before = this.shortageWith(cell, 0, 0);
    for (const { pair, sign } of changes) this.touchZone(cell, zoneCount, pair, sign);
    const after = this.shortageWith(cell, units, memory);
    for (const { pair, sign } of changes) this.touchZone(cell, zoneCount, pair, -sign);
    return (after - before) * at(hours, k) * at(penalty, g);
  }

  private roomAfter(changes: readonly Change[], pair: number, k: number): number {
    const { pairs } = this.model;
    const pool = at(pairs.poolOf, pair);
    const room = this.room(pair, k);
    if (changes.length === 1) return room - 1;
    let freed = 0;
    for (const other of changes) {
      const otherPool = at(pairs.poolOf, other.pair);
      if (otherPool === pool) freed -= other.sign;
      else if (this.sharesQuota(pool, otherPool)) return this.roomShared(changes, pair, k);
    }
    return room + freed;
  }

  private sharesQuota(pool: number, other: number): boolean {
    const { pools, ceilings } = this.model;
    return (
      (at(pools.quota, pool) >= 0 && at(pools.quota, pool) === at(pools.quota, other)) || ceilings.length > 0
    );
  }

  /** The slow, exact way, for changes that free or take from the same quota group or ceiling. */
  private roomShared(changes: readonly Change[], pair: number, k: number): number {
    const { pools, pairs, quotaFree, phaseCount: K, ceilings } = this.model;
    const pool = at(pairs.poolOf, pair);
    const quota = at(pools.quota, pool);
    let machines = at(this.poolUsed, pool * K + k);
    let vcpu = quota < 0 ? 0 : at(this.quotaUsed, quota * K + k);
    for (const change of changes) {
      const other = at(pairs.poolOf, change.pair);
      if (other === pool) machines += change.sign;
      if (at(pools.quota, other) === quota) vcpu += change.sign * at(pools.vcpu, other);
    }
    if (machines > at(pools.cap, pool)) return -1;
    if (quota >= 0 && vcpu > at(quotaFree, quota) + EPSILON) return -1;
    for (const [index, ceiling] of ceilings.entries()) {
      let spent = at(this.hourly[index] ?? [0], k);
      for (const change of changes) {
        const other = at(pairs.poolOf, change.pair);
        if (at(ceiling.member, other) === 1) spent += change.sign * at(pools.price, other);
      }
      if (at(ceiling.member, pool) === 1 && spent > ceiling.limit - EPSILON) return -1;
    }
    return 0;
  }

  private touchZone(cell: number, zoneCount: number, pair: number, sign: number): void {
    const { pools, pairs } = this.model;
    add(
      this.zoneUnits,
      cell * zoneCount + at(pools.zone, at(pairs.poolOf, pair)),
      sign * at(pairs.units, pair),
    );
  }

  /** Units missing in a (class, phase) cell: for cover, for memory, or after losing the fullest zone. */
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

  /** What the solver minimises: weighted cost and penalties. */
  objective(): number {
    const { classCount, phaseCount: K, hours, penalty } = this.model;
    let total = this.weighted;
    for (let g = 0; g < classCount; g += 1) {
      for (let k = 0; k < K; k += 1) total += this.shortage(g * K + k) * at(hours, k) * at(penalty, g);
    }
    return total;
  }
}

function add(values: Int32Array | Float64Array, index: number, amount: number): void {
  values[index] = (values[index] as number) + amount;
}
