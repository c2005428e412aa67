import { guideFrom } from './guide.js';
import type { LimitName } from './limits.js';
import { at, type PlannerModel } from './planner-model.js';
import type { Prices } from './prices.js';

/**
 * What one more of each limit would save, from the prices of the relaxation: amounts per machine, vCPU, address, Mbps
 * or unit of money, zero where a limit does not bind. Arrays over phases follow the problem's order.
 */
export type ShadowPrices = Readonly<{
  limits: readonly LimitPrice[];
  stock: readonly (readonly number[])[];
  launches: readonly (readonly number[])[];
  /** Objective saved per unit of money added to the budget. */
  budget: number;
  /** Per class: the part of the objective that comes from surviving the loss of a zone. */
  zone: readonly number[];
  spot: readonly number[];
  /** Price of one machine in one phase beyond its worth, indexed `pair * phases + phase`. */
  reducedCost: Float64Array;
}>;

export type LimitPrice = LimitName & Readonly<{ perPhase: readonly number[] }>;

export function shadowPrices(model: PlannerModel, prices: Prices): ShadowPrices {
  const { phaseCount: K, limits, launches, poolCount, zoneCount: Z } = model;
  const rowOf = (values: Float64Array, index: number) => [...values.subarray(index * K, (index + 1) * K)];
  const { running, worth } = guideFrom(model, prices);
  const perCount = (values: Float64Array, count: number) =>
    Array.from({ length: count }, (_, index) => rowOf(values, index));
  return {
    limits: limits.names.map((name, index) => ({ ...name, perPhase: rowOf(prices.limit, index) })),
    stock: perCount(prices.cap, poolCount),
    launches: perCount(prices.launch, launches.count),
    budget: at(prices.budget, 0),
    zone: perClass(model, (cell) => {
      const total = prices.zone.subarray(cell * Z, (cell + 1) * Z).reduce((sum, value) => sum + value, 0);
      return total * at(model.zoneNeed, cell);
    }),
    spot: perClass(model, (cell) => at(prices.spot, cell)),
    reducedCost: running.map((value, index) => value - at(worth, index)),
  };
}

function perClass(
  { classCount, phaseCount: K }: PlannerModel,
  value: (cell: number) => number,
): readonly number[] {
  return Array.from({ length: classCount }, (_, g) => {
    let total = 0;
    for (let k = 0; k < K; k += 1) total += value(g * K + k);
    return total;
  });
}
