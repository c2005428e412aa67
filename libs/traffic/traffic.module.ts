import { Module, type DynamicModule } from '@nestjs/common';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { RoutesService } from './route.service.js';

@Module({})
export class TrafficModule {
  static with(effects: DynamicModule): DynamicModule {
    return {
      module: TrafficModule,
      imports: [effects],
      providers: [
        {
          provide: RoutesService,
          useFactory: (database: Database, ledger: EffectLedger, clock: Clock) =>
            new RoutesService(database, ledger, clock),
          inject: [Database, EffectLedger, CLOCK],
        },
      ],
      exports: [RoutesService],
    };
  }
}
