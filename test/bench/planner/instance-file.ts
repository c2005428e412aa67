import type { PlanRow, PlanningProblem } from '@springtide/planning';
import type { Money } from '@springtide/kernel';

/** The neutral file form `burst-planner-instance/1`, so that planners can be compared on the same work. */
export type InstanceFile = {
  schema: 'burst-planner-instance/1';
  name: string;
  seed: number;
  currency: string;
  shortagePenaltyPerVcpuHour: number;
  phases: { id: string; hours: number }[];
  quotaGroups: { id: string; limitVcpu: number; usedVcpu: number }[];
  pools: InstancePool[];
  classes: InstanceClass[];
};

export type InstancePool = {
  id: string;
  account: string;
  region: string;
  zone: string;
  type: string;
  family: string;
  arch: string;
  option: 'private' | 'reserved' | 'on-demand' | 'spot';
  vcpu: number;
  memGiB: number;
  priceHour: number;
  startCost: number;
  cap: number;
  quotaGroup: string | null;
  interruptionPerHour: number;
};

export type InstanceClass = {
  id: string;
  headroom: number;
  spotMax: number;
  zoneLossFraction: number;
  demand: { vcpu: number; memGiB: number }[];
  allowed: string[];
};

/** Cover is in vCPU there: one machine gives a class its vCPUs. */
export function problemOf(file: InstanceFile): PlanningProblem {
  const money = (value: number): Money => ({ currency: file.currency, amount: String(value) });
  const vcpu = new Map(file.pools.map((pool) => [pool.id, pool.vcpu]));
  return {
    currency: file.currency,
    objective: 'cheapest',
    phases: file.phases,
    quotaGroups: file.quotaGroups,
    pools: file.pools.map(({ type, memGiB, priceHour, startCost, ...pool }) => ({
      ...pool,
      machineType: type,
      memoryGiB: memGiB,
      pricePerHour: money(priceHour),
      startCost: money(startCost),
    })),
    classes: file.classes.map(({ demand, allowed, ...item }) => ({
      ...item,
      unit: 'vCPU',
      demand: demand.map((entry) => ({ units: entry.vcpu, memoryGiB: entry.memGiB })),
      allowed: allowed.map((pool) => ({ pool, units: vcpu.get(pool) ?? 0 })),
      shortagePenaltyPerUnitHour: money(file.shortagePenaltyPerVcpuHour),
    })),
  };
}

export type PlanFile = {
  schema: 'burst-planner-plan/1';
  machines: Record<string, Record<string, readonly number[]>>;
  seconds: number;
};

export function planFileOf(rows: readonly PlanRow[], seconds: number): PlanFile {
  const machines: PlanFile['machines'] = {};
  for (const row of rows) {
    const ofClass = (machines[row.class] ??= {});
    ofClass[row.pool] = row.counts;
  }
  return { schema: 'burst-planner-plan/1', machines, seconds };
}
