import { Decimal, decimal, type Money } from '@springtide/kernel';
import type { PlanCost, PlanRow } from './capacity-plan.js';
import { limitViolations } from './check-limits.js';
import { costOf } from './plan-cost.js';
import type { PlanningClass, PlanningPool, PlanningProblem } from './problem.js';

export type PlanRule =
  | 'shape'
  | 'allowed'
  | 'cap'
  | 'quota'
  | 'spot'
  | 'hourly-ceiling'
  | 'budget'
  | 'subnet'
  | 'link'
  | 'launch-limit'
  | 'zone-share'
  | 'spot-pool-share'
  | 'delivered';

export type PlanViolation = Readonly<{ rule: PlanRule; detail: string }>;

export type CellShortage = Readonly<{ class: string; phase: string; units: number }>;

export type PlanCheck = Readonly<{
  violations: readonly PlanViolation[];
  /** The smallest shortage these machines leave; priced, never a violation. */
  shortage: readonly CellShortage[];
  cost: PlanCost;
}>;

/**
 * Reads a plan's machines against the problem's rules with exact decimals. It shares nothing with the solver but the
 * problem itself, so that a mistake there shows here.
 */
export function checkPlan(problem: PlanningProblem, rows: readonly PlanRow[]): PlanCheck {
  const cost = costOf(problem, rows);
  const violations = [
    ...shapeViolations(problem, rows),
    ...limitViolations(problem, rows),
    ...spotViolations(problem, rows),
  ];
  if (problem.budget !== undefined && decimal(cost.total.amount).gt(budgetLeft(problem, problem.budget))) {
    violations.push({
      rule: 'budget',
      detail: `costs ${cost.total.amount}, the budget is ${problem.budget.amount}`,
    });
  }
  return { violations, shortage: shortages(problem, rows), cost };
}

/** What runs already is paid for, even beyond a budget that came later; nothing may be added to it. */
function budgetLeft(problem: PlanningProblem, budget: Money): Decimal {
  const rows = (problem.delivered ?? []).map((row) => ({
    class: row.class,
    pool: row.pool,
    counts: problem.phases.map(() => row.machines),
  }));
  return Decimal.max(budget.amount, costOf(problem, rows).total.amount);
}

function shapeViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  const violations: PlanViolation[] = [];
  const seen = new Set<string>();
  for (const row of rows) {
    const name = `${row.class} on ${row.pool}`;
    if (seen.has(name)) violations.push({ rule: 'shape', detail: `${name} is listed twice` });
    seen.add(name);
    const whole = row.counts.every((count) => Number.isSafeInteger(count) && count >= 0);
    if (!whole || row.counts.length !== problem.phases.length) {
      violations.push({ rule: 'shape', detail: `${name} needs one whole count per phase` });
    }
    const item = problem.classes.find((candidate) => candidate.id === row.class);
    if (item === undefined || !item.allowed.some((entry) => entry.pool === row.pool)) {
      violations.push({ rule: 'allowed', detail: `${name} is not allowed` });
    }
  }
  return violations;
}

/** What a machine serves is measured: a share of it is as exact as that is. */
const TOLERANCE = '2e-9';

function spotViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  const pools = poolsById(problem);
  return problem.classes.flatMap((item) =>
    problem.phases.flatMap((phase, k): PlanViolation[] => {
      const units = unitsIn(item, rows, k);
      const spot = sum(
        units.filter((entry) => pools.get(entry.pool)?.option === 'spot').map((entry) => entry.units),
      );
      const all = sum(units.map((entry) => entry.units));
      // Spot machines that run already may be too many by now; then nothing is added to them.
      const there = (problem.delivered ?? []).filter((row) => row.class === item.id);
      const spotThere = sum(
        there
          .filter((row) => pools.get(row.pool)?.option === 'spot')
          .map((row) =>
            decimal(item.allowed.find((entry) => entry.pool === row.pool)?.units ?? 0).times(row.machines),
          ),
      );
      if (spot.lte(Decimal.max(all.times(item.spotMax), spotThere).plus(TOLERANCE))) return [];
      return [
        {
          rule: 'spot',
          detail: `${item.id} in ${phase.id}: ${spot.toString()} of ${all.toString()} ${item.unit}`,
        },
      ];
    }),
  );
}

function shortages(problem: PlanningProblem, rows: readonly PlanRow[]): CellShortage[] {
  const pools = poolsById(problem);
  return problem.classes.flatMap((item) =>
    problem.phases.flatMap((phase, k): CellShortage[] => {
      const short = cellShortage(item, unitsIn(item, rows, k), pools, k);
      return short.lte('1e-9') ? [] : [{ class: item.id, phase: phase.id, units: short.toNumber() }];
    }),
  );
}

type UnitsOfPool = Readonly<{ pool: string; count: number; units: Decimal }>;

function cellShortage(
  item: PlanningClass,
  have: readonly UnitsOfPool[],
  pools: ReadonlyMap<string, PlanningPool>,
  k: number,
): Decimal {
  const demand = item.demand[k] ?? { units: 0, memoryGiB: 0 };
  const units = sum(have.map((entry) => entry.units));
  const target = decimal(demand.units).times(decimal(1).plus(item.headroom));
  let short = Decimal.max(0, target.minus(units));
  if (demand.memoryGiB > 0) {
    const memory = sum(
      have.map((entry) => decimal(pools.get(entry.pool)?.memoryGiB ?? 0).times(entry.count)),
    );
    const missing = decimal(demand.memoryGiB).times(decimal(1).plus(item.headroom)).minus(memory);
    short = Decimal.max(short, missing.times(demand.units).div(demand.memoryGiB));
  }
  const zones = Map.groupBy(have, (entry) => pools.get(entry.pool)?.zone);
  for (const inside of zones.values()) {
    const outside = units.minus(sum(inside.map((entry) => entry.units)));
    short = Decimal.max(short, decimal(item.zoneLossFraction).times(demand.units).minus(outside));
  }
  return short;
}

function unitsIn(item: PlanningClass, rows: readonly PlanRow[], k: number): readonly UnitsOfPool[] {
  const perMachine = new Map(item.allowed.map((entry) => [entry.pool, entry.units]));
  return rows
    .filter((row) => row.class === item.id && (row.counts[k] ?? 0) > 0)
    .map((row) => {
      const count = row.counts[k] ?? 0;
      return { pool: row.pool, count, units: decimal(perMachine.get(row.pool) ?? 0).times(count) };
    });
}

function poolsById(problem: PlanningProblem): ReadonlyMap<string, PlanningPool> {
  return new Map(problem.pools.map((pool) => [pool.id, pool]));
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), decimal(0));
}
