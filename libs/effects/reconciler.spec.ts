import { randomUUID } from 'node:crypto';
import { SpringtideError, addMs } from '@springtide/kernel';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import { StuckEffects, abandonFoundIn } from './stuck.service.js';
import { ACCOUNT, OTHER_TENANT, TENANT } from './testing/effect-fixtures.js';
import {
  EffectWorld,
  REGION,
  machineBehindTheLedger,
  type Process,
  type WorldOptions,
} from './testing/effect-world.js';
import { changedProvider } from './testing/interruption.js';

const SCOPE = { tenantId: TENANT, accountId: ACCOUNT, region: REGION };
const GRACE = 15 * 60_000;
const LAG = simulated.limits.visibilityLagMs;

async function setUp(options: Partial<WorldOptions> = {}) {
  const world = await EffectWorld.open({ store: new MemoryEffectStore(), ...options });
  const process = await world.process();
  const answer = await world.launch(process);
  if (answer.status !== 'settled') throw new Error('not bought');
  return { world, process, intentId: answer.intentId };
}

function isThere(world: EffectWorld, id: string): boolean {
  return world.cloud.machines().some((machine) => machine.id === id && machine.state !== 'terminating');
}

describe('the reconciler', () => {
  it('finds nothing to do where ledger and cloud agree', async () => {
    const { world, process } = await setUp();
    world.clock.advance(2 * GRACE);
    for (let n = 0; n < 3; n += 1) {
      const report = await process.reconciler.pass(SCOPE);
      expect(report).toMatchObject({
        trusted: true,
        listed: 5,
        adopted: 0,
        lost: 0,
        orphansDeleted: 0,
        strangers: 0,
      });
      world.clock.advance(60_000);
    }
    expect(world.look()).toHaveLength(5);
  });

  it('deletes an orphan only past the grace period and in two complete listings a lag apart', async () => {
    const { world, process, intentId } = await setUp();
    const orphan = await machineBehindTheLedger(process, { intent: intentId });
    world.clock.advance(LAG);
    await process.reconciler.pass(SCOPE);
    world.clock.advance(GRACE - 10_000);
    expect((await process.reconciler.pass(SCOPE)).orphansDeleted).toBe(0);
    world.clock.advance(20_000);
    expect(isThere(world, orphan)).toBe(true);
    expect((await process.reconciler.pass(SCOPE)).orphansDeleted).toBe(1);
    expect(isThere(world, orphan)).toBe(false);
    const deletions = await process.ledger.listIntents(TENANT, { kind: 'delete' });
    expect(deletions).toHaveLength(1);
    expect(deletions[0]).toMatchObject({ state: 'settled', spec: { machineIds: [orphan] } });
    expect(world.cloud.machines().filter((machine) => machine.state !== 'terminating')).toHaveLength(5);
  });

  it('needs a second listing even for an old machine in a cloud without lag', async () => {
    const { world, process, intentId } = await setUp({ policy: { visibilityLagMs: 0 } });
    const orphan = await machineBehindTheLedger(process, { intent: intentId });
    world.clock.advance(2 * GRACE);
    expect((await process.reconciler.pass(SCOPE)).orphansDeleted).toBe(0);
    expect(isThere(world, orphan)).toBe(true);
    expect((await process.reconciler.pass(SCOPE)).orphansDeleted).toBe(1);
  });

  it('never touches machines of others: no mark, another installation, another tenant, an unknown intent', async () => {
    const { world, process, intentId } = await setUp();
    const others = [
      world.cloud.administer({ action: 'create-foreign' }).id ?? '',
      await machineBehindTheLedger(process, { installation: 'another-springtide', intent: intentId }),
      await machineBehindTheLedger(process, { tenant: OTHER_TENANT, intent: intentId }),
      await machineBehindTheLedger(process, { intent: randomUUID() }),
      await machineBehindTheLedger(process, { intent: 'not-even-an-id' }),
    ];
    for (let n = 0; n < 6; n += 1) {
      world.clock.advance(GRACE);
      const report = await process.reconciler.pass(SCOPE);
      expect(report).toMatchObject({ trusted: true, orphansDeleted: 0, strangers: 2 });
    }
    expect(others.filter((id) => !isThere(world, id))).toEqual([]);
  });

  it('shows machines that only their marks tell of, ends those that a person calls ours, and asks once about the rest', async () => {
    const { world, process } = await setUp();
    const [bought = ''] = world.look();
    const intent = randomUUID();
    const ended = await machineBehindTheLedger(process, { intent });
    const kept = await machineBehindTheLedger(process, { intent });
    world.clock.advance(LAG);
    await process.reconciler.pass(SCOPE);
    const desk = new StuckEffects(process.ledger);
    const found = async () => (await desk.list(TENANT)).filter(({ kind }) => kind === 'found-by-tag');
    const [effect, ...others] = await found();
    if (effect === undefined) throw new Error('they are not shown');
    expect([effect.intentId, others]).toEqual([intent, []]);
    expect(new Set(effect.items.map((item) => item.machineId))).toEqual(new Set([ended, kept]));
    await expect(desk.adopt(TENANT, effect, bought)).rejects.toMatchObject({ code: 'failed-precondition' });
    await desk.adopt(TENANT, effect, ended);
    expect([ended, bought].map((id) => isThere(world, id))).toEqual([false, true]);
    expect((await found())[0]?.items.map((item) => item.machineId)).toEqual([kept]);
    const by = { at: world.now(), by: 'Ada', reason: 'kept for the auditors' };
    await world.options.store.transaction(TENANT, async (tx) => await abandonFoundIn(tx, effect, by));
    expect(await found()).toEqual([]);
    for (let n = 0; n < 4; n += 1) {
      world.clock.advance(GRACE);
      await process.reconciler.pass(SCOPE);
    }
    expect([await found(), isThere(world, kept)]).toEqual([[], true]);
  });

  it('leaves machines alone that another account of the same cloud bought', async () => {
    const { world, process } = await setUp();
    const second = { ...SCOPE, accountId: randomUUID() };
    for (let n = 0; n < 4; n += 1) {
      world.clock.advance(GRACE);
      expect(await process.reconciler.pass(second)).toMatchObject({
        trusted: true,
        listed: 5,
        orphansDeleted: 0,
      });
    }
    expect(world.look()).toHaveLength(5);
    expect(await world.violations(false)).toEqual([]);
  });

  it.each(['truncated', 'failed', 'unreachable'] as const)(
    'concludes nothing from a listing that is %s, but leases lapse all the same',
    async (how) => {
      const { world, intentId, process } = await setUp({ plan: { behaviour: { pageSize: 2 } } });
      const orphan = await machineBehindTheLedger(process, { intent: intentId });
      await process.reconciler.pass(SCOPE);
      world.clock.advance(2 * GRACE);
      const broken = await brokenCloud(world, how);
      for (let n = 0; n < 4; n += 1) {
        if (how === 'truncated')
          world.cloud.administer({ action: 'inject', operation: 'ListMachines', effect: 'truncate' });
        const report = await broken.reconciler.pass(SCOPE);
        expect(report).toMatchObject({
          trusted: false,
          lost: 0,
          orphansDeleted: 0,
          lapsedRunIds: [world.run],
        });
        world.clock.advance(GRACE);
      }
      expect(isThere(world, orphan)).toBe(true);
      expect((await process.reconciler.pass(SCOPE)).trusted).toBe(true);
    },
  );

  it('doubts a listing that shrank by more than a fifth until two more agree, and only then looks for the lost', async () => {
    const { world, process } = await setUp();
    world.clock.advance(60_000);
    await process.reconciler.pass(SCOPE);
    const [first, second] = world.look();
    for (const id of [first, second]) world.cloud.administer({ action: 'delete-outside', id: id ?? '' });
    const reports = [];
    for (let n = 0; n < 4; n += 1) {
      world.clock.advance(60_000);
      const { trusted, lost } = await process.reconciler.pass(SCOPE);
      reports.push({ trusted, lost });
    }
    expect(reports).toEqual([
      { trusted: false, lost: 0 },
      { trusted: false, lost: 0 },
      { trusted: true, lost: 2 },
      { trusted: true, lost: 0 },
    ]);
    expect((await world.books()).machines).toBe(3);
    expect(await world.violations(false)).toEqual([]);
  });

  it('does not doubt what the ledger released itself, also when a listing failed in between', async () => {
    const { world, process } = await setUp();
    await process.reconciler.pass(SCOPE);
    const [intent] = await world.intents();
    const targets = (intent?.items ?? []).slice(0, 4).map((item) => ({
      intentId: intent?.id ?? '',
      machineId: item.machineId ?? '',
    }));
    await process.life.release({ ...world.request(), step: 'release', targets });
    const broken = await brokenCloud(world, 'failed');
    await broken.reconciler.pass(SCOPE);
    world.clock.advance(60_000);
    expect(await process.reconciler.pass(SCOPE)).toMatchObject({ trusted: true, listed: 1 });
  });

  it('takes over what an unanswered call got after all', async () => {
    const world = await EffectWorld.open({ store: new MemoryEffectStore() });
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    await process.ledger.launch(world.request());
    world.clock.advance(LAG);
    expect((await process.reconciler.pass(SCOPE)).adopted).toBe(5);
    expect((await world.intents())[0]).toMatchObject({ state: 'settled', generation: 0 });
    expect(await world.violations(false)).toEqual([]);
  });

  it('reports a run whose lease lapsed, once renewed no more', async () => {
    const { world, process } = await setUp();
    world.clock.advance(GRACE - 1_000);
    await process.life.renewLeases(TENANT, world.run, 1, addMs(world.now(), GRACE));
    world.clock.advance(60_000);
    expect((await process.reconciler.pass(SCOPE)).lapsedRunIds).toEqual([]);
    world.clock.advance(GRACE);
    expect((await process.reconciler.pass(SCOPE)).lapsedRunIds).toEqual([world.run]);
    await world.bringBack(process);
    expect((await process.reconciler.pass(SCOPE)).lapsedRunIds).toEqual([]);
    expect(await world.violations(true)).toEqual([]);
  });

  it('still looks where everything was released: a machine may come to light later', async () => {
    const { world, process, intentId } = await setUp();
    await world.bringBack(process);
    const late = await machineBehindTheLedger(process, { intent: intentId });
    for (let n = 0; n < 3; n += 1) {
      world.clock.advance(GRACE);
      for (const scope of await process.reconciler.scopes()) await process.reconciler.pass(scope);
    }
    expect(isThere(world, late)).toBe(false);
    world.clock.advance(8 * 24 * 3_600_000);
    expect(await process.reconciler.scopes()).toEqual([]);
  });

  it('looks now and then at every account that is registered, also where nothing was ever bought', async () => {
    const { world } = await setUp();
    const restored = await world.process({ store: new MemoryEffectStore() });
    const { reconciler } = restored;
    expect(await reconciler.scopes()).toEqual([]);
    const survey = async () => await reconciler.scopes([SCOPE]);
    expect(await survey()).toEqual([SCOPE]);
    expect((await reconciler.pass(SCOPE)).strangers).toBe(5);
    expect(await survey()).toEqual([]);
    world.clock.advance(59 * 60_000);
    expect(await survey()).toEqual([]);
    world.clock.advance(60_000);
    expect(await survey()).toEqual([SCOPE]);
    // Where something was bought it looks every time.
    expect(await (await world.process()).reconciler.scopes([SCOPE])).toEqual([SCOPE]);
    expect(world.look()).toHaveLength(5);
  });

  it('goes on past an orphan that cannot be deleted, and tries it again', async () => {
    const { world, process, intentId } = await setUp();
    const orphans = [
      await machineBehindTheLedger(process, { intent: intentId }),
      await machineBehindTheLedger(process, { intent: intentId }),
    ];
    let refusals = 1;
    const refusing = changedProvider(simulated, [
      (compute) => ({
        terminate: async (...args) => {
          refusals -= 1;
          if (refusals >= 0) throw new SpringtideError('permission-denied', 'protected');
          return await compute.terminate(...args);
        },
      }),
    ]);
    const { reconciler } = await world.process({ manifest: refusing });
    world.clock.advance(GRACE + 60_000);
    await reconciler.pass(SCOPE);
    world.clock.advance(LAG);
    expect((await reconciler.pass(SCOPE)).orphansDeleted).toBe(1);
    expect((await reconciler.pass(SCOPE)).orphansDeleted).toBe(1);
    expect(orphans.filter((id) => isThere(world, id))).toEqual([]);
  });
});

async function brokenCloud(
  world: EffectWorld,
  how: 'truncated' | 'failed' | 'unreachable',
): Promise<Process> {
  if (how === 'truncated') return await world.process();
  if (how === 'failed') {
    const list = () => {
      throw new SpringtideError('unavailable', 'the control plane is down');
    };
    return await world.process({ manifest: changedProvider(simulated, [() => ({ list })]) });
  }
  return await world.process({ unreachable: true });
}
