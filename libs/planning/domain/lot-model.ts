import { at, type PlannerModel } from './planner-model.js';

/**
 * The linear model is written over *lots*: one machine of a pair running from phase a to phase b without a stop. A
 * lot pays its start once, so starts need neither variables nor rows, and any profile of machines is a sum of lots
 * with exactly its starts. There are many lots, so they enter the model only when their reduced cost asks for them.
 */
export type Lot = Readonly<{ pair: number; from: number; to: number }>;

/** Columns in compressed sparse form, as the solver takes them. */
export type SparseColumns = Readonly<{
  cost: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  starts: Int32Array;
  indices: Int32Array;
  values: Float64Array;
}>;

/** Row numbers by meaning; −1 where a rule can never bind and has no row. */
export type RowLayout = Readonly<{
  count: number;
  lower: Float64Array;
  upper: Float64Array;
  cover: Int32Array;
  memory: Int32Array;
  zone: Int32Array;
  spot: Int32Array;
  cap: Int32Array;
  quota: Int32Array;
  ceiling: Int32Array;
  budget: number;
}>;

export function layRows(model: PlannerModel): RowLayout {
  const lower: number[] = [];
  const upper: number[] = [];
  const row = (wanted: boolean, from: number, to: number): number => {
    if (!wanted) return -1;
    upper.push(to);
    return lower.push(from) - 1;
  };
  const K = model.phaseCount;
  const cells = model.classCount * K;
  const { pools } = model;
  const fill = (length: number, make: (index: number) => number) =>
    Int32Array.from({ length }, (_, i) => make(i));
  const strongest = zoneStrength(model);
  const layout = {
    cover: fill(cells, (cell) => row(true, at(model.need, cell), Infinity)),
    memory: fill(cells, (cell) => row(at(model.memoryNeed, cell) > 0, at(model.memoryNeed, cell), Infinity)),
    zone: fill(cells * model.zoneCount, (index) => {
      const cell = Math.floor(index / model.zoneCount);
      const g = Math.floor(cell / K);
      const outside = at(model.need, cell) - at(strongest, g * model.zoneCount + (index % model.zoneCount));
      const need = at(model.zoneNeed, cell);
      return row(need > 0 && outside < need, need, Infinity);
    }),
    spot: fill(cells, (cell) => row(at(model.spotMax, Math.floor(cell / K)) < 1, -Infinity, 0)),
    cap: fill(model.poolCount * K, (i) => row(true, -Infinity, at(pools.cap, Math.floor(i / K)))),
    quota: fill(model.quotaFree.length * K, (i) =>
      row(true, -Infinity, at(model.quotaFree, Math.floor(i / K))),
    ),
    ceiling: fill(model.ceilings.length * K, (i) =>
      row(true, -Infinity, model.ceilings[Math.floor(i / K)]?.limit ?? Infinity),
    ),
    budget: row(model.budget < Infinity, -Infinity, model.budget),
  };
  return { count: lower.length, lower: Float64Array.from(lower), upper: Float64Array.from(upper), ...layout };
}

/** Units a class could get at most from each zone: a zone that is small against the headroom needs no row. */
function zoneStrength(model: PlannerModel): Float64Array {
  const strength = new Float64Array(model.classCount * model.zoneCount);
  for (let pair = 0; pair < model.pairs.count; pair += 1) {
    const pool = at(model.pairs.poolOf, pair);
    const index = at(model.pairs.classOf, pair) * model.zoneCount + at(model.pools.zone, pool);
    strength[index] = at(strength, index) + at(model.pools.cap, pool) * at(model.pairs.units, pair);
  }
  return strength;
}

type Entries = Map<number, number>;

/** Shortage columns, one per (class, phase); their order is the order of cells. */
export function shortageColumns(model: PlannerModel, rows: RowLayout): SparseColumns {
  const cells = Array.from({ length: model.classCount * model.phaseCount }, (_, cell) => cell);
  return pack(
    cells.map((cell) => {
      const entries: Entries = new Map();
      put(entries, at(rows.cover, cell), 1);
      const perGiB = at(model.unitsPerGiB, cell);
      if (perGiB > 0) put(entries, at(rows.memory, cell), 1 / perGiB);
      for (let z = 0; z < model.zoneCount; z += 1) put(entries, at(rows.zone, cell * model.zoneCount + z), 1);
      return { cost: shortageCost(model, cell), entries };
    }),
  );
}

