import { Module, type DynamicModule } from '@nestjs/common';
import { AccountService, CredentialVault } from '@springtide/accounts';
import { EffectLedger } from '@springtide/effects';
import type { Clock } from '@springtide/kernel';
import { CLOCK, Database, ENDPOINT_GATE, type EndpointGate } from '@springtide/platform';
import { BuiltClusterMachines } from './built-cluster-machines.js';
import { BuiltClusterService } from './built-cluster.service.js';
import { ClusterDiscovery } from './cluster-discovery.js';
import { ClusterEffects } from './cluster-effects.js';
import { ClusterUsers } from './cluster-users.js';
import { ClusterService } from './cluster.service.js';
import { ManagedClusterService } from './managed-cluster.service.js';
import { ManagedNodePoolService } from './managed-node-pool.service.js';
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
          useFactory: (
            database: Database,
            clusters: ClusterService,
            effects: ClusterEffects,
            gate: EndpointGate,
            clock: Clock,
          ) => {
            const users = new ClusterUsers(gate, clock);
            return new ManagedClusterService({ database, clusters, effects, users, clock });
          },
          inject: [Database, ClusterService, ClusterEffects, ENDPOINT_GATE, CLOCK],
        },
        {
          provide: ManagedNodePoolService,
          useFactory: (
            database: Database,
            managed: ManagedClusterService,
            effects: ClusterEffects,
            clock: Clock,
          ) => new ManagedNodePoolService({ database, managed, effects, clock }),
          inject: [Database, ManagedClusterService, ClusterEffects, CLOCK],
        },
        {
          provide: BuiltClusterService,
          useFactory: makeBuiltClusters,
          inject: [
            Database,
            CredentialVault,
            AccountService,
            ClusterService,
            EffectLedger,
            ENDPOINT_GATE,
            CLOCK,
          ],
        },
        {
          provide: WorkloadService,
          useFactory: (database: Database, effects: ClusterEffects, clock: Clock) =>
            new WorkloadService({ database, effects, clock }),
          inject: [Database, ClusterEffects, CLOCK],
        },
      ],
      exports: [
        BuiltClusterService,
        ClusterService,
        ManagedClusterService,
        ManagedNodePoolService,
        WorkloadService,
      ],
    };
  }
}

function makeBuiltClusters(
  database: Database,
  vault: CredentialVault,
  accounts: AccountService,
  clusters: ClusterService,
  ledger: EffectLedger,
  gate: EndpointGate,
  clock: Clock,
): BuiltClusterService {
  const machines = new BuiltClusterMachines(ledger);
  const discovery = new ClusterDiscovery(gate);
  return new BuiltClusterService({ database, vault, accounts, clusters, machines, discovery, clock });
}
