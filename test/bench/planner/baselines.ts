import type { InstanceClass, InstanceFile, InstancePool, PlanMachines } from './instance-file.js';
import { partKey, type LinearReference } from './linear-reference.js';

/** Planners to compare with: two that buy phase by phase, as by hand, and a linear model rounded up. */
export type Baseline = 'first-fit-decreasing' | 'cheapest-first';

/** Machines per class, pool and phase, with what caps and quota still allow. */
class Books {
  readonly machines = new Map<string, Map<string, number[]>>();
  private readonly poolUsed = new Map<string, number>();
  private readonly quotaUsed = new Map<string, number>();
  private readonly free: ReadonlyMap<string, number>;

  constructor(private readonly file: InstanceFile) {
    this.free = new Map(file.quotaGroups.map((group) => [group.id, group.limitVcpu - group.usedVcpu]));
  }

  fits(pool: InstancePool, k: number): boolean {
    if ((this.poolUsed.get(key(pool.id, k)) ?? 0) + 1 > pool.cap) return false;
    if (pool.quotaGroup === null) return true;
    const used = this.quotaUsed.get(key(pool.quotaGroup, k)) ?? 0;
    return used + pool.vcpu <= (this.free.get(pool.quotaGroup) ?? 0);
  }

  book(item: InstanceClass, pool: InstancePool, k: number): void {
    const ofClass = this.machines.get(item.id) ?? new Map<string, number[]>();
    const counts = ofClass.get(pool.id) ?? this.file.phases.map(() => 0);
    counts[k] = (counts[k] ?? 0) + 1;
    this.machines.set(item.id, ofClass.set(pool.id, counts));
    this.poolUsed.set(key(pool.id, k), (this.poolUsed.get(key(pool.id, k)) ?? 0) + 1);
    if (pool.quotaGroup !== null) {
      const group = key(pool.quotaGroup, k);
      this.quotaUsed.set(group, (this.quotaUsed.get(group) ?? 0) + pool.vcpu);
    }
  }

  count(item: string, pool: string, k: number): number {
    return this.machines.get(item)?.get(pool)?.[k] ?? 0;
  }

  plan(): PlanMachines {
    return Object.fromEntries([...this.machines].map(([item, pools]) => [item, Object.fromEntries(pools)]));
  }
}

const key = (id: string, k: number) => JSON.stringify([id, k]);

export function baselinePlan(file: InstanceFile, baseline: Baseline): PlanMachines {
  const books = new Books(file);
  for (const k of file.phases.keys()) {
    const order = file.classes.toSorted((a, b) =>
      baseline === 'cheapest-first' ? 0 : (b.demand[k]?.vcpu ?? 0) - (a.demand[k]?.vcpu ?? 0),
    );
    for (const item of order) fill(file, books, item, k, baseline);
  }
  return books.plan();
}

/** The linear solution rounded up where caps and quota let it, and what is still open bought at the least price. */
export function roundedUpPlan(file: InstanceFile, { parts }: LinearReference): PlanMachines {
  const books = new Books(file);
  for (const k of file.phases.keys()) {
    for (const item of file.classes) {
      for (const { pool } of ranked(file, item, 'cheapest-first')) {
        const wanted = Math.ceil((parts.get(partKey(item.id, pool.id, k)) ?? 0) - 1e-6);
        for (let n = 0; n < wanted && books.fits(pool, k); n += 1) books.book(item, pool, k);
      }
    }
    for (const item of file.classes) fill(file, books, item, k, 'cheapest-first');
  }
  return books.plan();
}

function fill(file: InstanceFile, books: Books, item: InstanceClass, k: number, baseline: Baseline): void {
  const demand = item.demand[k] ?? { vcpu: 0, memGiB: 0 };
  const vcpuNeed = demand.vcpu * (1 + item.headroom);
  const memoryNeed = demand.memGiB * (1 + item.headroom);
  const zoneLimit = vcpuNeed - item.zoneLossFraction * demand.vcpu;
  const pools = ranked(file, item, baseline);
  const have = { vcpu: 0, memory: 0, spot: 0, zones: new Map<string, number>() };
  const add = (pool: InstancePool, count: number) => {
    have.vcpu += count * pool.vcpu;
    have.memory += count * pool.memGiB;
    if (pool.option === 'spot') have.spot += count * pool.vcpu;
    have.zones.set(pool.zone, (have.zones.get(pool.zone) ?? 0) + count * pool.vcpu);
  };
  for (const { pool } of pools) add(pool, books.count(item.id, pool.id, k));
  for (const { pool } of pools) {
    while (books.fits(pool, k)) {
      if (have.vcpu >= vcpuNeed && have.memory >= memoryNeed) return;
      const inZone = (have.zones.get(pool.zone) ?? 0) + pool.vcpu;
      if (baseline === 'first-fit-decreasing' && inZone > zoneLimit) break;
      if (pool.option === 'spot' && have.spot + pool.vcpu > item.spotMax * (have.vcpu + pool.vcpu)) break;
      books.book(item, pool, k);
      add(pool, 1);
    }
  }
}

function ranked(
  file: InstanceFile,
  item: InstanceClass,
  baseline: Baseline,
): readonly Readonly<{ pool: InstancePool }>[] {
  const allowed = new Set(item.allowed);
  const pools = file.pools.filter((pool) => allowed.has(pool.id)).map((pool) => ({ pool }));
  const perVcpu = ({ pool }: { pool: InstancePool }) => pool.priceHour / pool.vcpu;
  if (baseline === 'cheapest-first') return pools.toSorted((a, b) => perVcpu(a) - perVcpu(b));
  return pools.toSorted((a, b) => b.pool.vcpu - a.pool.vcpu || perVcpu(a) - perVcpu(b));
}
