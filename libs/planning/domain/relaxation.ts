import { at, type PlannerModel } from './planner-model.js';
import { ruleValues, type RuleValues } from './prices.js';
import { rulesToMeet, costOfDelivered } from './rules-to-meet.js';

/**
 * The linear model with every rule but the pools' own caps replaced by a price for breaking it. What is left falls
 * apart into pools: all machines of a pool follow the cheapest path through the phases, off or at work for one of the
 * classes, each entry paid with a start. The sum of the paths is a lower bound of every plan's objective, whatever
 * the prices; the best prices give the optimum of the linear model.
 */
export class Relaxation {
  /** What each rule asks of machines beyond the delivered ones, as "at least"; limits are negative. */
  readonly asked: RuleValues;
  /** What the last paths do to each rule. */
  readonly done: RuleValues;
  /** Machines of the last paths: `pair * phaseCount + phase` and how many, up to `moveCount`. */
  readonly moves: Int32Array;
  readonly amounts: Int32Array;
  moveCount = 0;
  /** What one more machine of a pool would save, indexed `pool * phaseCount + phase`. */
  readonly capPrice: Float64Array;
  private readonly base: number;
  /** Worth of one unit by cell and zone, before the spot share is priced. */
  private readonly worth: Float64Array;
  private readonly zoneUnits: Float64Array;
  private readonly free: Int32Array;
  private readonly open: Uint8Array;
  /** Per (place in pool, phase): least cost while at work, and whether that begins here. */
  private readonly working: Float64Array;
  private readonly net: Float64Array;
  private readonly begins: Uint8Array;
  /** Per phase end: the state of least cost; −1: as at the phase before. */
  private readonly state: Int32Array;

  constructor(readonly model: PlannerModel) {
    const { phaseCount: K, poolCount, pairs, classCount, zoneCount } = model;
    this.asked = rulesToMeet(model);
    this.done = ruleValues(model);
    this.base = costOfDelivered(model);
    this.capPrice = new Float64Array(poolCount * K);
    this.worth = new Float64Array(classCount * K * zoneCount);
    this.zoneUnits = new Float64Array(classCount * K * zoneCount);
    const widest = pairs.ofPool.reduce((most, own) => Math.max(most, own.length), 0);
    this.working = new Float64Array(widest);
    this.net = new Float64Array(widest);
    this.begins = new Uint8Array(widest * K);
    this.state = new Int32Array(K + 1);
    this.moves = new Int32Array(poolCount * K);
    this.amounts = new Int32Array(poolCount * K);
    this.free = new Int32Array(poolCount);
    this.open = new Uint8Array(poolCount * K);
    for (let p = 0; p < poolCount; p += 1) this.openPool(p);
  }

  private openPool(p: number): void {
    const { phaseCount: K, pairs, cap } = this.model;
    const there = (pairs.ofPool[p] ?? []).reduce((sum, pair) => sum + at(pairs.delivered, pair), 0);
    for (let k = 0; k < K; k += 1) {
      const free = at(cap, p * K + k) - there;
      if (free <= 0) continue;
      this.open[p * K + k] = 1;
      this.free[p] = Math.max(at(this.free, p), free);
    }
  }

  /** The bound that these prices prove. */
  solve(prices: RuleValues): number {
    const { asked, done, model } = this;
    done.all.fill(0);
    this.zoneUnits.fill(0);
    this.moveCount = 0;
    let bound = this.base;
    for (let row = 0; row < asked.all.length; row += 1) bound += at(prices.all, row) * at(asked.all, row);
    for (let cell = 0; cell < model.classCount * model.phaseCount; cell += 1) {
      bound += this.priceCell(prices, cell);
    }
    for (let p = 0; p < model.poolCount; p += 1) bound += this.solvePool(prices, p);
    this.sumZones();
    return bound;
  }

  /** Fills the worth of a unit by zone; returns what being short would save at these prices. */
  private priceCell(prices: RuleValues, cell: number): number {
    const { zoneCount: Z, penalty, hours, phaseCount: K, unitsPerGiB, spotMax } = this.model;
    const { need, memoryNeed, zoneNeed } = this.model;
    let outside = at(prices.cover, cell);
    for (let z = cell * Z; z < (cell + 1) * Z; z += 1) outside += at(prices.zone, z);
    const g = Math.floor(cell / K);
    const shared = outside + at(spotMax, g) * at(prices.spot, cell);
    for (let z = cell * Z; z < (cell + 1) * Z; z += 1) this.worth[z] = shared - at(prices.zone, z);
    const perGiB = at(unitsPerGiB, cell);
    let reduced = at(penalty, g) * at(hours, cell % K) - outside;
    if (perGiB > 0) reduced -= at(prices.memory, cell) / perGiB;
    if (reduced >= 0) return 0;
    const most = Math.max(at(need, cell), at(memoryNeed, cell) * perGiB, at(zoneNeed, cell));
    add(this.done.cover, cell, most);
    if (perGiB > 0) add(this.done.memory, cell, most / perGiB);
    for (let z = cell * Z; z < (cell + 1) * Z; z += 1) add(this.done.zone, z, most);
    return reduced * most;
  }

