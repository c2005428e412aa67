import type { PlannerModel } from './planner-model.js';
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
    const there = (pairs.ofPool[p] ?? []).reduce((sum, pair) => sum + (pairs.delivered[pair] as number), 0);
    for (let k = 0; k < K; k += 1) {
      const free = (cap[p * K + k] as number) - there;
      if (free <= 0) continue;
      this.open[p * K + k] = 1;
      this.free[p] = Math.max(this.free[p] as number, free);
    }
  }

  /** The bound that these prices prove. */
  solve(prices: RuleValues): number {
    const { asked, done, model } = this;
    done.all.fill(0);
    this.zoneUnits.fill(0);
    this.moveCount = 0;
    let bound = this.base;
    for (let row = 0; row < asked.all.length; row += 1)
      bound += (prices.all[row] as number) * (asked.all[row] as number);
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
    let outside = prices.cover[cell] as number;
    for (let z = cell * Z; z < (cell + 1) * Z; z += 1) outside += prices.zone[z] as number;
    const g = Math.floor(cell / K);
    const shared = outside + (spotMax[g] as number) * (prices.spot[cell] as number);
    for (let z = cell * Z; z < (cell + 1) * Z; z += 1) this.worth[z] = shared - (prices.zone[z] as number);
    const perGiB = unitsPerGiB[cell] as number;
    let reduced = (penalty[g] as number) * (hours[cell % K] as number) - outside;
    if (perGiB > 0) reduced -= (prices.memory[cell] as number) / perGiB;
    if (reduced >= 0) return 0;
    const most = Math.max(
      need[cell] as number,
      (memoryNeed[cell] as number) * perGiB,
      zoneNeed[cell] as number,
    );
    add(this.done.cover, cell, most);
    if (perGiB > 0) add(this.done.memory, cell, most / perGiB);
    for (let z = cell * Z; z < (cell + 1) * Z; z += 1) add(this.done.zone, z, most);
    return reduced * most;
  }

  private solvePool(prices: RuleValues, p: number): number {
    const own = this.model.pairs.ofPool[p] ?? [];
    const free = this.free[p] as number;
    if (free === 0 || own.length === 0) return 0;
    const value = this.cheapestPath(prices, p, own);
    if (value < 0) this.walkBack(p, own, free);
    return value * free;
  }

  /** The innermost loop of planning: everything it reads is taken out of its objects first. */
  private cheapestPath(prices: RuleValues, p: number, own: readonly number[]): number {
    const { pools, hours, phaseCount: K } = this.model;
    const { working, begins, state, net } = this;
    const money = prices.budget[0] as number;
    const rate = (pools.rate[p] as number) + money * (pools.price[p] as number);
    const start = (pools.startRate[p] as number) + money * (pools.start[p] as number);
    const launch = (pools.launch[p] as number) * K;
    const size = own.length;
    working.fill(Infinity, 0, size);
    let before = 0;
    for (let k = 0; k < K; k += 1) {
      const enter = before + start + (launch < 0 ? 0 : (prices.launch[launch + k] as number));
      let best = before;
      let bestState = -1;
      this.priceMachines(
        prices,
        p,
        own,
        k,
        (this.open[p * K + k] as number) === 1 ? rate * (hours[k] as number) : Infinity,
      );
      for (let j = 0; j < size; j += 1) {
        const begin = enter < (working[j] as number);
        const value = (begin ? enter : (working[j] as number)) + (net[j] as number);
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
    const zone = pools.zone[p] as number;
    const isSpot = (pools.spot[p] as number) === 1;
    for (let j = 0; j < own.length; j += 1) {
      const pair = own[j] as number;
      const cell = (classOf[pair] as number) * K + k;
      let perUnit = worth[cell * zoneCount + zone] as number;
      if (isSpot) perUnit -= spotPrice[cell] as number;
      let value =
        running -
        (units[pair] as number) * perUnit -
        (memory[pair] as number) * (memoryPrice[cell] as number);
      const end = starts[pair + 1] as number;
      for (let i = starts[pair] as number; i < end; i += 1)
        value += (weight[i] as number) * (limitPrice[(of[i] as number) * K + k] as number);
      net[j] = value;
    }
  }

  private walkBack(p: number, own: readonly number[], free: number): void {
    const K = this.model.phaseCount;
    let k = K;
    while (k > 0) {
      const j = this.state[k] as number;
      k -= 1;
      if (j < 0) continue;
      const pair = own[j] as number;
      this.count(pair, p, k, free);
      while ((this.begins[j * K + k] as number) === 0) {
        k -= 1;
        this.count(pair, p, k, free);
      }
      this.countStart(p, k, free);
    }
  }

  private count(pair: number, p: number, k: number, free: number): void {
    const { pairs, pools, limits, phaseCount: K, zoneCount, spotMax, hours } = this.model;
    const { done } = this;
    const g = pairs.classOf[pair] as number;
    const cell = g * K + k;
    const units = free * (pairs.units[pair] as number);
    this.moves[this.moveCount] = pair * K + k;
    this.amounts[this.moveCount] = free;
    this.moveCount += 1;
    add(done.cover, cell, units);
    add(done.memory, cell, free * (pairs.memory[pair] as number));
    add(done.spot, cell, units * ((spotMax[g] as number) - (pools.spot[p] as number)));
    add(this.zoneUnits, cell * zoneCount + (pools.zone[p] as number), units);
    const end = limits.starts[pair + 1] as number;
    for (let i = limits.starts[pair] as number; i < end; i += 1) {
      add(done.limit, (limits.of[i] as number) * K + k, -free * (limits.weight[i] as number));
    }
    add(done.budget, 0, -free * (hours[k] as number) * (pools.price[p] as number));
  }

  private countStart(p: number, k: number, free: number): void {
    const { pools, phaseCount: K } = this.model;
    const launch = pools.launch[p] as number;
    if (launch >= 0) add(this.done.launch, launch * K + k, -free);
    add(this.done.budget, 0, -free * (pools.start[p] as number));
  }

  /** Units outside a zone are those of the cell less those inside. */
  private sumZones(): void {
    const { zoneCount: Z, classCount, phaseCount } = this.model;
    for (let cell = 0; cell < classCount * phaseCount; cell += 1) {
      let total = 0;
      for (let z = cell * Z; z < (cell + 1) * Z; z += 1) total += this.zoneUnits[z] as number;
      if (total === 0) continue;
      for (let z = cell * Z; z < (cell + 1) * Z; z += 1) {
        add(this.done.zone, z, total - (this.zoneUnits[z] as number));
      }
    }
  }
}

function add(values: Float64Array, index: number, amount: number): void {
  values[index] = (values[index] as number) + amount;
}
