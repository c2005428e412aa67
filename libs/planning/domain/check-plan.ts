import { Decimal, decimal } from '@springtide/kernel';
import type { PlanCost, PlanRow } from './capacity-plan.js';
import { costOf } from './plan-cost.js';
import type { PlanningClass, PlanningPool, PlanningProblem } from './problem.js';

export type PlanRule = 'shape' | 'allowed' | 'cap' | 'quota' | 'spot' | 'hourly-ceiling' | 'budget';

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
    ...capViolations(problem, rows),
    ...quotaViolations(problem, rows),
    ...spotViolations(problem, rows),
    ...ceilingViolations(problem, rows),
  ];
  if (problem.budget !== undefined && decimal(cost.total.amount).gt(problem.budget.amount)) {
    violations.push({
      rule: 'budget',
      detail: `costs ${cost.total.amount}, the budget is ${problem.budget.amount}`,
    });
  }
  return { violations, shortage: shortages(problem, rows), cost };
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

function capViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  return problem.pools.flatMap((pool) =>
    problem.phases.flatMap((phase, k): PlanViolation[] => {
      const used = sum(rows.filter((row) => row.pool === pool.id).map((row) => decimal(row.counts[k] ?? 0)));
      if (used.lte(pool.cap)) return [];
      return [
        { rule: 'cap', detail: `${pool.id} in ${phase.id}: ${used.toString()} of ${pool.cap} machines` },
      ];
    }),
  );
}

function quotaViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  const pools = poolsById(problem);
  return problem.quotaGroups.flatMap((group) =>
    problem.phases.flatMap((phase, k): PlanViolation[] => {
      const members = rows.filter((row) => pools.get(row.pool)?.quotaGroup === group.id);
      const used = sum(
        members.map((row) => decimal(row.counts[k] ?? 0).times(pools.get(row.pool)?.vcpu ?? 0)),
      );
      const free = Math.max(0, group.limitVcpu - group.usedVcpu);
      if (used.lte(free)) return [];
      return [{ rule: 'quota', detail: `${group.id} in ${phase.id}: ${used.toString()} of ${free} vCPU` }];
    }),
  );
}

function spotViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  const pools = poolsById(problem);
  return problem.classes.flatMap((item) =>
    problem.phases.flatMap((phase, k): PlanViolation[] => {
      const units = unitsIn(item, rows, k);
      const spot = sum(
        units.filter((entry) => pools.get(entry.pool)?.option === 'spot').map((entry) => entry.units),
      );
      const all = sum(units.map((entry) => entry.units));
      if (spot.lte(all.times(item.spotMax))) return [];
      return [
        {
          rule: 'spot',
          detail: `${item.id} in ${phase.id}: ${spot.toString()} of ${all.toString()} ${item.unit}`,
        },
      ];
    }),
  );
}

function ceilingViolations(problem: PlanningProblem, rows: readonly PlanRow[]): PlanViolation[] {
  const pools = poolsById(problem);
  return (problem.hourlyCeilings ?? []).flatMap((ceiling) =>
    problem.phases.flatMap((phase, k): PlanViolation[] => {
      const members = rows.filter((row) => {
        return ceiling.account === null || pools.get(row.pool)?.account === ceiling.account;
      });
      const spent = sum(
        members.map((row) =>
          decimal(pools.get(row.pool)?.pricePerHour.amount ?? 0).times(row.counts[k] ?? 0),
        ),
      );
      if (spent.lte(ceiling.perHour.amount)) return [];
      const who = ceiling.account ?? 'all accounts';
      const detail = `${who} in ${phase.id}: ${spent.toString()} of ${ceiling.perHour.amount} per hour`;
      return [{ rule: 'hourly-ceiling', detail }];
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
  for (const zone of new Set([...pools.values()].map((pool) => pool.zone))) {
    const outside = sum(
      have.filter((entry) => pools.get(entry.pool)?.zone !== zone).map((entry) => entry.units),
    );
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
