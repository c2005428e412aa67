import { Module, type DynamicModule } from '@nestjs/common';
import { AccountService, AccountSessions } from '@springtide/accounts';
import { MarketService } from '@springtide/catalog';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database, ENDPOINT_GATE, type EndpointGate } from '@springtide/platform';
import { RoutesService } from '@springtide/traffic';
import { AccountFactFinder } from './account-facts.js';
import { FactFinder } from './fact-finder.js';
import { ReadinessService } from './readiness.service.js';

export type ReadinessImports = Readonly<{
  accounts: DynamicModule;
  catalog: DynamicModule;
  effects: DynamicModule;
  traffic: DynamicModule;
}>;

@Module({})
export class ReadinessModule {
  static with({ accounts, catalog, effects, traffic }: ReadinessImports): DynamicModule {
    return {
      module: ReadinessModule,
      imports: [accounts, catalog, effects, traffic],
      providers: [
        {
          provide: AccountFactFinder,
          useFactory: (
            service: AccountService,
            sessions: AccountSessions,
            market: MarketService,
            clock: Clock,
          ) => new AccountFactFinder({ accounts: service, sessions, market, clock }),
          inject: [AccountService, AccountSessions, MarketService, CLOCK],
        },
        {
          provide: FactFinder,
          useFactory: (
            finder: AccountFactFinder,
            routes: RoutesService,
            ledger: EffectLedger,
            gate: EndpointGate,
            clock: Clock,
          ) => new FactFinder({ accounts: finder, routes, ledger, gate, clock }),
          inject: [AccountFactFinder, RoutesService, EffectLedger, ENDPOINT_GATE, CLOCK],
        },
        {
          provide: ReadinessService,
          useFactory: (database: Database, finder: FactFinder, clock: Clock) =>
            new ReadinessService(database, finder, clock),
          inject: [Database, FactFinder, CLOCK],
        },
      ],
      exports: [ReadinessService],
    };
  }
}
