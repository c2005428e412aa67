import { setTimeout as wait } from 'node:timers/promises';
import { addMs, toInstant } from '@springtide/kernel';
import { Roles1760000000000, jobContext, silentLogger, type SchemaPart } from '@springtide/platform';
import type { Machine } from '@springtide/provider-kit';
import { fakeClock, testDatabase, type FakeClock, type TestDatabase } from '@springtide/testing';
import { scriptedCloud, type CloudScript } from '../catalog/testing/scripted-cloud.js';
import { TopologyQueries } from './data/topology.queries.js';
import {
  InventoryService,
  InventorySyncService,
  InventoryWatchService,
  inventorySchema,
  ledgerMachines,
  type SyncReport,
} from './index.js';

const TENANT = '00000000-0000-4000-8000-000000000001';
const ACCOUNT = '10000000-0000-4000-8000-000000000001';
const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };
const tenant = jobContext('spec', TENANT, 'request-1');

function machine(n: number, over: Partial<Machine> = {}): Machine {
  return {
    id: `i-${n}`,
    name: `shop-${String(n).padStart(4, '0')}`,
    state: 'running',
    region: 'r1',
    zone: 'r1-a',
    machineType: 'm.large',
    purchaseOption: 'on-demand',
    addresses: [],
    labels: {},
    ...over,
  };
}

function fleet(count: number, over: Partial<Machine> = {}): Machine[] {
  return Array.from({ length: count }, (_, n) => machine(n, over));
}

/** One look at the account, by a cloud that answers as its script says. */
type Look = Readonly<{ script: CloudScript; sync: InventorySyncService; watch: InventoryWatchService }>;

describe('looks at one place at the same time', () => {
  let db: TestDatabase;
  let inventory: InventoryService;
  let clock: FakeClock;

  beforeEach(async () => {
    db = await testDatabase([roles, inventorySchema]);
    clock = fakeClock('2026-11-01T08:00:00.000Z');
    inventory = new InventoryService(db.database, 'here');
  }, 60_000);
  afterEach(() => db.drop());

  async function look(): Promise<Look> {
    const { script, source } = await scriptedCloud(clock);
    const base = { database: db.database, clouds: source, clock, log: silentLogger };
    const parts = { ...base, installation: 'here' };
    const sync = new InventorySyncService(parts);
    return { script, sync, watch: new InventoryWatchService(parts, sync) };
  }
  /** Its listing stops after a page, until it is told to go on. */
  function hold({ script }: Look): { held: Promise<void>; release: () => void } {
    let release = (): void => undefined;
    let reached = (): void => undefined;
    const held = new Promise<void>((resolve) => (reached = resolve));
    const free = new Promise<void>((resolve) => (release = resolve));
    script.afterPage = async () => {
      reached();
      await free;
    };
    return { held, release };
  }
  function machines(report: SyncReport) {
    return report.places.find((place) => place.resourceType === 'machine');
  }
  async function relationCount(): Promise<number> {
    const counts = await db.database.unitOfWork(tenant, async (tx) =>
      new TopologyQueries(tx, TENANT).countRelations(null),
    );
    return counts.reduce((sum, { count }) => sum + count, 0);
  }
  async function states(): Promise<ReadonlyMap<string, number>> {
    return await inventory.count(tenant, 'machine', {}, 'state');
  }

  it('tells everything once and keeps one row each, however many look', async () => {
    const looks = await Promise.all([look(), look(), look()]);
    looks[0].script.machines = fleet(1);
    await looks[0].sync.syncAccount(tenant, ACCOUNT);
    await clock.advance(60_000);
    for (const { script } of looks) script.machines = fleet(700);
    const reports = await Promise.all(looks.map(({ sync }) => sync.syncAccount(tenant, ACCOUNT)));
    expect(await states()).toEqual(new Map([['running', 700]]));
    const appeared = reports.map((report) => machines(report)?.appeared ?? 0);
    expect(appeared.reduce((sum, each) => sum + each, 0)).toBe(699);
    const events = await inventory.listDrift(tenant, { kind: 'appeared' }, { limit: 2_000 });
    expect(events).toHaveLength(699);
  });

  it('looks at a place for the first time together, and has each machine and its relations once', async () => {
    const relations = [{ kind: 'made-from', to: 'image', id: 'img-1' }] as const;
    const looks = await Promise.all([look(), look()]);
    for (const { script } of looks) script.machines = fleet(1_500, { relations });
    const reports = await Promise.all(looks.map(({ sync }) => sync.syncAccount(tenant, ACCOUNT)));
    expect(reports.map((report) => machines(report)?.complete)).toContain(true);
    const appeared = reports.map((report) => machines(report)?.appeared ?? 0);
    expect(appeared.reduce((sum, each) => sum + each, 0)).toBe(1_500);
    expect(await states()).toEqual(new Map([['running', 1_500]]));
    expect(await relationCount()).toBe(1_500);
    expect(await inventory.listDrift(tenant, {}, { limit: 10 })).toEqual([]);
  });

  it('does not let an older look overwrite a newer one, nor take for gone what came meanwhile', async () => {
    const [older, newer] = [await look(), await look()];
    older.script.machines = fleet(300);
    await older.sync.syncAccount(tenant, ACCOUNT);
    await clock.advance(60_000);
    const { held, release } = hold(older);
    const slow = older.sync.syncAccount(tenant, ACCOUNT);
    await held;
    await clock.advance(20_000);
    newer.script.machines = [...fleet(300, { state: 'stopped' }), machine(900)];
    expect(machines(await newer.sync.syncAccount(tenant, ACCOUNT))).toMatchObject({ changed: 300 });
    older.script.machines = [];
    release();
    expect(machines(await slow)).toMatchObject({ complete: false, changed: 0, gone: 0 });
    expect(await states()).toEqual(
      new Map([
        ['stopped', 300],
        ['running', 1],
      ]),
    );
  });

  it('holds nothing while a cloud takes its time: what a run buys appears, and stays', async () => {
    const [slowly, run] = [await look(), await look()];
    slowly.script.machines = fleet(300);
    await slowly.sync.syncAccount(tenant, ACCOUNT);
    await clock.advance(60_000);
    const { held, release } = hold(slowly);
    const slow = slowly.sync.syncAccount(tenant, ACCOUNT);
    await held;
    const bought = machine(901, { state: 'pending' });
    run.script.machines = fleet(300);
    run.script.unlisted = [bought];
    const items = [{ machineId: bought.id, state: 'accepted', releasingAt: null, goneAt: null }];
    const known = ledgerMachines([
      { id: 'intent-1', runId: 'run-1', campaignId: 'c-1', region: 'r1', items },
    ]);
    const ledger = { all: () => Promise.resolve(known), alive: () => Promise.resolve(known) };
    const ending = new AbortController();
    const end = { until: addMs(toInstant(clock.now()), 600_000), signal: ending.signal };
    const watching = run.watch.watchAccount(tenant, ACCOUNT, ledger, end);
    const until = performance.now() + 5_000;
    while (!(await states()).has('pending') && performance.now() < until) await wait(20);
    ending.abort();
    await watching;
    expect((await states()).get('pending')).toBe(1);
    release();
    expect(machines(await slow)).toMatchObject({ gone: 0 });
    await clock.advance(60_000);
    // Its listing does not have the machine yet; asked by id, the cloud does.
    expect(machines(await run.sync.syncAccount(tenant, ACCOUNT))).toMatchObject({ gone: 0, hidden: 1 });
    expect((await states()).get('pending')).toBe(1);
  });
});
