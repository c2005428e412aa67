import { Module, type DynamicModule } from '@nestjs/common';
import { AccountsModule } from '@springtide/accounts';
import { CampaignsModule } from '@springtide/campaigns';
import { CatalogModule } from '@springtide/catalog';
import { ClustersModule } from '@springtide/clusters';
import type { Config } from '@springtide/config';
import { EffectsModule } from '@springtide/effects';
import { FinanceModule } from '@springtide/finance';
import { IdentityModule } from '@springtide/identity';
import { InventoryModule } from '@springtide/inventory';
import { PlatformModule, type PlatformParts } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import { ReportsModule } from '@springtide/reports';
import { TrafficModule } from '@springtide/traffic';

/** Everything that activities need, wired once per worker process. */
@Module({})
export class WorkerServices {
  static with(
    platform: PlatformParts,
    providers: ReadonlyMap<string, ProviderManifest>,
    config: Pick<Config, 'installation' | 'policy'> & Partial<Pick<Config, 'probes'>>,
  ): DynamicModule {
    const installation = config.installation.id;
    const accounts = AccountsModule.with(providers);
    const catalog = CatalogModule.with(accounts);
    const effects = EffectsModule.with(accounts, { installation, policy: config.policy.profile });
    const traffic = TrafficModule.with(effects);
    const clusters = ClustersModule.with({ accounts, effects });
    const campaigns = CampaignsModule.with({
      ...{ accounts, catalog, effects, clusters, traffic },
      probeUrl: config.probes?.url,
    });
    return {
      module: WorkerServices,
      imports: [
        PlatformModule.of(platform),
        IdentityModule,
        accounts,
        catalog,
        InventoryModule.with(catalog, installation),
        effects,
        clusters,
        traffic,
        campaigns,
        FinanceModule.with({ accounts, effects, campaigns }),
        ReportsModule.with({ effects, campaigns }),
      ],
    };
  }
}
