import type { InstanceClass, InstanceFile, InstancePool, PlanMachines } from './instance-file.js';

export type CheckedPlan = Readonly<{
  /** Rules that the machines break, in words. */
  violations: readonly string[];
  cost: number;
  /** The smallest shortage these machines leave, in vCPU-hours; priced, never a violation. */
  short: number;
  /** Cost and the price of the shortage. */
  total: number;
}>;

const EPSILON = 1e-6;

/**
 * Reads a plan's machines by the rules of the file form. It knows nothing of the planner: not its problem, not its
 * model, not its code.
 */
export function checkMachines(file: InstanceFile, machines: PlanMachines): CheckedPlan {
  const violations = [
    ...shapeFaults(file, machines),
    ...capFaults(file, machines),
    ...quotaFaults(file, machines),
  ];
  let cost = 0;
  let short = 0;
  for (const item of file.classes) {
    cost += costOfClass(file, machines[item.id] ?? {});
    for (const [k, phase] of file.phases.entries()) {
      const there = machinesAt(file, machines[item.id] ?? {}, k);
      short += phase.hours * shortage(item, there, k);
      const spot = vcpuOf(there.filter((entry) => entry.pool.option === 'spot'));
      if (spot > item.spotMax * vcpuOf(there) + EPSILON) {
        violations.push(`${item.id} in ${phase.id}: ${spot} of ${vcpuOf(there)} vCPU are spot`);
      }
    }
  }
  return { violations, cost, short, total: cost + short * file.shortagePenaltyPerVcpuHour };
}

function shapeFaults(file: InstanceFile, machines: PlanMachines): string[] {
  const classes = new Map(file.classes.map((item) => [item.id, new Set(item.allowed)]));
  return Object.entries(machines).flatMap(([item, pools]) =>
    Object.entries(pools).flatMap(([pool, counts]) => [
      ...(classes.get(item)?.has(pool) === true ? [] : [`${item} may not use ${pool}`]),
      ...(counts.length === file.phases.length && counts.every((n) => Number.isInteger(n) && n >= 0)
        ? []
        : [`${item} on ${pool}: ${counts.join(', ')} are not whole numbers for every phase`]),
    ]),
  );
}

function capFaults(file: InstanceFile, machines: PlanMachines): string[] {
  return file.pools.flatMap((pool) =>
    file.phases.flatMap((phase, k) => {
      const used = Object.values(machines).reduce((sum, pools) => sum + (pools[pool.id]?.[k] ?? 0), 0);
      return used > pool.cap ? [`${pool.id} in ${phase.id}: ${used} of ${pool.cap} machines`] : [];
    }),
  );
}

function quotaFaults(file: InstanceFile, machines: PlanMachines): string[] {
  return file.quotaGroups.flatMap((group) => {
    const members = file.pools.filter((pool) => pool.quotaGroup === group.id);
    return file.phases.flatMap((phase, k) => {
      let used = 0;
      for (const pools of Object.values(machines)) {
        for (const pool of members) used += (pools[pool.id]?.[k] ?? 0) * pool.vcpu;
      }
      const free = Math.max(0, group.limitVcpu - group.usedVcpu);
      return used > free + EPSILON ? [`${group.id} in ${phase.id}: ${used} of ${free} vCPU`] : [];
    });
  });
}

function costOfClass(file: InstanceFile, pools: Readonly<Record<string, readonly number[]>>): number {
  let cost = 0;
  for (const pool of file.pools) {
    let before = 0;
    for (const [k, phase] of file.phases.entries()) {
      const running = pools[pool.id]?.[k] ?? 0;
      cost += phase.hours * pool.priceHour * running + pool.startCost * Math.max(0, running - before);
      before = running;
    }
  }
  return cost;
}

type Running = Readonly<{ pool: InstancePool; count: number }>;

function machinesAt(
  file: InstanceFile,
  pools: Readonly<Record<string, readonly number[]>>,
  k: number,
): readonly Running[] {
  return file.pools
    .map((pool) => ({ pool, count: pools[pool.id]?.[k] ?? 0 }))
    .filter((entry) => entry.count > 0);
}

function vcpuOf(running: readonly Running[]): number {
  return running.reduce((sum, { pool, count }) => sum + count * pool.vcpu, 0);
}

function shortage(item: InstanceClass, running: readonly Running[], k: number): number {
  const { vcpu, memGiB } = item.demand[k] ?? { vcpu: 0, memGiB: 0 };
  const have = vcpuOf(running);
  const misses = [0, (1 + item.headroom) * vcpu - have];
  if (vcpu > 0 && memGiB > 0) {
    const memory = running.reduce((sum, { pool, count }) => sum + count * pool.memGiB, 0);
    misses.push((((1 + item.headroom) * memGiB - memory) * vcpu) / memGiB);
  }
  for (const zone of new Set(running.map(({ pool }) => pool.zone))) {
    const inside = vcpuOf(running.filter(({ pool }) => pool.zone === zone));
    misses.push(item.zoneLossFraction * vcpu - (have - inside));
  }
  const worst = Math.max(...misses);
  return worst < EPSILON ? 0 : worst;
}
