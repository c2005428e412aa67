import { setImmediate as turn } from 'node:timers/promises';
import { addMs, toInstant } from '@springtide/kernel';
import { Roles1760000000000, jobContext, silentLogger, type SchemaPart } from '@springtide/platform';
import type { Machine } from '@springtide/provider-kit';
import { fakeClock, testDatabase, type FakeClock, type TestDatabase } from '@springtide/testing';
import { scriptedCloud, type CloudScript } from '../catalog/testing/scripted-cloud.js';
import {
  InventoryService,
  InventorySyncService,
  InventoryWatchService,
  inventorySchema,
  ledgerMachines,
  type WatchedLedger,
} from './index.js';

const TENANT = '00000000-0000-4000-8000-000000000001';
const ACCOUNT = '10000000-0000-4000-8000-000000000001';
const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };
const tenant = jobContext('spec', TENANT, 'request-1');

function machine(n: number, over: Partial<Machine> = {}): Machine {
  return {
    id: `i-${n}`,
    name: `shop-${n}`,
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

/** The ledger bought these, and has not seen them run. */
function bought(...ids: string[]): WatchedLedger {
  const items = ids.map((machineId) => ({ machineId, state: 'accepted', releasingAt: null, goneAt: null }));
  const machines = ledgerMachines([
    { id: 'intent-1', runId: 'run-1', campaignId: 'c-1', region: 'r1', items },
  ]);
  return { all: () => Promise.resolve(machines), alive: () => Promise.resolve(machines) };
}

describe('watching machines', () => {
  let db: TestDatabase;
  let clock: FakeClock;
  let script: CloudScript;
  let sync: InventorySyncService;
  let inventory: InventoryService;
  let watch: InventoryWatchService;

  async function begin(feed: boolean, trail = false): Promise<void> {
    db = await testDatabase([roles, inventorySchema]);
    clock = fakeClock('2026-11-01T08:00:00.000Z');
    const cloud = await scriptedCloud(clock, { feed, trail });
    ({ script } = cloud);
    const base = { database: db.database, clouds: cloud.source, clock, log: silentLogger };
    const parts = { ...base, installation: 'here' };
    sync = new InventorySyncService(parts);
    inventory = new InventoryService(db.database, 'here');
    watch = new InventoryWatchService(parts, sync);
  }
  afterEach(() => db.drop());

  /** Watches for so long, moving time in small steps, and looks at the inventory in between. */
  async function watching(
    forMs: number,
    ledger: WatchedLedger,
    look: (ms: number) => Promise<void>,
    stepMs = 500,
  ) {
    const until = addMs(toInstant(clock.now()), forMs);
    const ending = new AbortController();
    const done = watch.watchAccount(tenant, ACCOUNT, ledger, { until, signal: ending.signal });
    for (let ms = 0; ms < forMs; ms += stepMs) {
      await look(ms);
      await settle();
      await clock.advance(stepMs);
    }
    ending.abort();
    await done;
  }
  /** Lets what was begun reach its next sleep: the database answers in real time, however busy the machine is. */
  async function settle(): Promise<void> {
    do await turn();
    while (clock.sleeping() === 0);
  }
  async function states(): Promise<string[]> {
    const { items } = await inventory.list(tenant, 'machine', {}, { limit: 100 });
    return items.map((row) => `${row.resource.name} ${row.resource.state}`);
  }

  it('names who did something outside once the cloud’s trail tells it, also when nothing else happens', async () => {
    await begin(false, true);
    script.machines = [machine(1)];
    await sync.syncAccount(tenant, ACCOUNT);
    const named = async () =>
      (await inventory.listDrift(tenant, {}, { limit: 1 })).flatMap(({ who }) =>
        who?.by === 'outside' && who.trail !== null ? [who.trail] : [],
      );
    let namedAt = 0;
    await watching(
      8 * 60_000,
      bought(),
      async (ms) => {
        if (ms === 10_000) script.machines = [machine(1), machine(2)];
        // Minutes later, as public clouds do.
        if (ms === 120_000) {
          const at = addMs(toInstant(clock.now()), -110_000);
          script.trail = [{ machineId: 'i-2', who: 'ann', what: 'RunInstances', at }];
        }
        if (namedAt === 0 && (await named()).includes('ann: RunInstances')) namedAt = ms;
      },
      2_000,
    );
    expect(namedAt).toBeGreaterThan(120_000);
    expect(namedAt).toBeLessThan(6 * 60_000);
    const questions = script.calls.filter((call) => call.startsWith('trail'));
    expect(questions).toEqual(['trail shop-2', 'trail shop-2']);
  });

  it('shows what the ledger bought before any listing does, and its way to running, within seconds', async () => {
    await begin(false);
    script.machines = [machine(1)];
    await sync.syncAccount(tenant, ACCOUNT);
    const ownership = { installation: 'here', tenant: TENANT, intent: 'intent-1', token: 't' };
    let seenAt = 0;
    let ranAt = 0;
    await watching(14_000, bought('i-2'), async (ms) => {
      if (ms === 1_000) script.unlisted = [machine(2, { state: 'pending', ownership })];
      if (ms === 7_000) script.unlisted = [machine(2, { ownership })];
      const now = await states();
      if (seenAt === 0 && now.includes('shop-2 pending')) seenAt = ms;
      if (ranAt === 0 && now.includes('shop-2 running')) ranAt = ms;
    });
    expect(seenAt).toBeGreaterThan(1_000);
    expect(seenAt).toBeLessThanOrEqual(6_000);
    expect(ranAt).toBeGreaterThan(7_000);
    expect(ranAt).toBeLessThanOrEqual(12_000);
    const events = await inventory.listDrift(tenant, { resourceId: 'i-2' }, { limit: 5 });
    const us = { by: 'springtide', intentId: 'intent-1', runId: 'run-1', campaignId: 'c-1' };
    expect(events.map(({ kind, who }) => ({ kind, who }))).toEqual([
      { kind: 'changed', who: us },
      { kind: 'appeared', who: us },
    ]);
  });

  it('shows within seconds what the ledger buys while a long listing is under way', async () => {
    await begin(false);
    script.machines = Array.from({ length: 600 }, (_, n) => machine(n));
    script.afterPage = async () => await clock.sleep(3_000);
    const ownership = { installation: 'here', tenant: TENANT, intent: 'intent-1', token: 't' };
    let seenAt = 0;
    await watching(20_000, bought('i-2000'), async (ms) => {
      if (ms === 4_000) script.unlisted = [machine(2_000, { state: 'pending', ownership })];
      const { items } = await inventory.list(tenant, 'machine', { text: 'shop-2000' }, { limit: 1 });
      if (seenAt === 0 && items.length > 0) seenAt = ms;
    });
    expect(script.calls.filter((call) => call === 'list')).toHaveLength(1);
    expect(seenAt).toBeGreaterThan(4_000);
    expect(seenAt - 4_000).toBeLessThanOrEqual(10_000);
  });

  it('sees what somebody else starts within ten seconds, also where the cloud has no change feed', async () => {
    await begin(false);
    script.machines = [machine(1)];
    await sync.syncAccount(tenant, ACCOUNT);
    let seenAt = 0;
    await watching(14_000, bought(), async (ms) => {
      if (ms === 2_000) script.machines = [machine(1), machine(3)];
      if (seenAt === 0 && (await states()).includes('shop-3 running')) seenAt = ms;
    });
    expect(seenAt).toBeGreaterThan(2_000);
    expect(seenAt - 2_000).toBeLessThanOrEqual(10_000);
    expect((await inventory.listDrift(tenant, {}, { limit: 1 }))[0]?.who).toMatchObject({ by: 'outside' });
  });

  it('follows a change feed: what changed, what is gone when asked by id, and that nothing else happened', async () => {
    await begin(true);
    script.machines = [machine(1), machine(2), machine(3), machine(4), machine(5), machine(6)];
    await sync.syncAccount(tenant, ACCOUNT);
    script.calls.length = 0;
    script.changes.push(
      { changed: [...script.machines], gone: [], cursor: 'a', whole: true },
      { changed: [machine(1, { state: 'stopped' })], gone: ['i-2', 'i-3'], cursor: 'b', whole: false },
    );
    script.machines = script.machines.filter((one) => one.id !== 'i-2');
    const before = (await inventory.freshness(tenant)).find((place) => place.resourceType === 'machine');
    await watching(5_000, bought(), async () => {});
    expect(await states()).toEqual([
      'shop-1 stopped',
      'shop-3 running',
      'shop-4 running',
      'shop-5 running',
      'shop-6 running',
    ]);
    expect(script.calls.slice(0, 4)).toEqual(['changes 0', 'changes a', 'describe 2', 'changes b']);
    expect(script.calls).not.toContain('list');
    const after = (await inventory.freshness(tenant)).find((place) => place.resourceType === 'machine');
    expect(after?.complete).toBe(true);
    expect((after?.confirmedAt ?? '') > (before?.confirmedAt ?? '')).toBe(true);
    const { items } = await inventory.list(tenant, 'machine', { text: 'shop-4' }, { limit: 1 });
    expect(items[0]?.lastSeen).toBe(after?.confirmedAt);
  });

  it('waits for the first answer as long as it takes, longer after it was missed, and not again in the next watch', async () => {
    await begin(true);
    script.machines = [machine(1), machine(2)];
    script.changesTakeMs = 90_000;
    script.changes.push({ changed: [...script.machines], gone: [], cursor: 'a', whole: true });
    let seenAt = 0;
    const look = async (ms: number): Promise<void> => {
      if (seenAt === 0 && (await states()).length === 2) seenAt = ms;
    };
    await watching(180_000, bought(), look, 10_000);
    // A minute in vain, ten seconds of rest, and then the minute and a half that it takes.
    expect(seenAt).toBeGreaterThanOrEqual(160_000);
    expect(script.calls.slice(0, 3)).toEqual(['changes 0', 'changes 0', 'changes a']);
    script.calls.length = 0;
    await watching(2_000, bought(), async () => {});
    expect(script.calls[0]).toBe('changes a');
  });

  it('does not take a feed that forgets most of the machines for their end', async () => {
    await begin(true);
    script.machines = Array.from({ length: 10 }, (_, n) => machine(n));
    await sync.syncAccount(tenant, ACCOUNT);
    await clock.advance(60_000);
    script.changes.push({ changed: [machine(1)], gone: [], cursor: 'a', whole: true });
    await watching(2_000, bought(), async () => {});
    expect(await states()).toHaveLength(10);
    const freshness = await inventory.freshness(tenant);
    expect(freshness.find((place) => place.resourceType === 'machine')).toMatchObject({ complete: false });
  });
});
