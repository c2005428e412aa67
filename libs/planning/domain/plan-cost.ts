import { Decimal, decimal, money } from '@springtide/kernel';
import type { PlanCost, PlanRow } from './capacity-plan.js';
import type { PlanningPool, PlanningProblem } from './problem.js';

/** Machines that start in each phase; before the first one, those that were delivered already run. */
export function startsOf(counts: readonly number[], delivered = 0): readonly number[] {
  return counts.map((count, k) => Math.max(0, count - (k === 0 ? delivered : (counts[k - 1] ?? 0))));
}

/** Machines of a row that run already when the plan is made. */
export function deliveredOf({ delivered = [] }: PlanningProblem, row: PlanRow): number {
  return delivered.find((there) => there.class === row.class && there.pool === row.pool)?.machines ?? 0;
}

/** The exact cost of machines in a problem's prices, from the rows alone. */
export function costOf(problem: PlanningProblem, rows: readonly PlanRow[]): PlanCost {
  const pools = new Map(problem.pools.map((pool) => [pool.id, pool]));
  const zero = decimal(0);
  const sums = { running: zero, starts: zero, private: zero };
  const byPhase = problem.phases.map(() => zero);
  const byPool = new Map<string, { hours: Decimal; starts: number; cost: Decimal }>();
  for (const row of rows) {
    const pool = pools.get(row.pool);
    if (pool === undefined) continue;
    const parts = rowParts(problem, pool, row);
    for (const [k, part] of parts.entries()) {
      const cost = part.running.plus(part.start);
      sums.running = sums.running.plus(part.running);
      sums.starts = sums.starts.plus(part.start);
      if (pool.option === 'private') sums.private = sums.private.plus(cost);
      byPhase[k] = (byPhase[k] ?? zero).plus(cost);
      const known = byPool.get(pool.id) ?? { hours: zero, starts: 0, cost: zero };
      byPool.set(pool.id, {
        hours: known.hours.plus(part.hours),
        starts: known.starts + part.starts,
        cost: known.cost.plus(cost),
      });
    }
  }
  const as = (amount: Decimal) => money(problem.currency, amount);
  const total = sums.running.plus(sums.starts);
  return {
    total: as(total),
    running: as(sums.running),
    starts: as(sums.starts),
    private: as(sums.private),
    public: as(total.minus(sums.private)),
    byPhase: problem.phases.map((phase, k) => ({ phase: phase.id, cost: as(byPhase[k] ?? zero) })),
    byPool: [...byPool].map(([pool, part]) => ({
      pool,
      machineHours: part.hours.toString(),
      starts: part.starts,
      cost: as(part.cost),
    })),
  };
}

type RowPart = Readonly<{ hours: Decimal; running: Decimal; starts: number; start: Decimal }>;

function rowParts(problem: PlanningProblem, pool: PlanningPool, row: PlanRow): readonly RowPart[] {
  const starts = startsOf(row.counts, deliveredOf(problem, row));
  return problem.phases.map((phase, k) => {
    const hours = decimal(phase.hours).times(row.counts[k] ?? 0);
    const count = starts[k] ?? 0;
    return {
      hours,
      running: hours.times(pool.pricePerHour.amount),
      starts: count,
      start: decimal(pool.startCost.amount).times(count),
    };
  });
}
