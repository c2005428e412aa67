import type { PlanPool } from '@springtide/contracts';
import { usageOf, type Intent, type MachineUsage } from '@springtide/effects/domain';
import { money } from '@springtide/kernel';
import { wantedUntil } from './plan-basis.js';
import type { CostBasis, UsageInterval } from './usage.js';

type Priced = Readonly<{ pools: readonly PlanPool[]; basis: CostBasis | null }>;

/**
 * The ledger's machines as intervals of cost. What no plan knows keeps its cost under the account's id: money never
 * disappears for want of a name.
 * @param priced the pools of every plan of the campaign, and the plan its cost is held against.
 */
export function intervalsOf(intents: readonly Intent[], priced: Priced): UsageInterval[] {
  const pools = new Map(priced.pools.map((pool) => [pool.id, pool]));
  return intents.flatMap((intent) =>
    usagesOf(intent).map((usage) => {
      const interval = intervalOf(usage, intent.region, pools.get(usage.poolId ?? ''), priced.basis);
      return { ...interval, pricePerHour: intent.pricePerHour };
    }),
  );
}

/** The ledger counts only what has a price; here a machine without one is to be seen as well. */
function usagesOf(intent: Intent): readonly MachineUsage[] {
  return usageOf({ ...intent, pricePerHour: intent.pricePerHour ?? money('USD', 0) });
}

function intervalOf(
  usage: MachineUsage,
  region: string,
  pool: PlanPool | undefined,
  basis: CostBasis | null,
): UsageInterval {
  const service = usage.service ?? UNKNOWN;
  return {
    machine: usage.machineId,
    accountId: usage.accountId,
    accountName: pool?.accountName ?? usage.accountId,
    provider: pool?.provider ?? UNKNOWN,
    region,
    zone: pool?.zone ?? UNKNOWN,
    machineType: pool?.machineType ?? UNKNOWN,
    purchaseOption: pool?.purchaseOption ?? 'on-demand',
    service,
    pool: usage.poolId ?? UNKNOWN,
    pricePerHour: usage.pricePerHour,
    minimumBillingSeconds: usage.minimumBillingSeconds,
    marketSnapshotId: basis?.marketSnapshotId ?? null,
    from: usage.from,
    to: usage.to,
    wantedUntil: basis === null ? null : wantedUntil(basis, service, usage.poolId ?? UNKNOWN),
  };
}

const UNKNOWN = 'unknown';
