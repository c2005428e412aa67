import type { Lot } from './lot-model.js';
import { at, type PlannerModel } from './planner-model.js';

/** The lots that are in the linear model, in the order of their columns. */
export class LotPool {
  readonly lots: Lot[] = [];
  private readonly known = new Set<number>();

  constructor(private readonly model: PlannerModel) {}

  /** Keeps the lots that are new, and returns them. */
  take(candidates: readonly Lot[]): readonly Lot[] {
    const fresh: Lot[] = [];
    for (const { pair, from, to } of candidates) {
      const key = (pair * this.model.phaseCount + from) * this.model.phaseCount + to;
      if (this.known.has(key)) continue;
      this.known.add(key);
      fresh.push({ pair, from, to });
    }
    this.lots.push(...fresh);
    return fresh;
  }
}

/** Lots to begin with: the whole time line, its middle, and the surroundings of the heaviest phase. */
export function firstLots(model: PlannerModel): readonly Lot[] {
  const last = model.phaseCount - 1;
  const peak = heaviestPhase(model);
  const spans: (readonly [number, number])[] = [
    [0, last],
    [Math.min(1, last), Math.max(last - 1, Math.min(1, last))],
    [peak, peak],
    [Math.max(0, peak - 1), peak],
    [Math.max(0, peak - 1), Math.min(last, peak + 1)],
  ];
  const pairs = Array.from({ length: model.pairs.count }, (_, pair) => pair);
  return pairs.flatMap((pair) => spans.map(([from, to]) => ({ pair, from, to })));
}

function heaviestPhase(model: PlannerModel): number {
  const K = model.phaseCount;
  const loads = Array.from({ length: K }, (_, k) => {
    let load = 0;
    for (let g = 0; g < model.classCount; g += 1) load += at(model.need, g * K + k);
    return load;
  });
  return loads.indexOf(Math.max(...loads));
}
