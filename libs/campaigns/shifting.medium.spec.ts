import type { JoinPass } from '@springtide/contracts';
import { SpringtideError, addMs } from '@springtide/kernel';
import { addReading } from './data/demand-reading.repository.js';
import { EntranceKeeper } from './entrance-keeper.service.js';
import { Shifting } from './shifting.service.js';
import { ROUTE, runWithEntrance } from './testing/entrance-of-run.js';
import { campaignsDatabase } from './testing/run-on-clouds.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

/** Four machines of a hundred requests per second each, beside a standing fleet of four hundred. */
async function open() {
  const world = await runWithEntrance(stage, 4);
  const { run, ledger, routes, ref } = world;
  await run.changePlan((plan) => ({
    ...plan,
    standing: [{ service: 'storefront', machines: 4, requestsPerSecond: 400 }],
  }));
  const shifting = new Shifting(run.book, ledger, routes);
  const order = (leaving: readonly string[] = [], shift = 'peak.full.1') => ({
    ...ref,
    service: 'storefront',
    shift,
    leaving,
  });
  const states = async () => {
    const items = (await run.intents()).flatMap((intent) => intent.items);
    return Object.fromEntries(items.map((item) => [item.machineId, item.state]));
  };
  return { ...world, shifting, order, states };
}

const alive = () => undefined;

