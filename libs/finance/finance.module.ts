import { Module } from '@nestjs/common';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { CampaignCostService } from './campaign-cost.service.js';

@Module({
  providers: [
    {
      provide: CampaignCostService,
      useFactory: (database: Database, clock: Clock) => new CampaignCostService(database, clock),
      inject: [Database, CLOCK],
    },
  ],
  exports: [CampaignCostService],
})
export class FinanceModule {}
