import { Module, type DynamicModule } from '@nestjs/common';
import { AccountService, AccountSessions, CredentialVault } from '@springtide/accounts';
import { MarketService } from '@springtide/catalog';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database, ENDPOINT_GATE, LOGGER, type EndpointGate, type Logger } from '@springtide/platform';
import { RoutesService } from '@springtide/traffic';
import { AccountFactFinder } from './account-facts.js';
import { FactFinder } from './fact-finder.js';
import { ProbeMachines } from './probe-machines.js';
import { ProbeService } from './probe.service.js';
import { ReadinessService } from './readiness.service.js';

export type ReadinessImports = Readonly<{
  accounts: DynamicModule;
  catalog: DynamicModule;
  effects: DynamicModule;
  traffic: DynamicModule;
  /** Where machines in the clouds reach this installation; left out: nothing is bought to look from there. */
  probeUrl?: string | undefined;
}>;

@Module({})
export class ReadinessModule {
  static with({ accounts, catalog, effects, traffic, probeUrl }: ReadinessImports): DynamicModule {
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
            probes: ProbeService,
            clock: Clock,
          ) => new FactFinder({ accounts: finder, routes, ledger, gate, probes, clock }),
          inject: [AccountFactFinder, RoutesService, EffectLedger, ENDPOINT_GATE, ProbeService, CLOCK],
        },
        {
          provide: ProbeService,
          useFactory: (
            database: Database,
            vault: CredentialVault,
            ledger: EffectLedger,
            clock: Clock,
            log: Logger,
          ) => {
            const machines = new ProbeMachines(ledger);
            return new ProbeService({ database, vault, ledger, machines, clock, log, baseUrl: probeUrl });
          },
          inject: [Database, CredentialVault, EffectLedger, CLOCK, LOGGER],
        },
        {
          provide: ReadinessService,
          useFactory: (database: Database, finder: FactFinder, clock: Clock) =>
            new ReadinessService(database, finder, clock),
          inject: [Database, FactFinder, CLOCK],
        },
      ],
      exports: [ProbeService, ReadinessService],
    };
  }
}
