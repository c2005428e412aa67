import type { PhaseName } from '@springtide/contracts';
import type { PlanContent } from './plan-content.js';

/** Machines per service, pool and phase that a run is after now; starts as the plan's allocations, commands change it. */
export type RunTargets = readonly Readonly<{
  service: string;
  poolId: string;
  phase: PhaseName;
  machines: number;
  /** Requests per second that the service has too many of in this phase, because a stand-in is larger than its hole. */
  spare?: number;
}>[];

/**
 * New targets after a command changed the demand of one service in one phase: grows or shrinks on the service's pools,
 * cheapest capacity first, within each pool's cap. @returns the demand that could not be covered as well.
 */
export function retarget(
  targets: RunTargets,
  content: PlanContent,
  change: Readonly<{ service: string; phase: PhaseName; requestsPerSecond: number }>,
): { targets: RunTargets; uncovered: number } {
  const standing = content.standing.find((row) => row.service === change.service)?.requestsPerSecond ?? 0;
  let missing = Math.max(0, change.requestsPerSecond - standing);
  const pools = content.sheets
    .filter((sheet) => sheet.service === change.service)
    .map((sheet) => ({ sheet, pool: content.pools.find((pool) => pool.id === sheet.poolId) }))
    .toSorted((a, b) => rank(a) - rank(b));
  const fresh = pools.map(({ sheet, pool }) => {
    const elsewhere = targets
      .filter((t) => t.poolId === sheet.poolId && t.phase === change.phase && t.service !== change.service)
      .reduce((sum, t) => sum + t.machines, 0);
    const free = Math.max(0, (pool?.cap ?? 0) - elsewhere);
    const machines = Math.min(free, Math.ceil(missing / sheet.requestsPerSecond));
    missing = Math.max(0, missing - machines * sheet.requestsPerSecond);
    return { service: change.service, poolId: sheet.poolId, phase: change.phase, machines };
  });
  const others = targets.filter((t) => t.service !== change.service || t.phase !== change.phase);
  return { targets: [...others, ...fresh.filter((t) => t.machines > 0)], uncovered: missing };
}

type Candidate = Readonly<{
  sheet: PlanContent['sheets'][number];
  pool: PlanContent['pools'][number] | undefined;
}>;

/** Private first, then by price per unit; only an order, so a float will do. */
function rank({ sheet, pool }: Candidate): number {
  const perUnit = Number(pool?.pricePerHour.amount ?? Infinity) / sheet.requestsPerSecond;
  return pool?.purchaseOption === 'private' ? perUnit * 1e-6 : perUnit;
}
