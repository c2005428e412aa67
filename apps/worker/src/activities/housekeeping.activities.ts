import type { AccountService, CloudAccount } from '@springtide/accounts';
import { tellRunsOfOrphans, type GroupReturns, type RunBook } from '@springtide/campaigns';
import type { BuiltClusterService } from '@springtide/clusters';
import type { HousekeepingActivities, InventoryAccount } from '@springtide/contracts';
import { failedPass, type Reconciler, type Scope } from '@springtide/effects';
import { sealAudit, type TenantService } from '@springtide/identity';
import { asSpringtideError } from '@springtide/kernel';
import { jobContext, type Database, type Logger } from '@springtide/platform';
import type { ProbeService } from '@springtide/readiness';
import type { ReleaseKeeper } from '@springtide/traffic';
import { alive } from './liveness.js';
import { listTenantIds } from './tenants.js';

export type HousekeepingParts = Readonly<{
  database: Database;
  reconciler: Reconciler;
  accounts: AccountService;
  tenants: TenantService;
  builtClusters: BuiltClusterService;
  probes: ProbeService;
  releases: ReleaseKeeper;
  book: RunBook;
  groupReturns: GroupReturns;
  /** Runs that may be brought back because their leases lapsed. */
  mayComeBack: (tenantId: string, runIds: readonly string[]) => Promise<readonly string[]>;
  log: Logger;
}>;

export function housekeepingActivities(parts: HousekeepingParts): HousekeepingActivities {
  return {
    reconcileScopes: async () => await parts.reconciler.scopes(await registeredScopes(parts)),
    keepRoutes: async () => await alive(async () => await keepRoutes(parts)),
    returnGroups: async () => await alive(async () => await returnGroups(parts)),
    reconcilePass: async (scope) =>
      await alive(async () => {
        try {
          const { tenantId } = scope;
          const report = await parts.reconciler.pass(scope, tellRunsOfOrphans(parts.book, tenantId));
          if (!report.trusted || report.orphansDeleted + report.lost + report.adopted > 0) {
            parts.log.warn({ ...report }, 'reality and ledger differed');
          }
          const others = await parts.probes.takeBackLapsed(tenantId, report.lapsedRunIds);
          const lapsed = await parts.builtClusters.takeBackLapsed(tenantId, others);
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

/** A route that cannot be looked after is told, and tried again with the next pass. */
async function keepRoutes({ database, releases, book, log }: HousekeepingParts): Promise<void> {
  const tenants = await listTenantIds(database);
  await Promise.all(
    tenants.map(async (tenant) => {
      const ctx = jobContext('routes', tenant, 'routes');
      for (const failure of await releases.keepAll(ctx, await book.routesInUse(ctx))) {
        log.warn({ tenant, ...failure }, 'a route could not be looked after');
      }
    }),
  );
}

/** A group that cannot be looked at keeps no other one waiting. */
async function returnGroups({ database, groupReturns, log }: HousekeepingParts): Promise<void> {
  for (const tenantId of await listTenantIds(database)) {
    const ctx = jobContext('scaling', tenantId, 'return-groups');
    for (const { runId, failure } of await groupReturns.pass(ctx)) {
      const { code, message } = asSpringtideError(failure);
      log.warn(
        { tenant: tenantId, runId, code, reason: message },
        'a resting scaling group was not looked at',
      );
    }
  }
}

/** Accounts with nothing to list, or that are not to be used, are left out. */
async function inventoryAccounts(parts: HousekeepingParts): Promise<InventoryAccount[]> {
  return (await everyAccount(parts, 'inventory-accounts'))
    .filter(({ kind, status }) => kind !== 'traffic' && status !== 'disabled')
    .map(({ tenantId, id: accountId }) => ({ tenantId, accountId }));
}

/** Where machines can be, disabled accounts too: what runs there is still paid for. */
async function registeredScopes(parts: HousekeepingParts): Promise<Scope[]> {
  return (await everyAccount(parts, 'reconcile'))
    .filter(({ kind }) => kind === 'public-cloud' || kind === 'private-cloud')
    .flatMap(({ tenantId, id: accountId, health }) =>
      (health?.regions ?? []).map((region) => ({ tenantId, accountId, region })),
    );
}

type TenantAccount = CloudAccount & Readonly<{ tenantId: string }>;

async function everyAccount(
  { database, accounts }: HousekeepingParts,
  job: string,
): Promise<readonly TenantAccount[]> {
  const found: TenantAccount[] = [];
  for (const tenantId of await listTenantIds(database)) {
    const ctx = jobContext(job, tenantId, job);
    for (let afterName = ''; ;) {
      const page = await accounts.list(ctx, { limit: 200, afterName });
      found.push(...page.map((account) => ({ ...account, tenantId })));
      const last = page.at(-1);
      if (page.length < 200 || !last) break;
      afterName = last.name;
    }
  }
  return found;
}