function shortageCost(model: PlannerModel, cell: number): number {
  const K = model.phaseCount;
  return at(model.penalty, Math.floor(cell / K)) * at(model.hours, cell % K);
}

export function lotColumns(model: PlannerModel, rows: RowLayout, lots: readonly Lot[]): SparseColumns {
  return pack(
    lots.map((lot) => {
      const entries: Entries = new Map();
      for (let k = lot.from; k <= lot.to; k += 1) {
        visitPhase(model, rows, lot.pair, k, (row, value) => put(entries, row, value));
      }
      const pool = at(model.pairs.poolOf, lot.pair);
      const hours = at(model.hoursUpTo, lot.to + 1) - at(model.hoursUpTo, lot.from);
      put(entries, rows.budget, at(model.pools.start, pool) + hours * at(model.pools.price, pool));
      return { cost: at(model.pools.startRate, pool) + hours * at(model.pools.rate, pool), entries };
    }),
  );
}

/** Coefficients of one machine of a pair running in phase k, budget row left out. */
function visitPhase(
  model: PlannerModel,
  rows: RowLayout,
  pair: number,
  k: number,
  visit: (row: number, value: number) => void,
): void {
  const { pools, pairs, phaseCount: K, zoneCount } = model;
  const pool = at(pairs.poolOf, pair);
  const g = at(pairs.classOf, pair);
  const cell = g * K + k;
  const units = at(pairs.units, pair);
  visit(at(rows.cover, cell), units);
  visit(at(rows.memory, cell), at(pairs.memory, pair));
  for (let z = 0; z < zoneCount; z += 1) {
    if (z !== at(pools.zone, pool)) visit(at(rows.zone, cell * zoneCount + z), units);
  }
  visit(at(rows.spot, cell), (at(pools.spot, pool) - at(model.spotMax, g)) * units);
  visit(at(rows.cap, pool * K + k), 1);
  if (at(pools.quota, pool) >= 0) visit(at(rows.quota, at(pools.quota, pool) * K + k), at(pools.vcpu, pool));
  for (let c = 0; c < model.ceilings.length; c += 1) {
    if (at(model.ceilings[c]?.member ?? [0], pool) === 1)
      visit(at(rows.ceiling, c * K + k), at(pools.price, pool));
  }
}

function put(entries: Entries, row: number, value: number): void {
  if (row >= 0 && value !== 0) entries.set(row, (entries.get(row) ?? 0) + value);
}

function pack(columns: readonly { cost: number; entries: Entries }[]): SparseColumns {
  const starts = [0];
  const indices: number[] = [];
  const values: number[] = [];
  for (const { entries } of columns) {
    for (const [row, value] of [...entries].toSorted((a, b) => a[0] - b[0])) {
      indices.push(row);
      values.push(value);
    }
    starts.push(indices.length);
  }
  return {
    cost: Float64Array.from(columns, (column) => column.cost),
    lower: new Float64Array(columns.length),
    upper: new Float64Array(columns.length).fill(Infinity),
    starts: Int32Array.from(starts),
    indices: Int32Array.from(indices),
    values: Float64Array.from(values),
  };
}

export type Pricing = Readonly<{
  /** No plan's objective is below this, whatever the solver's status says. */
  bound: number;
  /** Lots that would improve the current solution, best first. */
  lots: readonly (Lot & { reducedCost: number })[];
  /** Row prices with impossible signs set to zero. */
  duals: Float64Array;
}>;

const PRICING_TOLERANCE = 1e-7;

/**
 * Lagrangian bound from any row prices, and the lots these prices ask for. The bound is recomputed here from the
 * prices alone: every pair's best profile inside its cap, every cell's best shortage.
 */