describe('traffic of a run', () => {
  it('goes to machines that the entrance finds healthy, and gives up those that it never does', async () => {
    const { shifting, sick, ids, ref, entrance, group, states } = await open();
    const [bad = '', ...good] = ids;
    sick.add(bad);
    const joined = await shifting.joinRoute({ ...ref, service: 'storefront', join: 'peak.full.1' }, alive);
    expect(joined).toMatchObject({ ready: 3, unhealthy: 1 });
    expect(await states()).toEqual({
      [bad]: 'failed',
      ...Object.fromEntries(good.map((id) => [id, 'ready'])),
    });
    expect(entrance.members(ROUTE, group).toSorted()).toEqual(ids.toSorted());
  }, 60_000);

  it('waits for nobody while others are still bought, and gives the last ones up by when their wait began', async () => {
    const { shifting, sick, ids, ref, states, run } = await open();
    const [bad = '', ...good] = ids;
    sick.add(bad);
    const order = { ...ref, service: 'storefront' };
    const look = async (number: number, pass: JoinPass) =>
      await shifting.joinRoute({ ...order, join: `peak.full.1.${number}`, pass }, alive);
    const early = await look(1, { withinMs: 0, more: true });
    expect(early).toMatchObject({ ready: 3, unhealthy: 1 });
    expect((await states())[bad]).toBe('running');
    // Nobody came since: the entrance is not asked to change anything.
    await look(0, { withinMs: 0, more: true });
    const orders = (await run.ledger.listIntents(ref.tenantId, { runId: ref.runId, kind: 'set' })).map(
      ({ step }) => step.split('/').slice(0, 2).join('/'),
    );
    expect(orders.filter((step) => step.startsWith('join/'))).toEqual(['join/peak.full.1.1']);
    const last = await look(2, { withinMs: 0, more: false });
    expect([last.unhealthy, (await states())[bad]]).toEqual([1, 'running']);
    const { readyTimeoutMs } = (await run.book.open(ref.tenantId, ref.runId)).policy;
    const since = addMs(last.since ?? '', -2 * readyTimeoutMs);
    expect(await look(3, { withinMs: 0, more: true, since })).toMatchObject({ unhealthy: 1 });
    expect((await states())[bad]).toBe('running');
    await look(4, { withinMs: 0, more: false, since });
    expect(await states()).toEqual({
      [bad]: 'failed',
      ...Object.fromEntries(good.map((id) => [id, 'ready'])),
    });
    expect(await look(5, { withinMs: 0, more: false, since })).toMatchObject({ ready: 3, unhealthy: 0 });
  }, 60_000);

  it('is shared by ready capacity: who leaves, and who is dead, counts for nothing', async () => {
    const { shifting, order, ids, group, join, sick } = await open();
    const { from } = await shifting.planShift(order());
    expect(from).toMatchObject({ home: 100 });
    await join();
    expect(await shifting.planShift(order())).toMatchObject({ to: { home: 50, [group]: 50 }, fractions: [] });
    const leaving = await shifting.planShift(order(ids.slice(0, 3)));
    expect(leaving).toMatchObject({ to: { home: 80, [group]: 20 }, fractions: [1] });
    for (const id of ids) sick.add(id);
    expect(await shifting.planShift(order())).toMatchObject({ to: { home: 100, [group]: 0 } });
  }, 60_000);

  it('is taken from a group that died, although its entrance sends it nothing by itself', async () => {
    const { shifting, order, ids, group, join, sick, entrance } = await open();
    await join();
    const shares = { from: { home: 100, [group]: 0 }, to: { home: 50, [group]: 50 } };
    await shifting.shiftStep({ ...order(), step: 0, ...shares, fraction: 1 }, alive);
    for (const id of ids) sick.add(id);
    const { from, to, fractions } = await shifting.planShift(order([], 'peak.full.2'));
    expect(fractions).toEqual([1]);
    await shifting.shiftStep({ ...order([], 'peak.full.2'), step: 0, from, to, fraction: 1 }, alive);
    expect(entrance.shares(ROUTE)).toEqual(
      new Map([
        ['home', 100],
        [group, 0],
      ]),
    );
    expect(await shifting.planShift(order([], 'peak.full.3'))).toMatchObject({ fractions: [] });
  }, 60_000);

  it('is ordered as it is where those who joined a serving group took their part of it without being told', async () => {
    const { shifting, order, group, join, entrance, run, ledger, routes, releases, ref } = await open();
    await join();
    await run.changePlan((plan) => ({
      ...plan,
      standing: [{ service: 'storefront', machines: 1, requestsPerSecond: 100 }],
    }));
    const taken = { home: 20, [group]: 80 };
    await entrance.setWeights(ROUTE, taken);
    const { from, to, fractions } = await shifting.planShift(order());
    expect([from, to, fractions]).toEqual([taken, taken, [1]]);
    await shifting.shiftStep({ ...order(), step: 0, from, to, fraction: 1 }, alive);
    expect(await shifting.planShift(order([], 'peak.full.2'))).toMatchObject({ fractions: [] });
    await new EntranceKeeper(run.book, ledger, routes, releases).keep(ref);
    expect((await run.story()).filter((line) => line.startsWith('guard.shares'))).toEqual([]);
  }, 60_000);

  it('takes a step back that fails too often, to the shares before it', async () => {
    const { shifting, order, group, join, entrance } = await open();
    await join();
    const shares = { from: { home: 100, [group]: 0 }, to: { home: 50, [group]: 50 } };
    const step = { ...order(), step: 0, ...shares, fraction: 1 };
    expect(await shifting.shiftStep(step, alive)).toMatchObject({ passed: true });
    entrance.failing.set(group, 0.5);
    const bad = await shifting.shiftStep({ ...step, step: 1 }, alive);
    expect(bad).toMatchObject({ passed: false, reason: expect.stringContaining(group) });
    await shifting.rollBackShift({ ...order(), to: shares.from, reason: bad.reason });
    expect(entrance.shares(ROUTE)).toEqual(new Map(Object.entries(shares.from)));
  }, 60_000);

  it('takes a step back that answers, but much slower than the standing fleet', async () => {
    const { shifting, order, group, join, entrance, run } = await open();
    await join();
    entrance.slow.set(group, 2_400);
    const shares = { from: { home: 100, [group]: 0 }, to: { home: 50, [group]: 50 } };
    const slow = await shifting.shiftStep({ ...order(), step: 0, ...shares, fraction: 1 }, alive);
    expect(slow).toMatchObject({ passed: false, reason: expect.stringContaining('2400 ms on average') });
    // When everybody is slow, it is not the new machines that are to blame.
    entrance.slow.set('home', 2_000);
    const all = await shifting.shiftStep({ ...order(), step: 1, ...shares, fraction: 1 }, alive);
    expect(all).toMatchObject({ passed: true });
    expect(await run.story()).toContain(`shift.step: entrance: home 50 %, ${group} 50 %. Healthy.`);
  }, 60_000);

  it('goes on with a step that relieves those who fail', async () => {
    const { shifting, order, group, join, entrance } = await open();
    await join();
    entrance.failing.set('home', 0.3);
    const away = { from: { home: 100, [group]: 0 }, to: { home: 50, [group]: 50 } };
    const step = { ...order(), step: 0, fraction: 1 };
    expect(await shifting.shiftStep({ ...step, ...away }, alive)).toMatchObject({ passed: true });
    const towards = { from: away.to, to: away.from };
    expect(await shifting.shiftStep({ ...step, ...towards, step: 1 }, alive)).toMatchObject({
      passed: false,
    });
  }, 60_000);

  it('is gentle with new machines, but not while those who have the traffic are overloaded', async () => {
    const { shifting, order, ids, group, join, run, ref } = await open();
    await join();
    const takes = async (requestsPerSecond: number) =>
      await run.book.within(ref.tenantId, ref.runId, async (tx) => {
        const at = run.now();
        const reading = { service: 'storefront', at, counters: [], requestsPerSecond };
        await addReading(tx, ref.tenantId, ref.runId, reading);
      });
    await run.changePlan((plan) => ({
      ...plan,
      standing: [{ service: 'storefront', machines: 1, requestsPerSecond: 100 }],
    }));
    expect(await shifting.planShift(order())).toMatchObject({
      from: { home: 50, [group]: 50 },
      to: { home: 20, [group]: 80 },
      fractions: [0.05, 0.25, 0.5, 1],
    });
    await takes(150);
    expect((await shifting.planShift(order())).fractions).toEqual([0.05, 0.25, 0.5, 1]);
    run.clock.advance(1_000);
    await takes(260);
    expect((await shifting.planShift(order([], 'peak.full.2'))).fractions).toEqual([0.5, 1]);
    expect(await run.story()).toContain(
      'shift.hurry: entrance takes 260 requests per second, more than those who have them can serve: 2 gentle steps are left out.',
    );
    run.clock.advance(10 * 60_000);
    expect((await shifting.planShift(order())).fractions).toEqual([0.05, 0.25, 0.5, 1]);
    expect(ids).toHaveLength(4);
  }, 60_000);

  it('leaves the machines that stay in the entrance when others leave', async () => {
    const { shifting, order, ids, group, join, entrance } = await open();
    await join();
    await shifting.leaveRoute(order(ids.slice(0, 1)));
    expect(entrance.members(ROUTE, group).toSorted()).toEqual(ids.slice(1).toSorted());
  }, 60_000);

  it('goes home in one step, and no machine stays behind in the entrance', async () => {
    const { shifting, ref, group, join, entrance, run } = await open();
    await join();
    await shifting.sendTrafficHome({ ...ref, service: 'storefront' });
    expect(entrance.shares(ROUTE)).toEqual(
      new Map([
        ['home', 100],
        [group, 0],
      ]),
    );
    expect(entrance.members(ROUTE, group)).toEqual([]);
    expect(await run.story()).toContain('shift.home: entrance: all traffic is back on the standing fleet.');
  }, 60_000);

  it('is not moved by an owner of the run who was replaced', async () => {
    const { shifting, order, ref, group, join, entrance, ledger, ids } = await open();
    await join();
    await ledger.takeFence(ref.tenantId, ref.runId, 'second owner');
    const shares = { from: { home: 50, [group]: 50 }, to: { home: 0, [group]: 100 } };
    const step = shifting.shiftStep({ ...order(), step: 0, ...shares, fraction: 1 }, alive);
    await expect(step).rejects.toMatchObject({ code: 'conflict', retry: 'never' });
    await expect(shifting.leaveRoute(order(ids))).rejects.toMatchObject({ code: 'conflict' });
    expect([entrance.shares(ROUTE).get('home'), entrance.members(ROUTE, group).length]).toEqual([50, 4]);
  }, 60_000);

  it('is given back to a proxy that was started again, but not to machines that were taken out', async () => {
    const { shifting, order, ids, group, join, entrance, run, ledger, routes, releases, ref } = await open();
    const keeper = new EntranceKeeper(run.book, ledger, routes, releases);
    await join();
    await shifting.leaveRoute(order(ids.slice(0, 1)));
    await keeper.keep(ref);
    expect(entrance.members(ROUTE, group).toSorted()).toEqual(ids.slice(1).toSorted());
    entrance.restart();
    await keeper.keep(ref);
    expect(entrance.members(ROUTE, 'home')).toEqual(['old-1']);
    expect(entrance.members(ROUTE, group).toSorted()).toEqual(ids.slice(1).toSorted());
    expect(entrance.shares(ROUTE)).toEqual(
      new Map([
        ['home', 50],
        [group, 50],
      ]),
    );
  }, 60_000);

  it('is given back after a restart also where the last order was refused: the one before it holds', async () => {
    const { group, join, entrance, run, ledger, routes, releases, ref, ids } = await open();
    const keeper = new EntranceKeeper(run.book, ledger, routes, releases);
    await join();
    const route = await routes.getByName(stage.tenant.admin, ROUTE);
    const { tenantId, accountId } = route;
    const place = { ...ref, tenantId, accountId, campaignId: null, step: 'later', batch: 0, region: '' };
    const order = ledger.set(
      { ...place, service: null, poolId: null },
      { route: ROUTE, group, members: [] },
      async () => Promise.reject(new SpringtideError('failed-precondition', 'no members are taken now')),
    );
    await expect(order).rejects.toMatchObject({ code: 'failed-precondition' });
    entrance.restart();
    await keeper.keep(ref);
    expect(entrance.members(ROUTE, group).toSorted()).toEqual(ids.toSorted());
  }, 60_000);

  it('that somebody moved by hand at the entrance is told once, and the run is woken to move it back', async () => {
    const { group, join, entrance, run, ledger, routes, releases, ref } = await open();
    const keeper = new EntranceKeeper(run.book, ledger, routes, releases);
    await join();
    const told = async () => (await run.story()).filter((line) => line.startsWith('guard.shares'));
    const { revision } = await run.row();
    await keeper.keep(ref);
    await entrance.setWeights(ROUTE, { home: 52, [group]: 48 });
    await keeper.keep(ref);
    expect([await told(), (await run.row()).revision]).toEqual([[], revision]);
    await entrance.setWeights(ROUTE, { home: 100, [group]: 0 });
    await keeper.keep(ref);
    await keeper.keep(ref);
    expect(await told()).toEqual([expect.stringContaining(`instead of home 50 %, ${group} 50 %`)]);
    expect((await run.row()).revision).toBe(revision + 1);
  }, 60_000);
});