  private solvePool(prices: RuleValues, p: number): number {
    const own = this.model.pairs.ofPool[p] ?? [];
    const free = at(this.free, p);
    if (free === 0 || own.length === 0) return 0;
    const value = this.cheapestPath(prices, p, own);
    if (value < 0) this.walkBack(p, own, free);
    return value * free;
  }

  /** The innermost loop of planning: everything it reads is taken out of its objects first. */
  private cheapestPath(prices: RuleValues, p: number, own: readonly number[]): number {
    const { pools, hours, phaseCount: K } = this.model;
    const { working, begins, state, net } = this;
    const money = at(prices.budget, 0);
    const rate = at(pools.rate, p) + money * at(pools.price, p);
    const start = at(pools.startRate, p) + money * at(pools.start, p);
    const launch = at(pools.launch, p) * K;
    const size = own.length;
    working.fill(Infinity, 0, size);
    let before = 0;
    for (let k = 0; k < K; k += 1) {
      const enter = before + start + (launch < 0 ? 0 : at(prices.launch, launch + k));
      let best = before;
      let bestState = -1;
      this.priceMachines(prices, p, own, k, at(this.open, p * K + k) === 1 ? rate * at(hours, k) : Infinity);
      for (let j = 0; j < size; j += 1) {
        const begin = enter < at(working, j);
        const value = (begin ? enter : at(working, j)) + at(net, j);
        begins[j * K + k] = begin ? 1 : 0;
        working[j] = value;
        if (value < best) {
          best = value;
          bestState = j;
        }
      }
      this.capPrice[p * K + k] = before - best;
      state[k + 1] = bestState;
      before = best;
    }
    return before;
  }

  /** Fills, for every pair of a pool, what a machine costs and pays to limits in phase k, less what it is worth. */
  private priceMachines(
    prices: RuleValues,
    p: number,
    own: readonly number[],
    k: number,
    running: number,
  ): void {
    const { pairs, pools, limits, phaseCount: K, zoneCount } = this.model;
    const { worth, net } = this;
    const { classOf, units, memory } = pairs;
    const { starts, of, weight } = limits;
    const { memory: memoryPrice, spot: spotPrice, limit: limitPrice } = prices;
    const zone = at(pools.zone, p);
    const isSpot = at(pools.spot, p) === 1;
    for (let j = 0; j < own.length; j += 1) {
      const pair = own[j] as number;
      const cell = at(classOf, pair) * K + k;
      let perUnit = at(worth, cell * zoneCount + zone);
      if (isSpot) perUnit -= at(spotPrice, cell);
      let value = running - at(units, pair) * perUnit - at(memory, pair) * at(memoryPrice, cell);
      const end = at(starts, pair + 1);
      for (let i = at(starts, pair); i < end; i += 1)
        value += at(weight, i) * at(limitPrice, at(of, i) * K + k);
      net[j] = value;
    }
  }

  private walkBack(p: number, own: readonly number[], free: number): void {
    const K = this.model.phaseCount;
    let k = K;
    while (k > 0) {
      const j = at(this.state, k);
      k -= 1;
      if (j < 0) continue;
      const pair = own[j] as number;
      this.count(pair, p, k, free);
      while (at(this.begins, j * K + k) === 0) {
        k -= 1;
        this.count(pair, p, k, free);
      }
      this.countStart(p, k, free);
    }
  }

  private count(pair: number, p: number, k: number, free: number): void {
    const { pairs, pools, limits, phaseCount: K, zoneCount, spotMax, hours } = this.model;
    const { done } = this;
    const g = at(pairs.classOf, pair);
    const cell = g * K + k;
    const units = free * at(pairs.units, pair);
    this.moves[this.moveCount] = pair * K + k;
    this.amounts[this.moveCount] = free;
    this.moveCount += 1;
    add(done.cover, cell, units);
    add(done.memory, cell, free * at(pairs.memory, pair));
    add(done.spot, cell, units * (at(spotMax, g) - at(pools.spot, p)));
    add(this.zoneUnits, cell * zoneCount + at(pools.zone, p), units);
    const end = at(limits.starts, pair + 1);
    for (let i = at(limits.starts, pair); i < end; i += 1) {
      add(done.limit, at(limits.of, i) * K + k, -free * at(limits.weight, i));
    }
    add(done.budget, 0, -free * at(hours, k) * at(pools.price, p));
  }

  private countStart(p: number, k: number, free: number): void {
    const { pools, phaseCount: K } = this.model;
    const launch = at(pools.launch, p);
    if (launch >= 0) add(this.done.launch, launch * K + k, -free);
    add(this.done.budget, 0, -free * at(pools.start, p));
  }

  /** Units outside a zone are those of the cell less those inside. */
  private sumZones(): void {
    const { zoneCount: Z, classCount, phaseCount } = this.model;
    for (let cell = 0; cell < classCount * phaseCount; cell += 1) {
      let total = 0;
      for (let z = cell * Z; z < (cell + 1) * Z; z += 1) total += at(this.zoneUnits, z);
      if (total === 0) continue;
      for (let z = cell * Z; z < (cell + 1) * Z; z += 1) {
        add(this.done.zone, z, total - at(this.zoneUnits, z));
      }
    }
  }
}

function add(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] as number) + amount;
}