export function price(model: PlannerModel, rows: RowLayout, rowDual: Float64Array, perPair: number): Pricing {
  const duals = clip(rows, rowDual);
  let bound = 0;
  for (let r = 0; r < rows.count; r += 1) {
    const y = at(duals, r);
    if (y !== 0) bound += y * (y > 0 ? at(rows.lower, r) : at(rows.upper, r));
  }
  bound += shortageTerm(model, rows, duals);
  const lots: (Lot & { reducedCost: number })[] = [];
  const reduced = new Float64Array(model.phaseCount);
  for (let pair = 0; pair < model.pairs.count; pair += 1) {
    const pool = at(model.pairs.poolOf, pair);
    const start = reducedCosts(model, rows, duals, pair, reduced);
    bound += at(model.pools.cap, pool) * bestProfile(reduced, start);
    lots.push(...bestLots(pair, reduced, start, perPair));
  }
  return { bound, duals, lots: lots.toSorted((a, b) => a.reducedCost - b.reducedCost) };
}

function clip(rows: RowLayout, rowDual: Float64Array): Float64Array {
  const duals = new Float64Array(rows.count);
  for (let r = 0; r < rows.count; r += 1) {
    const y = at(rowDual, r);
    const usable = y > 0 ? at(rows.lower, r) > -Infinity : at(rows.upper, r) < Infinity;
    duals[r] = Number.isFinite(y) && usable ? y : 0;
  }
  return duals;
}

function shortageTerm(model: PlannerModel, rows: RowLayout, duals: Float64Array): number {
  const { zoneCount } = model;
  let total = 0;
  for (let cell = 0; cell < model.classCount * model.phaseCount; cell += 1) {
    let reduced = shortageCost(model, cell) - at(duals, at(rows.cover, cell));
    const perGiB = at(model.unitsPerGiB, cell);
    if (perGiB > 0) reduced -= at(duals, at(rows.memory, cell)) / perGiB;
    for (let z = 0; z < zoneCount; z += 1) {
      const row = at(rows.zone, cell * zoneCount + z);
      if (row >= 0) reduced -= at(duals, row);
    }
    const most = Math.max(
      at(model.need, cell),
      at(model.memoryNeed, cell) * perGiB,
      at(model.zoneNeed, cell),
    );
    total += Math.min(0, reduced) * most;
  }
  return total;
}

/** Fills the reduced cost of one machine per phase; returns the reduced cost of a start. */
export function reducedCosts(
  model: PlannerModel,
  rows: RowLayout,
  duals: Float64Array,
  pair: number,
  reduced: Float64Array,
): number {
  const pool = at(model.pairs.poolOf, pair);
  const budget = rows.budget < 0 ? 0 : at(duals, rows.budget);
  const rate = at(model.pools.rate, pool) - budget * at(model.pools.price, pool);
  for (let k = 0; k < model.phaseCount; k += 1) {
    let value = rate * at(model.hours, k);
    visitPhase(model, rows, pair, k, (row, coefficient) => {
      if (row >= 0) value -= coefficient * at(duals, row);
    });
    reduced[k] = value;
  }
  return at(model.pools.startRate, pool) - budget * at(model.pools.start, pool);
}

/** Least reduced cost of one machine over the phases, on and off as it likes. */
function bestProfile(reduced: Float64Array, start: number): number {
  let off = 0;
  let on = Infinity;
  for (let k = 0; k < reduced.length; k += 1) {
    const running = Math.min(on, off + start) + at(reduced, k);
    off = Math.min(off, on);
    on = running;
  }
  return Math.min(off, on, 0);
}

function bestLots(
  pair: number,
  reduced: Float64Array,
  start: number,
  most: number,
): (Lot & { reducedCost: number })[] {
  const found: (Lot & { reducedCost: number })[] = [];
  for (let from = 0; from < reduced.length; from += 1) {
    let sum = start;
    for (let to = from; to < reduced.length; to += 1) {
      sum += at(reduced, to);
      if (sum < -PRICING_TOLERANCE) found.push({ pair, from, to, reducedCost: sum });
    }
  }
  return found.toSorted((a, b) => a.reducedCost - b.reducedCost).slice(0, most);
}
