import type { PlannerModel } from './planner-model.js';

/**
 * One number per rule of the model that couples pools: its price, what a plan does to it, or what it asks for. The
 * named arrays are windows on `all`. Cells and limits are indexed with the phase last; `zone` by cell, then zone.
 */
export type RuleValues = Readonly<{
  all: Float64Array;
  cover: Float64Array;
  memory: Float64Array;
  spot: Float64Array;
  zone: Float64Array;
  limit: Float64Array;
  launch: Float64Array;
  budget: Float64Array;
}>;

export function ruleValues(model: PlannerModel): RuleValues {
  const { classCount, phaseCount, zoneCount, limits, launches } = model;
  const cells = classCount * phaseCount;
  const sizes = [
    cells,
    cells,
    cells,
    cells * zoneCount,
    limits.count * phaseCount,
    launches.count * phaseCount,
    1,
  ];
  const all = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
  let offset = 0;
  const next = (index: number) => {
    const from = offset;
    offset += sizes[index] ?? 0;
    return all.subarray(from, offset);
  };
  return {
    all,
    cover: next(0),
    memory: next(1),
    spot: next(2),
    zone: next(3),
    limit: next(4),
    launch: next(5),
    budget: next(6),
  };
}

/**
 * Prices of the rules, all of them at least 0: what one more unit of demand costs, or one more of a limit saves.
 * `cap` is what one more machine of a pool saves in a phase, indexed `pool * phaseCount + phase`.
 */
export type Prices = RuleValues & Readonly<{ cap: Float64Array }>;
