import { HOUR, MINUTE, SpringtideError, addMs } from '@springtide/kernel';
import { manifest as simulated } from '../../../providers/simulated/index.js';
import { STANDARD_EFFECTS } from '../effects-policy.js';
import { TENANT } from './effect-fixtures.js';
import type { EffectWorld, OpenWorld, Process } from './effect-world.js';
import { Interruption, changedProvider, interruptedCalls, interruptibleStore } from './interruption.js';

const { leaseMs, timerMarginMs, timerLeastMs } = STANDARD_EFFECTS;

/** The lease in the cloud itself: machines that nobody wants end without us, and no others. */
export function describeTimers(open: OpenWorld): void {
  it('lets the cloud end what was bought when everybody is dead, and not before the margin after the lease', async () => {
    const world = await open();
    await world.launch(await world.process());
    world.clock.advance(leaseMs + timerMarginMs - MINUTE);
    expect(alive(world)).toBe(5);
    world.clock.advance(2 * MINUTE);
    expect(alive(world)).toBe(0);
  });

  it('keeps machines through a long hold, with a few calls on record', async () => {
    const world = await open();
    const { process, moves } = await counted(world);
    await world.launch(process);
    await hold(world, process, 12 * HOUR);
    expect(alive(world)).toBe(5);
    // One each time when of the margin only the least is left, give or take a renewal.
    expect(moves()).toBe(Math.floor((12 * HOUR) / (timerMarginMs - timerLeastMs)));
    const sets = await process.ledger.listIntents(TENANT, { runId: world.run, kind: 'set' });
    expect(sets.map(({ state, generation }) => [state, generation + 1])).toEqual([['settled', moves()]]);
    world.clock.advance(leaseMs + timerMarginMs + MINUTE);
    expect(alive(world)).toBe(0);
  });

  it('stays behind a lease that was renewed far ahead', async () => {
    const world = await open();
    const process = await world.process();
    await world.launch(process);
    await process.life.renewLeases(TENANT, world.run, 1, addMs(world.now(), 48 * HOUR));
    world.clock.advance(48 * HOUR + timerMarginMs - MINUTE);
    expect(alive(world)).toBe(5);
  });

  it('is moved no more once the way back has begun, by the stop switch or otherwise', async () => {
    const world = await open();
    const { process, moves } = await counted(world);
    await world.launch(process);
    await process.ledger.setStopSwitch(TENANT, { engaged: true, reason: 'drill', at: world.now() });
    await process.ledger.takeFence(TENANT, world.run, 'scale-back');
    world.clock.advance(3 * HOUR);
    await expect(renew(world, process)).rejects.toMatchObject({ code: 'conflict' });
    expect([alive(world), moves()]).toEqual([5, 0]);
    // Should the way back be cut short as well, the cloud goes it.
    world.clock.advance(leaseMs + timerMarginMs - 3 * HOUR);
    expect(alive(world)).toBe(0);
  });

  describeTroubles(open);
  describeBirths(open);
}

function describeTroubles(open: OpenWorld): void {
  it('renews leases although a timer cannot be moved, says which, and tries again', async () => {
    const world = await open();
    let failures = 2;
    const failing = changedProvider(simulated, [
      (compute) => ({
        setReleaseTime: async (...args) => {
          failures -= 1;
          if (failures >= 0) throw new SpringtideError('rate-limited', 'not now');
          await compute.setReleaseTime?.(...args);
        },
      }),
    ]);
    const process = await world.process({ manifest: failing });
    await world.launch(process);
    const [before] = await world.intents();
    world.clock.advance(3 * HOUR);
    const trouble = { machines: 5, endsAt: before?.releaseAt, code: 'rate-limited' };
    expect(await renew(world, process)).toMatchObject([trouble]);
    const [renewed] = await world.intents();
    expect(renewed?.releaseBy).toBe(addMs(world.now(), leaseMs));
    expect(await renew(world, process)).toMatchObject([trouble]);
    expect(await renew(world, process)).toEqual([]);
    world.clock.advance(timerMarginMs);
    expect(alive(world)).toBe(5);
  });

  it('moves the others when one machine is gone, and leaves those on their way out to their timers', async () => {
    const world = await open();
    const { process, moved } = await counted(world);
    await world.launch(process);
    const [intent] = await world.intents();
    const [gone = '', leaving = '', ...staying] = (intent?.items ?? []).map((item) => item.machineId ?? '');
    const targets = [{ intentId: intent?.id ?? '', machineId: leaving }];
    await process.life.release({ ...world.request(), step: 'release', targets });
    world.cloud.administer({ action: 'delete-outside', id: gone });
    world.clock.advance(3 * HOUR);
    expect(await renew(world, process)).toEqual([]);
    expect(moved().toSorted()).toEqual(staying.toSorted());
    world.clock.advance(timerMarginMs);
    expect(alive(world)).toBe(3);
  });

  it('has machines whose timers are near moved first, as many as fit into one renewal', async () => {
    const world = await open({ policy: { timerMoves: 5 } });
    const process = await world.process();
    await world.launch(process);
    world.clock.advance(HOUR);
    await world.launch(process, { batch: 1 });
    world.clock.advance(3 * HOUR);
    const ends = async () => (await world.intents()).map(({ items }) => items[0]?.endsAt ?? null);
    await renew(world, process);
    expect(await ends()).toEqual([expect.any(String), null]);
    await renew(world, process);
    expect(await ends()).toEqual([expect.any(String), expect.any(String)]);
  });

  it('lets machines that cannot be moved keep no others from their time', async () => {
    const world = await open({ policy: { timerMoves: 5 } });
    let stuck: readonly string[] = [];
    const failing = changedProvider(simulated, [
      (compute) => ({
        setReleaseTime: async (ids, ...rest) => {
          if (ids.some((id) => stuck.includes(id))) throw new SpringtideError('permission-denied', 'locked');
          await compute.setReleaseTime?.(ids, ...rest);
        },
      }),
    ]);
    const process = await world.process({ manifest: failing });
    await world.launch(process);
    stuck = [...world.look()];
    world.clock.advance(MINUTE);
    await world.launch(process, { batch: 1 });
    world.clock.advance(3 * HOUR);
    expect(await renew(world, process)).toMatchObject([{ machines: 5, code: 'permission-denied' }]);
    world.clock.advance(2 * HOUR);
    expect(alive(world)).toBe(5);
  });

  it('survives the end of its process at every place of a move', async () => {
    const places: string[] = [];
    for (let endAt = 1; ; endAt += 1) {
      const world = await open();
      await world.launch(await world.process());
      world.clock.advance(3 * HOUR);
      const interruption = new Interruption(endAt);
      const dying = await world.process({
        store: interruptibleStore(world.options.store, interruption),
        manifest: changedProvider(simulated, [interruptedCalls(interruption)]),
      });
      await renew(world, dying).catch(() => undefined);
      expect(await renew(world, await world.process())).toEqual([]);
      world.clock.advance(timerMarginMs);
      expect({ endAt, alive: alive(world) }).toEqual({ endAt, alive: 5 });
      expect(await world.violations(false)).toEqual([]);
      if (!interruption.hasEnded) break;
      places.push(interruption.places.at(-1) ?? '');
    }
    expect(places).toEqual(expect.arrayContaining(['before setReleaseTime', 'after setReleaseTime']));
  }, 60_000);
}

