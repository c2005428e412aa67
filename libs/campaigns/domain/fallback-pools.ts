import type { PlanPool } from '@springtide/contracts';

/**
 * The pools to fall back to, best first, spread over accounts and zones: what makes one pool run dry often takes its
 * neighbours along, and the fallback must not share its fate.
 *
 * @param ranked ids of pools, best first; those that are not in `pools` are left out.
 */
export function spreadFallbacks(
  ranked: readonly string[],
  pools: readonly PlanPool[],
  most: number,
): readonly string[] {
  const left = ranked.flatMap((id) => pools.find((pool) => pool.id === id) ?? []);
  const chosen: PlanPool[] = [];
  while (chosen.length < most && left.length > 0) {
    const kinship = left.map((pool) => closeness(pool, chosen));
    const next = kinship.indexOf(Math.min(...kinship));
    chosen.push(...left.splice(next, 1));
  }
  return chosen.map(({ id }) => id);
}

/** An account in common weighs more than any number of zones in common. */
function closeness(pool: PlanPool, chosen: readonly PlanPool[]): number {
  const sameAccount = chosen.filter((one) => one.accountId === pool.accountId);
  const sameZone = sameAccount.filter((one) => one.zone === pool.zone);
  return sameAccount.length * (chosen.length + 1) + sameZone.length;
}

/**
 * What a refusal says of other pools: a used-up quota is one for all pools of the account, region and purchase option;
 * no money or no right is one for the whole account, no answer for its whole region; no stock is one for the pool alone.
 */
export function refusedAlongWith(
  refused: readonly Readonly<{ poolId: string; code: string }>[],
  pools: readonly PlanPool[],
): ReadonlySet<string> {
  const ids = new Set(refused.map(({ poolId }) => poolId));
  for (const { poolId, code } of refused) {
    const origin = pools.find((pool) => pool.id === poolId);
    if (origin === undefined) continue;
    for (const pool of pools) if (sharesFate(origin, pool, code)) ids.add(pool.id);
  }
  return ids;
}

const ACCOUNT_WIDE = new Set(['balance', 'unauthenticated', 'permission-denied']);

function sharesFate(origin: PlanPool, pool: PlanPool, code: string): boolean {
  if (pool.accountId !== origin.accountId) return false;
  if (ACCOUNT_WIDE.has(code)) return true;
  if (pool.region !== origin.region) return false;
  if (code === 'unavailable') return true;
  return code === 'quota-exceeded' && pool.purchaseOption === origin.purchaseOption;
}
