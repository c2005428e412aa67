import { randomUUID } from 'node:crypto';
import { EffectLedger, MachineLife } from '@springtide/effects';
import { silentLogger } from '@springtide/platform';
import { connectAccount } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import type { TestDatabase, SeededTenant } from '@springtide/testing';
import { ReleaseKeeper, RoutesService } from '@springtide/traffic';
import { TwinEntrance, entranceManifest } from '../twin/entrance.js';
import { EntranceKeeper } from './entrance-keeper.service.js';
import { RunEngine } from './run-engine.service.js';
import { groupOf, machinesOf } from './run-machines.js';
import { membersByGroup } from './route-members.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

const ROUTE = 'entrance';

describe('machines that their cloud takes back', () => {
  let open: Readonly<{ test: TestDatabase; tenant: SeededTenant }>;

  beforeAll(async () => {
    open = await campaignsDatabase();
  }, 60_000);
  afterAll(() => open.test.drop());

  /** A run at its peak whose machines take half of the traffic, and its entrance. */
  async function running(machines: number) {
    const run = await RunOnClouds.open(open);
    const { tenantId } = open.tenant;
    const entrance = new TwinEntrance([ROUTE], () => true);
    const context = { account: randomUUID(), clock: run.clock, gate: loopbackGate(), log: silentLogger };
    const proxy = await connectAccount(entranceManifest(entrance), {}, {}, context);
    const { clouds } = run.ledger.dependencies;
    const ledger = new EffectLedger({
      ...run.ledger.dependencies,
      clouds: { open: async (tenant, id) => (id === context.account ? proxy : clouds.open(tenant, id)) },
    });
    const routes = new RoutesService(open.test.database, ledger, run.clock);
    const releases = new ReleaseKeeper(open.test.database, routes, run.clock);
    await open.test.database.systemWork('test', async (tx) => tx.query('delete from traffic_route'));
    const home = [{ id: 'old-1', address: '10.0.0.1', port: 8080, machineType: 'old' }];
    const declared = {
      name: ROUTE,
      accountId: context.account,
      service: 'storefront',
      healthPath: '/',
      home,
    };
    await routes.create(open.tenant.admin, declared);

    const intentId = await run.buy(0, machines);
    run.clock.advance(5_000);
    const life = new MachineLife(ledger);
    const { items } = await life.observe(tenantId, intentId);
    const ids = items.map(({ machineId }) => machineId ?? '');
    await life.markReady(tenantId, intentId, ids);
    const route = await routes.getByName(open.tenant.admin, ROUTE);
    const change = { runId: run.runId, campaignId: null, step: 'join', batch: 0, fence: run.fence };
    for (const [group, members] of membersByGroup(await run.plan(), machinesOf(await run.intents()))) {
      await routes.setMembers(route, group, members, change);
      await routes.setShares(route, { home: 50, [group]: 50 }, change);
    }
    const [bought] = machinesOf(await run.intents());
    const group = groupOf(bought?.poolId ?? '');
    const ref = { tenantId, runId: run.runId, fence: run.fence };
    const keeper = new EntranceKeeper(run.book, ledger, routes, releases);
    const engine = new RunEngine(run.book, ledger, async () =>
      Promise.reject(new Error('nothing is solved here')),
    );
    const look = async (): Promise<void> => {
      await engine.guardTick(ref);
      await keeper.keep(ref);
    };
    const notice = (id: string) => run.cloud(0).cloud.administer({ action: 'interrupt', id, inMs: 90_000 });
    const signals = async () =>
      await open.test.database.systemWork('test', async (tx) =>
        tx.query<unknown[]>(`select 1 from outbox where message::text like '%' || $1 || '%'`, [run.runId]),
      );
    return { run, engine, look, notice, entrance, group, ids, ref, signals };
  }

  it('lose their traffic at once, are told of once, and are replaced while they still run', async () => {
    const { run, engine, look, notice, entrance, group, ids, ref, signals } = await running(4);
    const [first = '', ...others] = ids;
    await look();
    const before = (await run.row()).revision;
    notice(first);
    await look();
    await look();
    expect(entrance.members(ROUTE, group).toSorted()).toEqual(others.toSorted());
    expect(entrance.shares(ROUTE)).toEqual(
      new Map([
        ['home', 50],
        [group, 50],
      ]),
    );
    expect((await run.row()).revision).toBe(before + 1);
    expect((await run.story()).filter((line) => line.startsWith('guard.notice'))).toEqual([
      expect.stringContaining(`${first} of storefront`),
    ]);
    expect(await signals()).toHaveLength(1);
    expect(run.cloud(0).ours()).toContain(first);
    const orders = await engine.readOrders({ ...ref, phase: 'peak', stage: 'full' });
    expect(orders.grow.map(({ service, count }) => [service, count])).toEqual([['storefront', 1]]);
    expect(orders.shrink.map(({ targets }) => targets.map(({ machineId }) => machineId))).toEqual([[first]]);
  }, 60_000);

  it('leave a group’s share to the others when the whole group goes', async () => {
    const { look, notice, entrance, group, ids, run } = await running(2);
    for (const id of ids) notice(id);
    await look();
    expect(entrance.shares(ROUTE)).toEqual(
      new Map([
        ['home', 100],
        [group, 0],
      ]),
    );
    expect(entrance.members(ROUTE, group)).toEqual([]);
    expect((await run.story()).filter((line) => line.startsWith('guard.notice'))).toHaveLength(2);
  }, 60_000);

  it('are nothing to a run that waits for a person', async () => {
    const { run, look, notice, ids, engine, ref } = await running(2);
    await run.book.change(ref.tenantId, ref.runId, () => ({ control: 'hold' }));
    notice(ids[0] ?? '');
    await engine.guardTick(ref);
    expect((await run.story()).filter((line) => line.startsWith('guard.notice'))).toEqual([]);
    await run.book.change(ref.tenantId, ref.runId, () => ({ control: 'run' }));
    await look();
    expect((await run.story()).filter((line) => line.startsWith('guard.notice'))).toHaveLength(1);
    expect((await run.book.routesInUse(open.tenant.admin)).has(ROUTE)).toBe(true);
  }, 60_000);
});
