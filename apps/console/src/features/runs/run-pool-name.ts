import type { RunBody } from '@springtide/contracts';

export type RunPools = RunBody['pools'];

/** What people call a pool that a run tells of; its id where the run has no row of it. */
export function poolName(pools: RunPools, id: string): string {
  const pool = pools.find(({ poolId }) => poolId === id);
  return pool ? `${pool.accountName} ${pool.zone} ${pool.machineType}` : id;
}
