import { Module, type DynamicModule } from '@nestjs/common';
import { RunFactsService } from '@springtide/campaigns';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { AfterActionService } from './after-action.service.js';

@Module({})
export class ReportsModule {
  static with({
    effects,
    campaigns,
  }: Readonly<{ effects: DynamicModule; campaigns: DynamicModule }>): DynamicModule {
    return {
      module: ReportsModule,
      imports: [effects, campaigns],
      providers: [
        {
          provide: AfterActionService,
          useFactory: (database: Database, facts: RunFactsService, ledger: EffectLedger, clock: Clock) =>
            new AfterActionService({ database, facts, ledger, clock }),
          inject: [Database, RunFactsService, EffectLedger, CLOCK],
        },
      ],
      exports: [AfterActionService],
    };
  }
}
