import { MarketService, catalogSchema, type CloudSource } from '@springtide/catalog';
import { addMs, toInstant } from '@springtide/kernel';
import { Roles1760000000000, jobContext, silentLogger, type SchemaPart } from '@springtide/platform';
import { connectAccount, type CloudClient } from '@springtide/provider-kit';
import { fakeClock, testDatabase, type TestDatabase } from '@springtide/testing';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  manifest,
  openSimulatedCloud,
  type SimulatedCloud,
} from '../../providers/simulated/index.js';
import { InventoryService, InventorySyncService, inventorySchema, type PlaceReport } from './index.js';

const TENANT = '00000000-0000-4000-8000-000000000001';
const ACCOUNT = '10000000-0000-4000-8000-000000000001';
const CLOUD = 'inventory-spec';
const MACHINES = 25;
const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };
const tenant = jobContext('spec', TENANT, 'request-1');

describe('inventory and market of a simulated cloud', () => {
  let db: TestDatabase;
  let cloud: SimulatedCloud;
  let client: CloudClient;
  let sync: InventorySyncService;
  let inventory: InventoryService;
  let market: MarketService;
  const clock = fakeClock('2026-11-01T08:00:00.000Z', { autoAdvance: true });

  beforeAll(async () => {
    db = await testDatabase([roles, catalogSchema, inventorySchema]);
    const plan = examplePublicCloud();
    const behaviour = { bootMs: 800, terminateMs: 400, readLagMs: 500, pageSize: 10 };
    cloud = openSimulatedCloud(CLOUD, { ...plan, behaviour }, clock);
    client = await connectAccount(manifest, { cloud: CLOUD }, plan.credentials, {
      account: ACCOUNT,
      clock,
      gate: openGate,
      log: silentLogger,
    });
    const source: CloudSource = {
      regions: () => Promise.resolve(['sim-east']),
      use: (_context, _account, work) => work(client),
    };
    sync = new InventorySyncService({
      database: db.database,
      clouds: source,
      clock,
      log: silentLogger,
      installation: 'here',
    });
    inventory = new InventoryService(db.database, 'here');
    market = new MarketService(db.database, source, clock, silentLogger);
  }, 60_000);
  afterAll(async () => {
    await client.close();
    closeSimulatedCloud(CLOUD);
    await db.drop();
  });

  async function syncMachines(): Promise<PlaceReport | undefined> {
    await clock.sleep(60_000);
    const report = await sync.syncAccount(tenant, ACCOUNT);
    return report.places.find((place) => place.resourceType === 'machine');
  }

  it('finds every machine of ours over several pages, with its owner', async () => {
    await client.compute.launch({
      token: 'token-1',
      region: 'sim-east',
      zone: 'sim-east-a',
      machineType: 'c2.large',
      purchaseOption: 'on-demand',
      count: MACHINES,
      minimum: 1,
      namePrefix: 'shop',
      image: 'img-shop-1',
      subnet: 'net-a',
      securityGroups: [],
      ownership: {
        installation: 'here',
        tenant: TENANT,
        intent: 'intent-1',
        token: 'token-1',
        campaign: 'c-1',
      },
      labels: {},
      releaseAt: addMs(toInstant(clock.now()), 86_400_000),
    });
    expect(await syncMachines()).toMatchObject({ complete: true, seen: MACHINES, appeared: MACHINES });
    const filter = { ours: true, campaign: 'c-1' };
    expect(await inventory.count(tenant, 'machine', filter, 'state')).toEqual(
      new Map([['running', MACHINES]]),
    );
    const networks = await inventory.list(tenant, 'network', {}, { limit: 50 });
    expect(networks.items.map((row) => row.resource.id)).toContain('net-a');
    expect((await inventory.list(tenant, 'image', {}, { limit: 50 })).items.length).toBeGreaterThan(0);
  });

  it('takes nothing for deleted when the cloud cuts a listing, breaks or forgets its own pages', async () => {
    for (const effect of ['truncate', 'break'] as const) {
      cloud.administer({ action: 'inject', operation: 'ListMachines', effect, times: 20 });
      expect(await syncMachines()).toMatchObject({ complete: false, gone: 0 });
      cloud.administer({ action: 'reset' });
    }
    expect(await inventory.count(tenant, 'machine', {}, 'state')).toEqual(new Map([['running', MACHINES]]));
  });

  it('sees what somebody deleted behind our back', async () => {
    const { items } = await inventory.list(tenant, 'machine', {}, { limit: 3 });
    for (const row of items) cloud.administer({ action: 'delete-outside', id: row.resource.id });
    expect(await syncMachines()).toMatchObject({ complete: true, gone: 3 });
    const events = await inventory.listDrift(tenant, {}, { limit: 3 });
    expect(events.map((event) => event.kind)).toEqual(['gone', 'gone', 'gone']);
  });

  it('reads the market with prices, stock and quota, sold-out offerings included', async () => {
    const [report] = await market.refreshOfferings(tenant, ACCOUNT);
    expect(report).toMatchObject({ complete: true, region: 'sim-east' });
    const snapshot = await market.takeMarketSnapshot(tenant, [ACCOUNT]);
    expect(snapshot.offerings).toHaveLength(report?.offerings ?? -1);
    expect(snapshot.offerings.find((row) => row.machineType === 'c2.large')).toMatchObject({
      vcpu: expect.any(Number),
      pricePerHour: { currency: expect.stringMatching(/^[A-Z]{3}$/) },
    });
    expect(snapshot.quotas.length).toBeGreaterThan(0);
    expect(await market.refreshOfferings(tenant, ACCOUNT)).toMatchObject([{ complete: true, written: 0 }]);
  });
});

function refuse(): never {
  throw new Error('the simulated cloud needs no connection');
}

const openGate = {
  check: () => Promise.resolve(),
  dispatcher: refuse,
  httpAgent: refuse,
  httpsAgent: refuse,
};
