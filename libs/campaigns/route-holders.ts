import type { EntityManager } from 'typeorm';
import type { RouteHolder } from './domain/index.js';
import { listOpenRuns, openIn, type OpenRun } from './run-book.js';

/** Until the transaction ends: two that take a route at once would not see each other. */
export async function lockRoutes(tx: EntityManager, tenantId: string): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`arm/${tenantId}`]);
}

/** Other runs that are not closed and have a route of this one. */
export async function otherHolders(
  tx: EntityManager,
  campaignId: string,
  routes: readonly string[],
): Promise<readonly RouteHolder[]> {
  const holders: RouteHolder[] = [];
  for (const { id, campaignId: other } of await listOpenRuns(tx)) {
    if (other === campaignId) continue;
    const open = await openIn(tx, id);
    if (open.plan.services.some(({ route }) => routes.includes(route))) holders.push(holderOf(open));
  }
  return holders;
}

function holderOf({ run, plan, campaign }: OpenRun): RouteHolder {
  const { name, follows } = campaign.input;
  return { name, follows: follows === 'strategies', phases: run.phases, leadMs: plan.leadMs };
}
