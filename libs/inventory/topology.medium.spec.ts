import { Roles1760000000000, jobContext, silentLogger, type SchemaPart } from '@springtide/platform';
import type { Machine, Relation, Resource } from '@springtide/provider-kit';
import { fakeClock, testDatabase, type TestDatabase } from '@springtide/testing';
import { scriptedCloud, type CloudScript } from '../catalog/testing/scripted-cloud.js';
import { InventoryService, InventorySyncService, TopologyService, inventorySchema } from './index.js';

const TENANT = '00000000-0000-4000-8000-000000000001';
const ACCOUNT = '10000000-0000-4000-8000-000000000001';
const OTHER_ACCOUNT = '10000000-0000-4000-8000-000000000002';
const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };
const tenant = jobContext('spec', TENANT, 'request-1');
const other = jobContext('spec', '00000000-0000-4000-8000-000000000002', 'request-2');

function machine(n: number, relations: readonly Relation[]): Machine {
  return {
    id: `i-${n}`,
    name: `shop-${n}`,
    state: 'running',
    region: 'r1',
    zone: 'r1-a',
    machineType: 'm.large',
    purchaseOption: 'private',
    addresses: [],
    labels: { env: n % 2 === 0 ? 'prod' : 'test', team: 'shop' },
    relations,
  };
}

function resource(kind: Resource['kind'], id: string, relations: readonly Relation[] = []): Resource {
  return { kind, id, name: id, region: 'r1', facts: {}, labels: {}, relations };
}

const onHost = (id: string): Relation => ({ kind: 'runs-on', to: 'host', id });
const inNetwork: Relation = { kind: 'inside', to: 'network', id: 'n-1' };
const ofMachine = (kind: Relation['kind'], n: number): Relation => ({ kind, to: 'machine', id: `i-${n}` });

