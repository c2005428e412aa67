import type { AccountService, CloudAccount } from '@springtide/accounts';
import type { MarketService } from '@springtide/catalog';
import type { SyncResult } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import { ledgerMachines, type InventorySyncService } from '@springtide/inventory';
import { asSpringtideError } from '@springtide/kernel';
import { jobContext, type RequestContext } from '@springtide/platform';

/** Reads clouds at a person's wish, beside the schedule that reads them anyway. */
export class SyncNow {
  constructor(
    private readonly accounts: AccountService,
    private readonly inventory: InventorySyncService,
    private readonly market: MarketService,
    private readonly ledger: Pick<EffectLedger, 'listIntents'>,
  ) {}

  /** One account, or all that are not disabled, one after the other. An account that fails says why. */
  async run(ctx: RequestContext, accountId: string | undefined): Promise<SyncResult[]> {
    const job = jobContext('sync-now', ctx.tenantId, ctx.requestId);
    const results: SyncResult[] = [];
    for (const account of await this.chosen(job, accountId)) results.push(await this.one(job, account));
    return results;
  }

  private async chosen(ctx: RequestContext, accountId: string | undefined): Promise<CloudAccount[]> {
    if (accountId !== undefined) return [await this.accounts.get(ctx, accountId)];
    const all: CloudAccount[] = [];
    for (let afterName = ''; ;) {
      const page = await this.accounts.list(ctx, { limit: 200, afterName });
      all.push(...page.filter((account) => account.status !== 'disabled'));
      const last = page.at(-1);
      if (page.length < 200 || !last) return all;
      afterName = last.name;
    }
  }

  private async one(ctx: RequestContext, account: CloudAccount): Promise<SyncResult> {
    const named = { accountId: account.id, accountName: account.name };
    try {
      const report = await this.inventory.syncAccount(ctx, account.id, async () =>
        ledgerMachines(
          await this.ledger.listIntents(ctx.tenantId, { accountId: account.id, kind: 'create' }),
          await this.ledger.listIntents(ctx.tenantId, {
            ...{ accountId: account.id, kind: 'delete', states: ['written', 'sent'] },
          }),
        ),
      );
      const offerings = await this.market.refreshOfferings(ctx, account.id);
      const places = [
        ...report.places.map(({ region, resourceType, complete, reason, seen }) => {
          return { region, resourceType, complete, reason, seen };
        }),
        ...offerings.map(({ region, complete, reason, offerings: seen }) => {
          return { region, resourceType: 'offering' as const, complete, reason, seen };
        }),
      ];
      return { ...named, complete: places.every((place) => place.complete), problem: null, places };
    } catch (thrown) {
      return { ...named, complete: false, problem: asSpringtideError(thrown).message, places: [] };
    }
  }
}
