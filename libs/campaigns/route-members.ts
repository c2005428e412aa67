import type { RouteMember } from '@springtide/provider-kit';
import type { PlanContent } from './domain/index.js';
import { groupOf, type RunMachine } from './run-machines.js';

/** Machines with an address as members of their route, by backend group. */
export function membersByGroup(
  plan: PlanContent,
  machines: readonly RunMachine[],
): ReadonlyMap<string, readonly RouteMember[]> {
  const groups = new Map<string, RouteMember[]>();
  for (const { poolId, service, item } of machines) {
    const port = plan.services.find((row) => row.name === service)?.port;
    if (item.machineId === null || item.address === null || port === undefined) continue;
    const members = groups.get(groupOf(poolId)) ?? [];
    members.push({ id: item.machineId, address: item.address, port });
    groups.set(groupOf(poolId), members);
  }
  return groups;
}
