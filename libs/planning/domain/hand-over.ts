import { Decimal, addMoney, decimal } from '@springtide/kernel';
import type { CapacityPlan, PlanReason, PlanRow } from './capacity-plan.js';
import type { PlanningPool, PlanningProblem } from './problem.js';

/**
 * A pool's machines cannot change class in the instant a phase changes: the new owner's machines must be ready before
 * the old owner's go, so around a change both count. Pools where that does not fit are given out in lanes, one for
 * each class, and the problem is solved again; a plan that cannot be carried out is worth nothing.
 */
export function contestedPools(problem: PlanningProblem, rows: readonly PlanRow[]): readonly string[] {
  return problem.pools
    .filter((pool) => {
      const own = rows.filter((row) => row.pool === pool.id);
      if (own.length < 2) return false;
      return problem.phases.some((_, k) => k > 0 && around(own, k) + promisedAround(pool, k) > pool.cap);
    })
    .map((pool) => pool.id);
}

/** Machines that exist around the start of phase k: each class keeps the larger of its two numbers. */
function around(rows: readonly PlanRow[], k: number): number {
  return rows.reduce((sum, row) => sum + Math.max(row.counts[k] ?? 0, row.counts[k - 1] ?? 0), 0);
}

/** Other campaigns keep their larger number as well. */
function promisedAround({ promised = [] }: PlanningPool, k: number): number {
  return Math.max(promised[k] ?? 0, promised[k - 1] ?? 0);
}

const LANE = ' @lane:';

/** The same problem with each contested pool split among the classes that used it, in proportion to their use. */
export function withLanes(
  problem: PlanningProblem,
  rows: readonly PlanRow[],
  contested: readonly string[],
): PlanningProblem {
  const lanesOfPool = new Map(
    problem.pools
      .filter(({ id }) => contested.includes(id))
      .map((pool) => {
        const own = rows.filter((row) => row.pool === pool.id);
        return [pool.id, lanesOf(pool, own)] as const;
      }),
  );
  return {
    ...problem,
    pools: problem.pools.flatMap((pool) => {
      const lanes = lanesOfPool.get(pool.id);
      if (lanes === undefined) return [pool];
      return [...lanes].map(([name, lane]) => ({ ...pool, id: `${pool.id}${LANE}${name}`, ...lane }));
    }),
    classes: problem.classes.map((item) => ({
      ...item,
      allowed: item.allowed.flatMap((entry) => {
        const lanes = lanesOfPool.get(entry.pool);
        if (lanes === undefined) return [entry];
        return lanes.has(item.id) ? [{ ...entry, pool: `${entry.pool}${LANE}${item.id}` }] : [];
      }),
    })),
  };
}

type Lane = Pick<PlanningPool, 'cap' | 'promised'>;

/** What is promised to others goes off all lanes together, not off each. */
function lanesOf({ cap, promised }: PlanningPool, rows: readonly PlanRow[]): ReadonlyMap<string, Lane> {
  const free = promised?.map((machines) => sharesOf(rows, Math.max(0, Math.floor(cap - machines))));
  const lanes = [...sharesOf(rows, cap)].map(([name, share]): readonly [string, Lane] => {
    const taken = free?.map((shares) => Math.max(0, share - (shares.get(name) ?? 0)));
    return [name, { cap: share, ...(taken === undefined ? {} : { promised: taken }) }];
  });
  return new Map(lanes);
}

/** Whole machines per class by largest remainder; together exactly the cap. */
function sharesOf(rows: readonly PlanRow[], cap: number): ReadonlyMap<string, number> {
  const peaks = rows.map((row) => ({ name: row.class, peak: Math.max(...row.counts) }));
  const total = peaks.reduce((sum, row) => sum + row.peak, 0);
  const exact = peaks.map((row) => ({ ...row, share: (cap * row.peak) / total }));
  const floors = new Map(exact.map((row) => [row.name, Math.floor(row.share)]));
  let left = cap - [...floors.values()].reduce((sum, share) => sum + share, 0);
  const byRemainder = exact.toSorted(
    (a, b) => (b.share % 1) - (a.share % 1) || b.peak - a.peak || a.name.localeCompare(b.name),
  );
  for (const row of byRemainder) {
    if (left <= 0) break;
    floors.set(row.name, (floors.get(row.name) ?? 0) + 1);
    left -= 1;
  }
  return new Map([...floors].filter(([, share]) => share > 0));
}

/** The answer to the split problem in the words of the original one. */
export function withoutLanes(
  problem: PlanningProblem,
  plan: CapacityPlan,
  contested: readonly string[],
): CapacityPlan {
  const plain = unlaned(
    plan,
    problem.classes.map((item) => `${LANE}${item.id}`),
  ) as CapacityPlan;
  const pools = contested.join(', ');
  const kept: readonly PlanReason[] = pools === '' ? [] : [{ code: 'kept-with-class', params: { pools } }];
  return {
    ...plain,
    cost: { ...plain.cost, byPool: mergedByPool(plain.cost.byPool) },
    fallbacks: plain.fallbacks.map((row) => ({ ...row, pools: [...new Set(row.pools)] })),
    reasons: distinct([...plain.reasons, ...kept]),
  };
}

function unlaned(value: unknown, suffixes: readonly string[]): unknown {
  if (typeof value === 'string') return suffixes.reduce((text, suffix) => text.replaceAll(suffix, ''), value);
  if (Array.isArray(value)) return value.map((item) => unlaned(item, suffixes));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unlaned(item, suffixes)]));
}

type ByPool = CapacityPlan['cost']['byPool'];

function mergedByPool(rows: ByPool): ByPool {
  const merged = new Map<string, ByPool[number]>();
  for (const row of rows) {
    const before = merged.get(row.pool);
    merged.set(
      row.pool,
      before === undefined
        ? row
        : {
            pool: row.pool,
            machineHours: Decimal.sum(decimal(before.machineHours), decimal(row.machineHours)).toString(),
            starts: before.starts + row.starts,
            cost: addMoney(before.cost, row.cost),
          },
    );
  }
  return [...merged.values()];
}

function distinct(reasons: readonly PlanReason[]): readonly PlanReason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
