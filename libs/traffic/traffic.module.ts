import { Module, type DynamicModule } from '@nestjs/common';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { GrayReleases } from './gray-release.service.js';
import { ReleaseKeeper } from './release-keeper.service.js';
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
        {
          provide: ReleaseKeeper,
          useFactory: (database: Database, routes: RoutesService, clock: Clock) =>
            new ReleaseKeeper(database, routes, clock),
          inject: [Database, RoutesService, CLOCK],
        },
        {
          provide: GrayReleases,
          useFactory: (database: Database, routes: RoutesService, clock: Clock) =>
            new GrayReleases(database, routes, clock),
          inject: [Database, RoutesService, CLOCK],
        },
      ],
      exports: [RoutesService, GrayReleases, ReleaseKeeper],
    };
  }
}
