import { Module, type DynamicModule } from '@nestjs/common';
import { AccountSessions } from '@springtide/accounts';
import { CampaignsService, PlansService, RunBook } from '@springtide/campaigns';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { BillCheckService } from './bill-check.service.js';
import { billFacts } from './bill-facts.js';
import { CampaignCostService } from './campaign-cost.service.js';
import { ledgerFacts } from './campaign-facts.js';

type FinanceImports = Readonly<{ accounts: DynamicModule; effects: DynamicModule; campaigns: DynamicModule }>;

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
    {
      provide: BillCheckService,
      useFactory: (
        database: Database,
        clock: Clock,
        ledger: EffectLedger,
        campaigns: CampaignsService,
        plans: PlansService,
        sessions: AccountSessions,
        book: RunBook,
      ) => {
        const facts = billFacts(ledgerFacts(ledger, campaigns, plans), ledger, campaigns, book);
        return new BillCheckService({ database, facts, sessions, book, clock });
      },
      inject: [Database, CLOCK, EffectLedger, CampaignsService, PlansService, AccountSessions, RunBook],
    },
  ],
  exports: [BillCheckService, CampaignCostService],
})
export class FinanceModule {
  static with(parts: FinanceImports): DynamicModule {
    return { module: FinanceModule, imports: [parts.accounts, parts.effects, parts.campaigns] };
  }
}
