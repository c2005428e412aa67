import type { AccountService } from '@springtide/accounts';
import type { HousekeepingActivities } from '@springtide/contracts';
import { failedPass, type EffectLedger, type Reconciler } from '@springtide/effects';
import { sealAudit, type TenantService } from '@springtide/identity';
import type { InventorySyncService } from '@springtide/inventory';
import { asSpringtideError } from '@springtide/kernel';
import { jobContext, type Database, type Logger } from '@springtide/platform';
import { alive } from './liveness.js';
import { listTenantIds } from './tenants.js';

export type HousekeepingParts = Readonly<{
  database: Database;
  reconciler: Reconciler;
  ledger: Pick<EffectLedger, 'listIntents'>;
  accounts: AccountService;
  inventory: InventorySyncService;
  tenants: TenantService;
  log: Logger;
}>;

export function housekeepingActivities(parts: HousekeepingParts): HousekeepingActivities {
  return {
    reconcileScopes: async () => await parts.reconciler.scopes(),
    reconcilePass: async (scope) =>
      await alive(async () => {
        try {
          const report = await parts.reconciler.pass(scope);
          if (!report.trusted || report.orphansDeleted + report.lost + report.adopted > 0) {
            parts.log.warn({ ...report }, 'reality and ledger differed');
          }
          return { lapsedRunIds: report.lapsedRunIds };
        } catch (thrown) {
          parts.log.error(
            { ...failedPass(scope, thrown) },
            'a reconcile pass failed; the next one tries again',
          );
          throw thrown;
        }
      }),
    syncInventory: async () => {
      await alive(async () => {
        await syncAll(parts);
      });
    },
    sealAuditChains: async () => {
      for (const tenantId of await listTenantIds(parts.database)) await sealAudit(parts.database, tenantId);
    },
  };
}

/** One account that cannot be read must not keep the others from being read. */
async function syncAll({ database, accounts, inventory, ledger, log }: HousekeepingParts): Promise<void> {
  for (const tenantId of await listTenantIds(database)) {
    const ctx = jobContext('inventory-sync', tenantId, 'inventory-sync');
    for (const account of await accounts.list(ctx, { limit: 200 })) {
      if (account.kind === 'traffic' || account.status === 'disabled') continue;
      try {
        await inventory.syncAccount(ctx, account.id, () => releasedMachines(ledger, tenantId, account.id));
      } catch (thrown) {
        const { code, message } = asSpringtideError(thrown);
        log.warn({ account: account.id, code, reason: message }, 'an account could not be synced');
      }
    }
  }
}

/** Machines of the account whose end the ledger has asked for: the inventory need not wonder where they are. */
async function releasedMachines(
  ledger: HousekeepingParts['ledger'],
  tenantId: string,
  accountId: string,
): Promise<ReadonlySet<string>> {
  const intents = await ledger.listIntents(tenantId, { accountId, kind: 'create' });
  const released = intents
    .flatMap((intent) => intent.items)
    .filter((item) => item.releasingAt !== null || item.goneAt !== null);
  return new Set(released.flatMap((item) => item.machineId ?? []));
}
