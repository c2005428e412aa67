import { Module, type DynamicModule } from '@nestjs/common';
import { AccountService } from '@springtide/accounts';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database } from '@springtide/platform';
import { ClusterEffects } from './cluster-effects.js';
import { ClusterService } from './cluster.service.js';
import { ManagedClusterService } from './managed-cluster.service.js';
import { WorkloadService } from './workload.service.js';

@Module({})
export class ClustersModule {
  static with(parts: Readonly<{ accounts: DynamicModule; effects: DynamicModule }>): DynamicModule {
    return {
      module: ClustersModule,
      imports: [parts.accounts, parts.effects],
      providers: [
        {
          provide: ClusterEffects,
          useFactory: (ledger: EffectLedger) => new ClusterEffects(ledger),
          inject: [EffectLedger],
        },
        {
          provide: ClusterService,
          useFactory: (accounts: AccountService, effects: ClusterEffects, clock: Clock) =>
            new ClusterService(accounts, effects, clock),
          inject: [AccountService, ClusterEffects, CLOCK],
        },
        {
          provide: ManagedClusterService,
          useFactory: (database: Database, clusters: ClusterService, effects: ClusterEffects, clock: Clock) =>
            new ManagedClusterService({ database, clusters, effects, clock }),
          inject: [Database, ClusterService, ClusterEffects, CLOCK],
        },
        {
          provide: WorkloadService,
          useFactory: (database: Database, effects: ClusterEffects, clock: Clock) =>
            new WorkloadService({ database, effects, clock }),
          inject: [Database, ClusterEffects, CLOCK],
        },
      ],
      exports: [ClusterService, ManagedClusterService, WorkloadService],
    };
  }
}
