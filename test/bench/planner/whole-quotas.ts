import type { InstanceFile } from './instance-file.js';

/** The same instance with every quota lowered to the most that whole machines can take of it; no plan is lost by that. */
export function withWholeQuotas(file: InstanceFile): InstanceFile {
  return {
    ...file,
    quotaGroups: file.quotaGroups.map((group) => {
      const free = Math.max(0, group.limitVcpu - group.usedVcpu);
      const members = file.pools.filter((pool) => pool.quotaGroup === group.id);
      const most = Math.max(...sums(members, free));
      return { ...group, limitVcpu: group.usedVcpu + most };
    }),
  };
}

/** Every sum of vCPUs up to the limit that some number of machines of the pools comes to. */
function sums(pools: InstanceFile['pools'], limit: number): ReadonlySet<number> {
  let reached: ReadonlySet<number> = new Set([0]);
  for (const pool of pools) {
    const next = new Set<number>();
    for (const sum of reached) {
      for (let n = 0; n <= pool.cap && sum + n * pool.vcpu <= limit; n += 1) next.add(sum + n * pool.vcpu);
    }
    reached = next;
  }
  return reached;
}
