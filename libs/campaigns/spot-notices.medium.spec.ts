import type { TestDatabase, SeededTenant } from '@springtide/testing';
import { MINUTE } from '@springtide/kernel';
import { EntranceKeeper } from './entrance-keeper.service.js';
import { RunEngine } from './run-engine.service.js';
import { ROUTE, runWithEntrance } from './testing/entrance-of-run.js';
import { campaignsDatabase } from './testing/run-on-clouds.js';

describe('machines that their cloud takes back', () => {
  let open: Readonly<{ test: TestDatabase; tenant: SeededTenant }>;

  beforeAll(async () => {
    open = await campaignsDatabase();
  }, 60_000);
  afterAll(() => open.test.drop());

  /** A run at its peak whose machines take half of the traffic, and its entrance. */
  async function running(machines: number) {
    const { run, ledger, routes, releases, entrance, group, ids, ref, join } = await runWithEntrance(
      open,
      machines,
    );
    await join();
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

  it('are looked at between two ticks where any can be taken back, and nothing else is done then', async () => {
    const { run, engine, notice, ids, ref } = await running(2);
    expect(await engine.guardTick(ref)).toEqual({ over: false, held: false });
    await run.changePlan(({ pools, ...plan }) => ({
      ...plan,
      pools: pools.map((pool) => ({ ...pool, purchaseOption: 'spot' as const })),
    }));
    const { lookAgainMs = Number.NaN } = await engine.guardTick(ref);
    expect(lookAgainMs).toBeLessThanOrEqual(15_000);
    const leases = async () => (await run.intents()).map(({ releaseBy }) => releaseBy);
    const before = await leases();
    run.clock.advance(lookAgainMs);
    notice(ids[0] ?? '');
    await engine.guardTick({ ...ref, between: true });
    expect((await run.story()).filter((line) => line.startsWith('guard.notice'))).toHaveLength(1);
    expect(await leases()).toEqual(before);
    // A look that was kept waiting comes when a tick is due.
    run.clock.advance(MINUTE);
    await engine.guardTick({ ...ref, between: true });
    expect(await leases()).not.toEqual(before);
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
