import { Module, type DynamicModule } from '@nestjs/common';
import { CampaignsService, PlansService } from '@springtide/campaigns';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { CampaignCostService } from './campaign-cost.service.js';
import { ledgerFacts } from './campaign-facts.js';

/** By itself it takes the ledger and the campaigns from global services of the app; `with` names their modules. */
@Module({
  providers: [
    {
      provide: CampaignCostService,
      useFactory: (
        database: Database,
        clock: Clock,
        ledger: EffectLedger,
        campaigns: CampaignsService,
        plans: PlansService,
      ) => new CampaignCostService(database, ledgerFacts(ledger, campaigns, plans), clock),
      inject: [Database, CLOCK, EffectLedger, CampaignsService, PlansService],
    },
  ],
  exports: [CampaignCostService],
})
export class FinanceModule {
  static with(parts: Readonly<{ effects: DynamicModule; campaigns: DynamicModule }>): DynamicModule {
    return { module: FinanceModule, imports: [parts.effects, parts.campaigns] };
  }
}
