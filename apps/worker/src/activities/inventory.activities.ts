import type { InventoryActivities, InventoryAccount } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import {
  ledgerMachines,
  type AskLedger,
  type InventorySyncService,
  type InventoryWatchService,
} from '@springtide/inventory';
import { addMs, asSpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { jobContext, type Logger } from '@springtide/platform';
import { Context } from '@temporalio/activity';
import { alive } from './liveness.js';

export type InventoryParts = Readonly<{
  sync: InventorySyncService;
  watch: InventoryWatchService;
  ledger: Pick<EffectLedger, 'listIntents'>;
  clock: Clock;
  log: Logger;
}>;

/** An account that cannot be read is told in the log and by its freshness, and tried again at the next pass. */
export function inventoryActivities({
  sync,
  watch,
  ledger,
  clock,
  log,
}: InventoryParts): InventoryActivities {
  const tolerant = async ({ accountId }: InventoryAccount, work: () => Promise<unknown>): Promise<void> => {
    try {
      await alive(work);
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      log.warn({ account: accountId, code, reason: message }, 'an account could not be read');
    }
  };
  return {
    syncAccount: async (account) => {
      const ctx = jobContext('inventory-sync', account.tenantId, 'inventory-sync');
      const ask = machinesOf(ledger, account, false);
      await tolerant(account, async () => await sync.syncAccount(ctx, account.accountId, ask));
    },
    watchAccount: async ({ forMs, ...account }) => {
      const ctx = jobContext('inventory-watch', account.tenantId, 'inventory-watch');
      const asks = { all: machinesOf(ledger, account, false), alive: machinesOf(ledger, account, true) };
      const { cancellationSignal: signal } = Context.current();
      const end = { until: addMs(toInstant(clock.now()), forMs), signal };
      await tolerant(account, async () => {
        await watch.watchAccount(ctx, account.accountId, asks, end);
      });
    },
  };
}

function machinesOf(
  ledger: InventoryParts['ledger'],
  { tenantId, accountId }: InventoryAccount,
  onlyUnreleased: boolean,
): AskLedger {
  return async () =>
    ledgerMachines(
      await ledger.listIntents(tenantId, { accountId, kind: 'create', onlyUnreleased }),
      await ledger.listIntents(tenantId, { accountId, kind: 'delete', states: ['written', 'sent'] }),
    );
}
