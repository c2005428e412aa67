import type { PlanRow, PlanningClass, PlanningPool, PlanningProblem } from '@springtide/planning';

/** Two LP-free planners that buy phase by phase, to compare with: the usual practice of buying by hand. */
export type Baseline = 'first-fit-decreasing' | 'cheapest-first';

type Books = {
  machines: Map<string, number[]>;
  poolUsed: Map<string, number>;
  quotaLeft: Map<string, number>;
};

export function baselinePlan(problem: PlanningProblem, baseline: Baseline): readonly PlanRow[] {
  const machines = new Map<string, number[]>();
  for (const k of problem.phases.keys()) {
    const books: Books = {
      machines,
      poolUsed: new Map(),
      quotaLeft: new Map(problem.quotaGroups.map((group) => [group.id, group.limitVcpu - group.usedVcpu])),
    };
    const order = problem.classes.toSorted((a, b) =>
      baseline === 'cheapest-first' ? 0 : (b.demand[k]?.units ?? 0) - (a.demand[k]?.units ?? 0),
    );
    for (const item of order) fill(problem, item, k, books, baseline);
  }
  return [...machines].map(([key, counts]) => {
    const [name = '', pool = ''] = key.split(' ');
    return { class: name, pool, counts };
  });
}

function fill(
  problem: PlanningProblem,
  item: PlanningClass,
  k: number,
  books: Books,
  baseline: Baseline,
): void {
  const demand = item.demand[k] ?? { units: 0, memoryGiB: 0 };
  const target = {
    units: demand.units * (1 + item.headroom),
    memory: demand.memoryGiB * (1 + item.headroom),
  };
  const have = { units: 0, memory: 0, spot: 0, zones: new Map<string, number>() };
  const zoneLimit = target.units - item.zoneLossFraction * demand.units;
  for (const { pool, units } of ranked(problem, item, baseline)) {
    for (;;) {
      if (have.units >= target.units && have.memory >= target.memory) return;
      if (!fits(pool, books)) break;
      const inZone = (have.zones.get(pool.zone) ?? 0) + units;
      if (baseline === 'first-fit-decreasing' && inZone > zoneLimit) break;
      if (pool.option === 'spot' && have.spot + units > item.spotMax * (have.units + units)) break;
      book(item, pool, k, books, problem.phases.length);
      have.units += units;
      have.memory += pool.memoryGiB;
      have.zones.set(pool.zone, inZone);
      if (pool.option === 'spot') have.spot += units;
    }
  }
}

type Ranked = Readonly<{ pool: PlanningPool; units: number }>;

function ranked(problem: PlanningProblem, item: PlanningClass, baseline: Baseline): readonly Ranked[] {
  const pools = new Map(problem.pools.map((pool) => [pool.id, pool]));
  const entries = item.allowed.flatMap((entry): Ranked[] => {
    const pool = pools.get(entry.pool);
    return pool === undefined ? [] : [{ pool, units: entry.units }];
  });
  const perUnit = (entry: Ranked) => Number(entry.pool.pricePerHour.amount) / entry.units;
  if (baseline === 'cheapest-first') return entries.toSorted((a, b) => perUnit(a) - perUnit(b));
  return entries.toSorted((a, b) => b.units - a.units || perUnit(a) - perUnit(b));
}

function fits(pool: PlanningPool, books: Books): boolean {
  if ((books.poolUsed.get(pool.id) ?? 0) >= pool.cap) return false;
  return pool.quotaGroup === null || (books.quotaLeft.get(pool.quotaGroup) ?? 0) >= pool.vcpu;
}

function book(item: PlanningClass, pool: PlanningPool, k: number, books: Books, phases: number): void {
  const key = `${item.id} ${pool.id}`;
  const counts = books.machines.get(key) ?? Array.from({ length: phases }, () => 0);
  counts[k] = (counts[k] ?? 0) + 1;
  books.machines.set(key, counts);
  books.poolUsed.set(pool.id, (books.poolUsed.get(pool.id) ?? 0) + 1);
  if (pool.quotaGroup !== null) {
    books.quotaLeft.set(pool.quotaGroup, (books.quotaLeft.get(pool.quotaGroup) ?? 0) - pool.vcpu);
  }
}
