import { Global, Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { AccountService, AccountsModule } from '@springtide/accounts';
import { CampaignsModule, RunsService, groupRunsSince } from '@springtide/campaigns';
import { CatalogModule, MarketService } from '@springtide/catalog';
import { ClustersModule } from '@springtide/clusters';
import { DemandModule } from '@springtide/demand';
import { EffectLedger, EffectsModule } from '@springtide/effects';
import { FinanceModule } from '@springtide/finance';
import { IdentityModule } from '@springtide/identity';
import { InventoryModule, InventorySyncService } from '@springtide/inventory';
import type { Clock } from '@springtide/kernel';
import { CLOCK } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import { ReportsModule } from '@springtide/reports';
import { ScalingModule } from '@springtide/scaling';
import { TrafficModule } from '@springtide/traffic';
import { PROVIDERS } from '../accounts/accounts.controller.js';
import { Readiness } from '../health/readiness.js';
import { SyncNow } from '../inventory/sync-now.js';
import { RunEvents } from '../runs/run-events.js';

export type ServiceParts = Readonly<{
  providers: ReadonlyMap<string, ProviderManifest>;
  /** Our creator mark on cloud resources. */
  installation: string;
  policy: 'standard' | 'demo';
  readiness: Readiness;
  /** Where machines in the clouds reach the API; left out: nothing is bought to look from there. */
  probeUrl?: string | undefined;
}>;

/** The services of all contexts, wired once for this process. */
@Global()
@Module({})
export class ServicesModule {
  static with(parts: ServiceParts): DynamicModule {
    const accounts = AccountsModule.with(parts.providers);
    const catalog = CatalogModule.with(accounts);
    const inventory = InventoryModule.with(catalog, parts.installation);
    const effects = EffectsModule.with(accounts, parts);
    const clusters = ClustersModule.with({ accounts, effects });
    const traffic = TrafficModule.with(effects);
    const scaling = ScalingModule.with({ effects, traffic, groupRuns: groupRunsSince });
    const campaigns = CampaignsModule.with({
      ...{ accounts, catalog, effects, clusters, traffic },
      probeUrl: parts.probeUrl,
    });
    const finance = FinanceModule.with({ accounts, effects, campaigns });
    const reports = ReportsModule.with({ effects, campaigns });
    const imports = [
      accounts,
      catalog,
      inventory,
      effects,
      clusters,
      traffic,
      DemandModule,
      scaling,
      campaigns,
      finance,
      reports,
      IdentityModule,
    ];
    const providers = [
      { provide: PROVIDERS, useValue: parts.providers },
      { provide: Readiness, useValue: parts.readiness },
      runEvents,
      syncNow,
    ];
    const exports = [...imports, ...providers.map((one) => one.provide)];
    return { module: ServicesModule, imports, providers, exports };
  }
}

const runEvents: FactoryProvider<RunEvents> = {
  provide: RunEvents,
  useFactory: (runs: RunsService, clock: Clock) => new RunEvents(runs, clock),
  inject: [RunsService, CLOCK],
};

const syncNow: FactoryProvider<SyncNow> = {
  provide: SyncNow,
  useFactory: (
    accounts: AccountService,
    inventory: InventorySyncService,
    market: MarketService,
    ledger: EffectLedger,
  ) => new SyncNow(accounts, inventory, market, ledger),
  inject: [AccountService, InventorySyncService, MarketService, EffectLedger],
};
