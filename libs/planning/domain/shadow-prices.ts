import type { ShadowPrices } from './explain.js';
import { reducedCosts, type RowLayout } from './lot-model.js';
import { at, type PlannerModel } from './planner-model.js';

/** Reads the row prices of the linear solution in business terms. */
export function shadowPrices(model: PlannerModel, rows: RowLayout, duals: Float64Array): ShadowPrices {
  const K = model.phaseCount;
  const saving = (row: number) => (row < 0 ? 0 : Math.max(0, -at(duals, row)));
  const perPhase = (layout: Int32Array, count: number) =>
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: K }, (_, k) => saving(at(layout, i * K + k))),
    );
  const reducedCost = new Float64Array(model.pairs.count * K);
  for (let pair = 0; pair < model.pairs.count; pair += 1) {
    reducedCosts(model, rows, duals, pair, reducedCost.subarray(pair * K, (pair + 1) * K));
  }
  return {
    quota: perPhase(rows.quota, model.quotaFree.length),
    stock: perPhase(rows.cap, model.poolCount),
    ceiling: perPhase(rows.ceiling, model.ceilings.length),
    budget: saving(rows.budget),
    zone: perClass(model, (cell) => zonePrice(model, rows, duals, cell)),
    spot: perClass(model, (cell) => saving(at(rows.spot, cell))),
    reducedCost,
  };
}

function perClass(model: PlannerModel, value: (cell: number) => number): readonly number[] {
  const K = model.phaseCount;
  return Array.from({ length: model.classCount }, (_, g) => {
    let total = 0;
    for (let k = 0; k < K; k += 1) total += value(g * K + k);
    return total;
  });
}

function zonePrice(model: PlannerModel, rows: RowLayout, duals: Float64Array, cell: number): number {
  let total = 0;
  for (let z = 0; z < model.zoneCount; z += 1) {
    const row = at(rows.zone, cell * model.zoneCount + z);
    if (row >= 0) total += at(duals, row) * at(model.zoneNeed, cell);
  }
  return total;
}
