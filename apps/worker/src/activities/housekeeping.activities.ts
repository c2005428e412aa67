import type { AccountService } from '@springtide/accounts';
import type { RunBook } from '@springtide/campaigns';
import type { BuiltClusterService } from '@springtide/clusters';
import type { HousekeepingActivities, InventoryAccount } from '@springtide/contracts';
import { failedPass, type Reconciler } from '@springtide/effects';
import { sealAudit, type TenantService } from '@springtide/identity';
import { jobContext, type Database, type Logger } from '@springtide/platform';
import type { ReleaseKeeper } from '@springtide/traffic';
import { alive } from './liveness.js';
import { listTenantIds } from './tenants.js';

export type HousekeepingParts = Readonly<{
  database: Database;
  reconciler: Reconciler;
  accounts: AccountService;
  tenants: TenantService;
  builtClusters: BuiltClusterService;
  releases: ReleaseKeeper;
  book: RunBook;
  /** Runs that may be brought back because their leases lapsed. */
  mayComeBack: (tenantId: string, runIds: readonly string[]) => Promise<readonly string[]>;
  log: Logger;
}>;

export function housekeepingActivities(parts: HousekeepingParts): HousekeepingActivities {
  let keeping: Promise<void> | undefined;
  return {
    reconcileScopes: async () => {
      // Beside it, not before it: a proxy that does not answer must not keep accounts from being compared.
      keeping ??= keepReleases(parts).finally(() => (keeping = undefined));
      return await parts.reconciler.scopes();
    },
    reconcilePass: async (scope) =>
      await alive(async () => {
        try {
          const report = await parts.reconciler.pass(scope);
          if (!report.trusted || report.orphansDeleted + report.lost + report.adopted > 0) {
            parts.log.warn({ ...report }, 'reality and ledger differed');
          }
          const { tenantId } = scope;
          const lapsed = await parts.builtClusters.takeBackLapsed(tenantId, report.lapsedRunIds);
          return { lapsedRunIds: await parts.mayComeBack(tenantId, lapsed) };
        } catch (thrown) {
          parts.log.error(
            { ...failedPass(scope, thrown) },
            'a reconcile pass failed; the next one tries again',
          );
          throw thrown;
        }
      }),
    inventoryAccounts: async () => await inventoryAccounts(parts),
    sealAuditChains: async () => {
      for (const tenantId of await listTenantIds(parts.database)) await sealAudit(parts.database, tenantId);
    },
  };
}

/** A release that cannot be kept is told, and tried again with the next pass. */
async function keepReleases({ database, releases, book, log }: HousekeepingParts): Promise<void> {
  try {
    for (const tenantId of await listTenantIds(database)) {
      const ctx = jobContext('releases', tenantId, 'releases');
      for (const failure of await releases.keepAll(ctx, await book.routesInUse(ctx))) {
        log.warn({ tenant: tenantId, ...failure }, 'a gray release could not be looked after');
      }
    }
  } catch (error) {
    log.error({ error }, 'gray releases were not looked after; the next pass tries again');
  }
}

/** Accounts with nothing to list, or that are not to be used, are left out. */
async function inventoryAccounts({ database, accounts }: HousekeepingParts): Promise<InventoryAccount[]> {
  const found: InventoryAccount[] = [];
  for (const tenantId of await listTenantIds(database)) {
    const ctx = jobContext('inventory-accounts', tenantId, 'inventory-accounts');
    for (let afterName = ''; ;) {
      const page = await accounts.list(ctx, { limit: 200, afterName });
      const used = page.filter(({ kind, status }) => kind !== 'traffic' && status !== 'disabled');
      found.push(...used.map(({ id: accountId }) => ({ tenantId, accountId })));
      const last = page.at(-1);
      if (page.length < 200 || !last) break;
      afterName = last.name;
    }
  }
  return found;
}