function describeBirths(open: OpenWorld): void {
  it('buys nothing that would end at once: a call that comes hours later gets a token and a timer of its own', async () => {
    const world = await open();
    let sent = 0;
    const deaf = changedProvider(simulated, [
      (compute) => ({
        launch: async (...args) => {
          sent += 1;
          if (sent === 1) throw new SpringtideError('unknown', 'lost on the way there');
          return await compute.launch(...args);
        },
      }),
    ]);
    const process = await world.process({ manifest: deaf });
    expect(await process.ledger.launch(world.request())).toMatchObject({ status: 'unknown' });
    world.clock.advance(3 * HOUR);
    expect(await world.launch(process)).toMatchObject({ accepted: 5 });
    expect((await world.intents())[0]?.generation).toBe(1);
    world.clock.advance(leaseMs + timerLeastMs - MINUTE);
    expect(alive(world)).toBe(5);
    expect(await world.violations(false)).toEqual([]);
  });

  it('keeps what it takes over hours after a call without an answer', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    await process.ledger.launch(world.request());
    world.clock.advance(3 * HOUR);
    const scope = { tenantId: TENANT, accountId: world.request().accountId, region: world.request().region };
    expect(await process.reconciler.pass(scope)).toMatchObject({ adopted: 5 });
    await hold(world, process, 6 * HOUR);
    expect(alive(world)).toBe(5);
    expect(await world.violations(false)).toEqual([]);
  });

  it('asks no timer of a cloud that has none', async () => {
    const world = await open();
    const { timeToLive } = changedCapability;
    const { process, moves } = await counted(world, { timeToLive });
    await world.launch(process);
    await hold(world, process, 6 * HOUR);
    expect([alive(world), moves(), (await world.intents())[0]?.releaseAt]).toEqual([5, 0, null]);
  });
}

const changedCapability = {
  timeToLive: { supported: false, reason: 'machines live until they are ended' },
} as const;

async function counted(world: EffectWorld, capabilities: Partial<typeof simulated.capabilities> = {}) {
  const moved: string[][] = [];
  const manifest = { ...simulated, capabilities: { ...simulated.capabilities, ...capabilities } };
  const process = await world.process({
    manifest: changedProvider(manifest, [
      (compute) => ({
        setReleaseTime: async (ids, ...rest) => {
          moved.push([...ids]);
          await compute.setReleaseTime?.(ids, ...rest);
        },
      }),
    ]),
  });
  return { process, moves: () => moved.length, moved: () => moved.at(-1) ?? [] };
}

async function renew(world: EffectWorld, process: Process) {
  return await process.life.renewLeases(TENANT, world.run, 1, addMs(world.now(), leaseMs));
}

/** As the guard of a run does, every few minutes. */
async function hold(world: EffectWorld, process: Process, forMs: number): Promise<void> {
  const every = 10 * MINUTE;
  for (let passed = 0; passed < forMs; passed += every) {
    world.clock.advance(every);
    expect(await renew(world, process)).toEqual([]);
  }
}

function alive(world: EffectWorld): number {
  return world.cloud.machines().filter(({ state }) => state !== 'terminating').length;
}
