import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountService, AccountSessions, CredentialVault, accountsSchema } from '@springtide/accounts';
import { EffectLedger, PostgresEffectStore, STANDARD_EFFECTS, effectsSchema } from '@springtide/effects';
import { identitySchema } from '@springtide/identity';
import {
  type Database,
  Roles1760000000000,
  createEndpointGate,
  localKeyRing,
  newId,
  silentLogger,
  systemClock,
} from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import { seedTenant, testDatabase, type SeededTenant } from '@springtide/testing';
import { ClusterEffects } from '../cluster-effects.js';
import pg from 'pg';
import { BuiltClusterMachines } from '../built-cluster-machines.js';
import { ClusterDiscovery } from '../cluster-discovery.js';
import { ClusterUsers } from '../cluster-users.js';
import {
  BuiltClusterService,
  ClusterService,
  ManagedClusterService,
  ManagedNodePoolService,
  WorkloadService,
  clustersSchema,
} from '../index.js';

export type ClusterStand = Readonly<{
  /** Two tenants, who know nothing of each other. */
  one: SeededTenant;
  two: SeededTenant;
  accounts: AccountService;
  clusters: ClusterService;
  managed: ManagedClusterService;
  nodePools: ManagedNodePoolService;
  built: BuiltClusterService;
  workloads: WorkloadService;
  ledger: EffectLedger;
  database: Database;
  /** As the database's owner, who sees every tenant's rows. */
  rows(sql: string): Promise<readonly unknown[]>;
  stop(): Promise<void>;
}>;

/** Everything from the account to the ledger on a database of its own; only what lies behind these addresses is reached. */
export async function clusterStand(
  manifests: readonly ProviderManifest[],
  addresses: readonly string[],
): Promise<ClusterStand> {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-clusters-'));
  const roles = { entities: [], migrations: [Roles1760000000000] };
  const db = await testDatabase([roles, identitySchema, accountsSchema, effectsSchema, clustersSchema]);
  const { database } = db;
  const clock = systemClock;
  const gate = createEndpointGate({
    openHostPorts: addresses.map((url) => new URL(url).host),
    privateRanges: [],
  });
  const vault = new CredentialVault(await localKeyRing(join(folder, 'vault.key')));
  const providers = new Map(manifests.map((each) => [each.id, each]));
  const sessions = new AccountSessions({ database, vault, providers, gate, clock, log: silentLogger });
  const ledger = new EffectLedger({
    store: new PostgresEffectStore(database),
    clouds: sessions,
    clock,
    newId,
    installation: 'spec',
    policy: STANDARD_EFFECTS,
    log: silentLogger,
  });
  const effects = new ClusterEffects(ledger);
  const accounts = new AccountService({ database, clock, vault, sessions });
  const clusters = new ClusterService(accounts, effects, clock);
  const managed = new ManagedClusterService({
    database,
    clusters,
    effects,
    users: new ClusterUsers(gate, clock),
    clock,
  });
  return {
    one: await seedTenant(database, clock),
    two: await seedTenant(database, clock),
    accounts,
    clusters,
    managed,
    nodePools: new ManagedNodePoolService({ database, managed, effects, clock }),
    built: new BuiltClusterService({
      database,
      vault,
      accounts,
      clusters,
      machines: new BuiltClusterMachines(ledger),
      discovery: new ClusterDiscovery(gate),
      clock,
    }),
    workloads: new WorkloadService({ database, effects, clock }),
    ledger,
    database,
    rows: async (sql) => {
      const client = new pg.Client(db.ownerUrl);
      await client.connect();
      try {
        return (await client.query(sql)).rows as readonly unknown[];
      } finally {
        await client.end();
      }
    },
    stop: async () => {
      await sessions.close();
      await db.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
