import { Roles1760000000000, jobContext, silentLogger, type SchemaPart } from '@springtide/platform';
import type { Machine } from '@springtide/provider-kit';
import { fakeClock, testDatabase, type TestDatabase } from '@springtide/testing';
import { scriptedCloud, type CloudScript } from '../catalog/testing/scripted-cloud.js';
import {
  InventoryService,
  InventorySyncService,
  inventorySchema,
  ledgerMachines,
  type AskLedger,
  type InventoryCursor,
  type InventoryFilter,
  type InventoryPage,
  type PlaceReport,
} from './index.js';

const TENANT = '00000000-0000-4000-8000-000000000001';
const ACCOUNT = '10000000-0000-4000-8000-000000000001';
const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };
const tenant = jobContext('spec', TENANT, 'request-1');
const other = jobContext('spec', '00000000-0000-4000-8000-000000000002', 'request-2');

function machine(n: number, over: Partial<Machine> = {}): Machine {
  return {
    id: `i-${n}`,
    name: `shop-${String(n).padStart(5, '0')}`,
    state: 'running',
    region: 'r1',
    zone: n % 2 === 0 ? 'r1-a' : 'r1-b',
    machineType: 'm.large',
    purchaseOption: 'on-demand',
    addresses: [`10.0.${Math.floor(n / 250)}.${n % 250}`],
    labels: {},
    ...over,
  };
}

function ours(n: number, campaign: string): Machine {
  const ownership = { installation: 'here', tenant: TENANT, intent: `intent-${n}`, token: 't', campaign };
  return machine(n, { ownership: { ...ownership, service: 'storefront' } });
}

function fleet(count: number): Machine[] {
  return Array.from({ length: count }, (_, n) => machine(n));
}

