import { Module, type DynamicModule } from '@nestjs/common';
import { DemandModule, DemandService, PrometheusReader } from '@springtide/demand';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { RoutesService } from '@springtide/traffic';
import { ScalingEyes } from './scaling-eyes.js';
import { ScalingService, type GroupRuns } from './scaling.service.js';

@Module({})
export class ScalingModule {
  /** @param parts the app's own modules, so that everything is shared. */
  static with(
    parts: Readonly<{ effects: DynamicModule; traffic: DynamicModule; groupRuns: GroupRuns }>,
  ): DynamicModule {
    return {
      module: ScalingModule,
      imports: [DemandModule, parts.effects, parts.traffic],
      providers: [
        {
          provide: ScalingEyes,
          useFactory: (
            demand: DemandService,
            prometheus: PrometheusReader,
            routes: RoutesService,
            ledger: EffectLedger,
          ) => new ScalingEyes(demand, prometheus, routes, ledger),
          inject: [DemandService, PrometheusReader, RoutesService, EffectLedger],
        },
        {
          provide: ScalingService,
          useFactory: (database: Database, eyes: ScalingEyes, clock: Clock) =>
            new ScalingService(database, eyes, clock, parts.groupRuns),
          inject: [Database, ScalingEyes, CLOCK],
        },
      ],
      exports: [ScalingService],
    };
  }
}