describe('topology on PostgreSQL', () => {
  let db: TestDatabase;
  let script: CloudScript;
  let sync: InventorySyncService;
  let inventory: InventoryService;
  let topology: TopologyService;
  const clock = fakeClock('2026-11-01T08:00:00.000Z');

  beforeAll(async () => {
    db = await testDatabase([roles, inventorySchema]);
    const cloud = await scriptedCloud(clock);
    ({ script } = cloud);
    const parts = { database: db.database, clouds: cloud.source, clock, log: silentLogger };
    sync = new InventorySyncService({ ...parts, installation: 'here' });
    inventory = new InventoryService(db.database, 'here');
    topology = new TopologyService(db.database);
    script.networks = [{ id: 'n-1', name: 'front', region: 'r1' }];
    script.machines = [
      ...Array.from({ length: 3 }, (_, n) => machine(n, [onHost('h-1'), inNetwork])),
      ...Array.from({ length: 37 }, (_, n) => machine(10 + n, [onHost('h-2'), inNetwork])),
    ];
    script.resources = [
      resource('host', 'h-1'),
      resource('host', 'h-2'),
      resource('disk', 'd-1', [ofMachine('attached-to', 0)]),
      resource('load-balancer', 'lb-1', [ofMachine('sends-to', 0), ofMachine('sends-to', 1)]),
    ];
    await clock.advance(60_000);
    await sync.syncAccount(tenant, ACCOUNT);
  }, 60_000);
  afterAll(() => db.drop());

  async function idOf(type: 'machine' | 'network' | 'host', text: string): Promise<string> {
    const { items } = await inventory.list(tenant, type, { text, accountId: ACCOUNT }, { limit: 1 });
    return items[0]?.id ?? '';
  }
  async function around(id: string, depth = 1, limit = 100): Promise<{ nodes: string[]; edges: string[] }> {
    const map = await topology.around(tenant, id, { depth, limit });
    const names = new Map(map.nodes.map((node) => [node.key, `${node.type} ${node.name}`]));
    return {
      nodes: [...names.values()].toSorted(),
      edges: map.edges.map(({ from, kind, to }) => `${names.get(from)} ${kind} ${names.get(to)}`).toSorted(),
    };
  }

  it('shows what a machine runs on, and what hangs on it', async () => {
    expect(await around(await idOf('machine', 'shop-0'))).toEqual({
      nodes: ['disk d-1', 'host h-1', 'load-balancer lb-1', 'machine shop-0', 'network front'],
      edges: [
        'disk d-1 attached-to machine shop-0',
        'load-balancer lb-1 sends-to machine shop-0',
        'machine shop-0 inside network front',
        'machine shop-0 runs-on host h-1',
      ],
    });
  });

  it('goes further, counts what is too much to draw, and obeys its limit', async () => {
    const id = await idOf('machine', 'shop-0');
    const { nodes } = await around(id, 2);
    // Through the host and the balancer; the network has too many machines to be a way.
    expect(nodes).toEqual([
      'disk d-1',
      'host h-1',
      'load-balancer lb-1',
      'machine shop-0',
      'machine shop-1',
      'machine shop-2',
      'network front',
    ]);
    const map = await topology.around(tenant, id, { depth: 2, limit: 100 });
    expect(map.cut).toBe(false);
    expect(map.nodes.find((node) => node.type === 'network')?.dependants).toEqual([
      { type: 'machine', kind: 'inside', count: 40 },
    ]);
    const small = await topology.around(tenant, id, { depth: 3, limit: 4 });
    expect(small).toMatchObject({ cut: true, nodes: { length: 4 } });
  });

  it('shows the first few of many around the resource that was asked for, and how many there are', async () => {
    const map = await topology.around(tenant, await idOf('host', 'h-2'), { depth: 1, limit: 100 });
    expect(map.nodes).toHaveLength(13);
    expect(map.nodes[0]?.dependants).toEqual([{ type: 'machine', kind: 'runs-on', count: 37 }]);
  });

  it('sums a whole account up', async () => {
    expect(await topology.summary(tenant, ACCOUNT)).toEqual({
      types: [
        { type: 'disk', count: 1 },
        { type: 'host', count: 2 },
        { type: 'load-balancer', count: 1 },
        { type: 'machine', count: 40 },
        { type: 'network', count: 1 },
      ],
      relations: [
        { from: 'disk', kind: 'attached-to', to: 'machine', count: 1 },
        { from: 'load-balancer', kind: 'sends-to', to: 'machine', count: 2 },
        { from: 'machine', kind: 'inside', to: 'network', count: 40 },
        { from: 'machine', kind: 'runs-on', to: 'host', count: 40 },
      ],
    });
  });

  it('follows a machine that moves and one that goes, and shows what is not there as missing', async () => {
    const id = await idOf('machine', 'shop-1');
    script.machines = script.machines
      .filter((one) => one.id !== 'i-2')
      .map((one) => (one.id === 'i-1' ? machine(1, [onHost('h-9'), inNetwork]) : one));
    await clock.advance(60_000);
    await sync.syncAccount(tenant, ACCOUNT);
    expect((await around(id)).nodes).toEqual([
      'host h-9',
      'load-balancer lb-1',
      'machine shop-1',
      'network front',
    ]);
    const missing = (await topology.around(tenant, id, { depth: 1, limit: 50 })).nodes.find(
      (node) => node.id === null,
    );
    expect(missing).toMatchObject({ type: 'host', cloudId: 'h-9' });
    expect((await around(await idOf('host', 'h-1'))).nodes).toEqual(['host h-1', 'machine shop-0']);
    const events = await inventory.listDrift(tenant, { resourceId: 'i-1' }, { limit: 5 });
    expect(events[0]).toMatchObject({ kind: 'changed', changes: [{ field: 'relations' }] });
  });

  it('keeps accounts with equal ids apart, and tenants from each other', async () => {
    await sync.syncAccount(tenant, OTHER_ACCOUNT);
    expect((await around(await idOf('host', 'h-1'))).nodes).toEqual(['host h-1', 'machine shop-0']);
    const id = await idOf('machine', 'shop-0');
    await expect(topology.around(other, id, { depth: 1, limit: 10 })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await topology.summary(other)).toEqual({ types: [], relations: [] });
  });

  it('filters by labels, counts them, and sorts both ways', async () => {
    const page = { limit: 100 };
    const prod = { accountId: ACCOUNT, labels: [{ key: 'env', value: 'prod' }] };
    const found = await inventory.list(tenant, 'machine', prod, page);
    expect(new Set(found.items.map((row) => row.resource.labels['env']))).toEqual(new Set(['prod']));
    expect(found.items.length).toBeGreaterThan(15);
    const both = { ...prod, labels: [...prod.labels, { key: 'team', value: null }] };
    expect((await inventory.list(tenant, 'machine', both, page)).items).toHaveLength(found.items.length);
    const none = { labels: [{ key: 'nope', value: null }] };
    expect((await inventory.listAll(tenant, none, page)).items).toEqual([]);
    expect((await inventory.labels(tenant, 'machine'))[0]).toMatchObject({ key: 'team', value: 'shop' });
    const down: string[] = [];
    for (let after: { value: string; id: string } | null | undefined; after !== null;) {
      const sort = { by: 'name', descending: true } as const;
      const next = await inventory.list(tenant, 'machine', prod, {
        limit: 7,
        sort,
        ...(after ? { after } : {}),
      });
      down.push(...next.items.map((row) => row.resource.name));
      after = next.next;
    }
    expect(down).toEqual(found.items.map((row) => row.resource.name).toReversed());
  });
});