describe('inventory on PostgreSQL', () => {
  let db: TestDatabase;
  let script: CloudScript;
  let sync: InventorySyncService;
  let inventory: InventoryService;
  const clock = fakeClock('2026-11-01T08:00:00.000Z');

  beforeEach(async () => {
    db = await testDatabase([roles, inventorySchema]);
    const cloud = await scriptedCloud(clock, { trail: true });
    script = cloud.script;
    sync = new InventorySyncService({
      database: db.database,
      clouds: cloud.source,
      clock,
      log: silentLogger,
      installation: 'here',
    });
    inventory = new InventoryService(db.database, 'here');
  }, 60_000);
  afterEach(() => db.drop());

  async function syncMachines(): Promise<PlaceReport | undefined> {
    await clock.advance(60_000);
    const report = await sync.syncAccount(tenant, ACCOUNT);
    return report.places.find((place) => place.resourceType === 'machine');
  }
  async function names(filter: InventoryFilter): Promise<string[]> {
    const page = await inventory.list(tenant, 'machine', filter, { limit: 200 });
    return page.items.map((item) => item.resource.name);
  }
  async function drift(): Promise<string[]> {
    const events = await inventory.listDrift(tenant, {}, { limit: 50 });
    return events.map(
      (event) => `${event.resourceId} ${event.kind} ${event.changes.map((c) => c.field).join()}`,
    );
  }

  it('sees what appeared, changed and is gone, and says what changed', async () => {
    script.machines = fleet(10);
    script.networks = [{ id: 'n-1', name: 'front', region: 'r1', cidr: '10.0.0.0/16', freeAddresses: 90 }];
    script.images = [{ id: 'img-1', name: 'base', region: 'r1', arch: 'amd64' }];
    await clock.advance(60_000);
    const first = await sync.syncAccount(tenant, ACCOUNT);
    expect(first.complete).toBe(true);
    expect(first.places.map((place) => [place.resourceType, place.appeared])).toEqual([
      ['machine', 10],
      ['network', 1],
      ['image', 1],
      ['host', 0],
      ['disk', 0],
      ['load-balancer', 0],
    ]);
    expect(await drift()).toEqual([]);

    script.machines = [...fleet(9).slice(1), machine(0, { state: 'stopped' }), machine(77)];
    expect(await syncMachines()).toMatchObject({ complete: true, appeared: 1, changed: 1, gone: 1 });
    expect((await drift()).toSorted()).toEqual(['i-0 changed state', 'i-77 appeared ', 'i-9 gone ']);
    expect(script.calls).toContain('describe 1');
    expect(await inventory.count(tenant, 'machine', {}, 'state')).toEqual(
      new Map([
        ['running', 9],
        ['stopped', 1],
      ]),
    );
    expect(await names({ state: 'gone' })).toEqual(['shop-00009']);
    expect(await syncMachines()).toMatchObject({ complete: true, appeared: 0, changed: 0, gone: 0 });
  });

  it('names who changed machines from outside, by the cloud’s own trail, however late it tells', async () => {
    const told = async () =>
      (await inventory.listDrift(tenant, {}, { limit: 50 })).map(
        ({ resourceId, who }) => [resourceId, who] as const,
      );
    const by = (trail: string | null) => ({ by: 'outside', trail });
    script.machines = fleet(9);
    await syncMachines();
    expect(script.calls.filter((call) => call.startsWith('trail'))).toEqual([]);
    const now = clock.now().getTime();
    const deed = (n: number, who: string, what: string, afterMs: number) => {
      return { machineId: `i-${n}`, who, what, at: new Date(now + afterMs).toISOString() };
    };
    script.trail = [
      deed(0, 'ann', 'stopped it', 20_000),
      deed(0, 'bob', 'started it', 10_000),
      deed(0, 'eve', 'did something later', 600_000),
      deed(3, 'ann', 'long ago', -24 * 3_600_000),
      deed(9, 'ann', 'of another machine', 1_000),
    ];
    const rest = fleet(9).slice(4);
    script.machines = [machine(0, { state: 'stopped' }), machine(1), machine(2), ...rest];
    await syncMachines();
    expect(new Map(await told())).toEqual(
      new Map([
        ['i-0', by('ann: stopped it')],
        ['i-3', by(null)],
      ]),
    );
    script.machines = [
      ...[machine(0, { state: 'stopped' }), machine(1), machine(2, { state: 'stopped' })],
      ...rest,
    ];
    script.trail = 'closed';
    expect(await syncMachines()).toMatchObject({ complete: true, changed: 1 });
    expect((await told())[0]).toEqual(['i-2', by(null)]);
    // What could not be asked is asked again with the next news; what was answered is not.
    script.machines = [machine(0), machine(1), machine(2, { state: 'stopped' }), ...rest];
    script.trail = [deed(2, 'ann', 'stopped it', 60_000), deed(0, 'bob', 'started it', 150_000)];
    await syncMachines();
    expect((await told()).slice(0, 2)).toEqual([
      ['i-0', by('bob: started it')],
      ['i-2', by('ann: stopped it')],
    ]);
    expect(script.calls.filter((call) => call.startsWith('trail'))).toEqual([
      expect.stringMatching(/^trail shop-0000[03],shop-0000[03]$/),
      'trail shop-00002',
      'trail shop-00000,shop-00002',
    ]);

    // Public clouds tell of a deed minutes later: the machine that nobody ended is asked about again, the others are not.
    const asked = () => script.calls.filter((call) => call.startsWith('trail')).slice(3);
    await clock.advance(2 * 60_000);
    script.trail.push(deed(3, 'kim', 'ended it', 15_000));
    await syncMachines();
    expect(asked()).toEqual(['trail shop-00003']);
    expect(new Map(await told()).get('i-3')).toEqual(by('kim: ended it'));

    // A cloud that never tells is not asked for ever.
    script.machines = [machine(0), machine(1), machine(2, { state: 'stopped' }), ...rest.slice(1)];
    for (let minute = 0; minute < 60; minute += 1) await syncMachines();
    expect(asked().slice(1)).toEqual(Array.from({ length: 7 }, () => 'trail shop-00004'));
    expect((await told())[0]).toEqual(['i-4', by(null)]);
  });

  it.each(['cut', 'fail'] as const)(
    'takes nothing for deleted after a listing that is %s',
    async (listing) => {
      script.machines = fleet(150);
      await syncMachines();
      script.machines = fleet(120);
      script.listing = listing;
      expect(await syncMachines()).toMatchObject({ complete: false, gone: 0 });
      expect(await inventory.count(tenant, 'machine', {}, 'account')).toEqual(new Map([[ACCOUNT, 150]]));
      const [freshness] = await inventory.freshness(tenant);
      expect(freshness).toMatchObject({ complete: false });
      expect(freshness?.confirmedAt).not.toBe(freshness?.attemptedAt);
    },
  );

  it('keeps a machine that the listing forgot and the cloud still knows', async () => {
    script.machines = fleet(10);
    await syncMachines();
    script.machines = fleet(9);
    script.unlisted = [machine(9, { state: 'stopping' })];
    expect(await syncMachines()).toMatchObject({ complete: true, gone: 0, hidden: 1, changed: 1 });
    expect(await names({ state: 'stopping' })).toEqual(['shop-00009']);
  });

  it('doubts an empty listing twice, then asks for every id before it believes', async () => {
    script.machines = fleet(10);
    await syncMachines();
    script.unlisted = fleet(2);
    script.machines = [];
    expect(await syncMachines()).toMatchObject({ complete: false, gone: 0 });
    expect(await syncMachines()).toMatchObject({ complete: false, gone: 0 });
    expect(script.calls.filter((call) => call.startsWith('describe'))).toEqual([]);
    expect(await syncMachines()).toMatchObject({ complete: true, gone: 8, hidden: 2 });
    expect(await names({})).toEqual(['shop-00000', 'shop-00001']);
  });

  it('asks what the ledger released only when machines are missing, and believes it at once', async () => {
    let asked = 0;
    const released: AskLedger = () => {
      asked += 1;
      const items = [0, 1, 2, 3, 4, 5].map((n) => {
        return {
          machineId: `i-${n}`,
          state: 'releasing',
          releasingAt: clock.now().toISOString(),
          goneAt: null,
        };
      });
      const place = { region: 'r1', campaignId: null };
      return Promise.resolve(ledgerMachines([{ id: 'intent-1', runId: 'run-1', ...place, items }]));
    };
    const machinesOf = async (): Promise<PlaceReport | undefined> => {
      await clock.advance(60_000);
      const report = await sync.syncAccount(tenant, ACCOUNT, released);
      return report.places.find((place) => place.resourceType === 'machine');
    };
    script.machines = fleet(8);
    await machinesOf();
    expect(asked).toBe(0);
    script.machines = fleet(8).slice(6);
    expect(await machinesOf()).toMatchObject({ complete: true, gone: 6 });
    expect(asked).toBe(1);
    script.machines = [];
    expect(await machinesOf()).toMatchObject({ complete: false, gone: 0 });
  });

  it('drops a network only when two complete listings lack it', async () => {
    script.networks = Array.from({ length: 6 }, (_, i) => ({ id: `n-${i}`, name: `net-${i}`, region: 'r1' }));
    await sync.syncAccount(tenant, ACCOUNT);
    script.networks = script.networks.slice(1);
    const gone: number[] = [];
    for (let turn = 0; turn < 2; turn += 1) {
      await clock.advance(60_000);
      const report = await sync.syncAccount(tenant, ACCOUNT);
      gone.push(report.places.find((place) => place.resourceType === 'network')?.gone ?? -1);
    }
    expect(gone).toEqual([0, 1]);
  });

  it('filters and pages on the server, without loss or repetition', async () => {
    script.machines = [...fleet(95), ...Array.from({ length: 30 }, (_, n) => ours(200 + n, 'double-11'))];
    await syncMachines();
    const seen: string[] = [];
    let after: InventoryCursor | null = null;
    do {
      const page: InventoryPage<'machine'> = await inventory.list(
        tenant,
        'machine',
        {},
        { limit: 40, ...(after ? { after } : {}) },
      );
      seen.push(...page.items.map((item) => item.resource.id));
      after = page.next;
    } while (after);
    expect(seen).toHaveLength(125);
    expect(new Set(seen).size).toBe(125);
    expect(await names({ ours: true })).toHaveLength(30);
    expect(await names({ ours: false })).toHaveLength(95);
    expect(await names({ campaign: 'double-11', zone: 'r1-a', state: 'running' })).toHaveLength(15);
    expect(await names({ text: 'SHOP-00201' })).toEqual(['shop-00201']);
    expect(await names({ text: '10.0.0.42' })).toEqual(['shop-00042']);
    expect(await names({ text: '%' })).toEqual([]);
    expect(await names({ region: 'elsewhere' })).toEqual([]);
    expect((await inventory.list(other, 'machine', {}, { limit: 10 })).items).toEqual([]);
  });

  it('shows one machine, to its tenant only', async () => {
    script.machines = [ours(1, 'double-11')];
    await syncMachines();
    const [first] = (await inventory.list(tenant, 'machine', {}, { limit: 10 })).items;
    expect(first).toMatchObject({ resource: script.machines[0], goneAt: null });
    expect(await inventory.getMachine(tenant, first?.id ?? '')).toEqual(first);
    await expect(inventory.getMachine(other, first?.id ?? '')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('lets nobody in without the permission', async () => {
    const actor = { kind: 'user', id: 'u', name: 'Visitor', permissions: new Set<string>() } as const;
    const visitor = { ...tenant, actor };
    for (const attempt of [
      inventory.list(visitor, 'machine', {}, { limit: 1 }),
      inventory.getMachine(visitor, TENANT),
      inventory.count(visitor, 'machine', {}, 'state'),
      inventory.freshness(visitor),
      inventory.listDrift(visitor, {}, { limit: 1 }),
      sync.syncAccount(visitor, ACCOUNT),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'permission-denied' });
    }
  });

  it('writes ten times the machines in about ten times the time', async () => {
    const timed = async (expected: object): Promise<number> => {
      const started = performance.now();
      expect(await syncMachines()).toMatchObject(expected);
      return performance.now() - started;
    };
    script.machines = fleet(100);
    const few = await timed({ appeared: 100 });
    script.machines = fleet(1_000);
    // Work that grows with the square would take a hundred times as long.
    expect(await timed({ appeared: 900 })).toBeLessThan(50 * few);
    script.machines = script.machines.map((item) => ({ ...item, state: 'stopped' as const }));
    expect(await timed({ changed: 1_000 })).toBeLessThan(50 * few);
  });
});
