import { SpringtideError, addMs, compareMoney, money, multiplyMoney } from '@springtide/kernel';
import { manifest as simulated } from '../../../providers/simulated/index.js';
import { reservationFor } from '../domain/index.js';
import type { EffectStore } from '../effect-store.port.js';
import { POOL, PRICE, START, TENANT } from './effect-fixtures.js';
import { EffectWorld, REGION, type WorldOptions } from './effect-world.js';
import {
  Interruption,
  changedProvider,
  forgetfulOfTokens,
  interruptedCalls,
  interruptibleStore,
} from './interruption.js';

type Open = () => Promise<EffectStore>;

/**
 * The ledger against a real provider in a simulated cloud, over any memory.
 * @param crashEvery 1: its process ends once at every place; n: at every n-th.
 */
export function describeLedger(name: string, open: Open, crashEvery = 1): void {
  const world = async (options: Omit<WorldOptions, 'store'> = {}) =>
    await EffectWorld.open({ store: await open(), ...options });
  describe(`the ledger over ${name}`, () => {
    describeOnce(world);
    describeUnknown(world);
    describeRefusals(world);
    describeRails(world);
    describeFences(world);
    describeReturn(world);
    describeCrashes(world, crashEvery);
  });
}

type Make = (options?: Omit<WorldOptions, 'store'>) => Promise<EffectWorld>;

function describeOnce(open: Make): void {
  it('gives the same machines however often the same effect is asked for, and at once', async () => {
    const world = await open();
    const process = await world.process();
    const first = await world.launch(process);
    const [second, third] = await Promise.all([world.launch(process), world.launch(await world.process())]);
    expect([second, third]).toEqual([first, first]);
    expect(first).toMatchObject({ status: 'settled', accepted: 5, refusals: [] });
    expect(world.look()).toHaveLength(5);
    expect(await world.violations(false)).toEqual([]);
  });

  it('writes one intent when two processes begin the same effect at the same moment', async () => {
    const world = await open();
    const processes = await Promise.all([1, 2, 3, 4].map(async () => world.process()));
    const answers = await Promise.all(processes.map(async (process) => world.launch(process)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await world.intents()).toHaveLength(1);
    expect(world.look()).toHaveLength(5);
    expect(await world.violations(false)).toEqual([]);
  });

  it('refuses another content under the identity of an effect, and sends nothing', async () => {
    const world = await open();
    const process = await world.process();
    await world.launch(process);
    const other = process.ledger.launch(world.request({ count: 6 }));
    await expect(other).rejects.toMatchObject({ code: 'failed-precondition' });
    expect(world.look()).toHaveLength(5);
  });

  it('brings everything back, repeatedly, and closes the books with what it really cost', async () => {
    const world = await open();
    const process = await world.process();
    const answer = await world.launch(process);
    if (answer.status !== 'settled') throw new Error('not bought');
    world.clock.advance(30 * 60_000);
    await process.life.observe(TENANT, answer.intentId);
    await world.bringBack(process);
    await world.bringBack(await world.process());
    expect(await world.violations(true)).toEqual([]);
    // Half an hour of five machines; seconds that have begun count whole.
    const { committed } = await world.books();
    expect(compareMoney(committed, multiplyMoney(PRICE, '2.5'))).toBeGreaterThanOrEqual(0);
    expect(compareMoney(committed, multiplyMoney(PRICE, '2.51'))).toBeLessThan(0);
  });
}

function describeUnknown(open: Make): void {
  it('does not double what came of a call without an answer', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    expect(await process.ledger.launch(world.request())).toMatchObject({ status: 'unknown' });
    expect(await world.launch(process)).toMatchObject({ status: 'settled', accepted: 5 });
    expect(await world.violations(false)).toEqual([]);
  });

  it('keeps its word to the cloud although the lease was renewed between call and repetition', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    world.cloud.administer({ action: 'hide-new', forMs: 2_000 });
    await process.ledger.launch(world.request());
    await process.life.renewLeases(TENANT, world.run, 1, addMs(world.now(), 7_200_000));
    // Not visible yet, so the same token goes out again: with other parameters the cloud would refuse it.
    const again = await process.ledger.launch(world.request());
    expect(again).toMatchObject({ status: 'settled', accepted: 5 });
    expect(await world.violations(false)).toEqual([]);
  });

  it.each(['quota-exceeded', 'permission-denied', 'rate-limited'] as const)(
    'does not forget a call without an answer because its repetition is refused (%s)',
    async (code) => {
      const world = await open();
      world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
      world.cloud.administer({ action: 'hide-new', forMs: 2_000 });
      await (await world.process()).ledger.launch(world.request());
      let refusals = 3;
      const refusing = changedProvider(simulated, [
        (compute) => ({
          launch: async (...args) => {
            refusals -= 1;
            if (refusals >= 0) throw new SpringtideError(code, 'not now');
            return await compute.launch(...args);
          },
        }),
      ]);
      const process = await world.process({ manifest: refusing });
      const next = await process.ledger.launch(world.request());
      expect(next.status).toBe('unknown');
      expect(
        await process.ledger.bringToRest(TENANT, next.status === 'unknown' ? next.intentId : ''),
      ).not.toBe(0);
      expect(await world.launch(process)).toMatchObject({ status: 'settled', accepted: 5 });
      expect(await world.violations(false)).toEqual([]);
      await world.bringBack(process);
      expect(await world.violations(true)).toEqual([]);
    },
  );

  it('buys afresh only when two complete answers a lag apart, after the deadline, prove absence', async () => {
    const world = await open();
    const lost = changedProvider(simulated, [
      () => ({ launch: async () => await Promise.reject(new SpringtideError('timeout', 'no answer')) }),
    ]);
    const token = { supported: false, reason: 'forgets' } as const;
    const noToken = { ...simulated, capabilities: { ...simulated.capabilities, idempotencyToken: token } };
    await (await world.process({ manifest: lost })).ledger.launch(world.request());
    const process = await world.process({ manifest: noToken });
    const sentAt = world.clock.now().getTime();
    expect(await world.launch(process)).toMatchObject({ status: 'settled', accepted: 5 });
    const [intent] = await world.intents();
    expect(intent?.generation).toBe(1);
    const { visibilityLagMs } = simulated.limits;
    expect(Date.parse(intent?.sentAt ?? '') - sentAt).toBeGreaterThanOrEqual(60_000 + 2 * visibilityLagMs);
    expect(await world.violations(false)).toEqual([]);
  });

  it('takes over a late answer of an older generation: too many, but none hidden', async () => {
    const world = await open();
    const answers: (() => void)[] = [];
    const held = changedProvider(simulated, [
      (compute) => ({
        launch: async (batch) => {
          await new Promise<void>((resolve) => {
            answers.push(resolve);
          });
          return await compute.launch(batch, { deadline: addMs(START, 86_400_000) });
        },
      }),
    ]);
    const slow = await world.process({ manifest: held });
    const late = slow.ledger.launch(world.request());
    while (answers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const token = { supported: false, reason: 'forgets' } as const;
    const noToken = { ...simulated, capabilities: { ...simulated.capabilities, idempotencyToken: token } };
    const process = await world.process({ manifest: changedProvider(noToken, [forgetfulOfTokens()]) });
    await world.launch(process);
    // A cloud that breaks its word and carries the call out long after its deadline.
    answers[0]?.();
    expect(await late).toMatchObject({ status: 'settled', accepted: 10 });
    const [intent] = await world.intents();
    expect(intent?.items).toHaveLength(10);
    expect((await world.books()).machines).toBe(10);
    world.look();
    await world.bringBack(process);
    const found = await world.violations(true);
    expect(found).toEqual(['I3: 10 machines for an intent of 5']);
  });
}

function describeRefusals(open: Make): void {
  it('keeps what a partial answer brought and gives the rest of the room back', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({
      action: 'limit-room',
      zone: 'sim-east-a',
      machineType: 'c2.large',
      machines: 3,
    });
    const answer = await world.launch(process);
    expect(answer).toMatchObject({
      status: 'settled',
      accepted: 3,
      refusals: [{ code: 'insufficient-capacity', count: 2 }],
    });
    const books = await world.books();
    expect(books.machines).toBe(3);
    expect(compareMoney(books.perHour, multiplyMoney(PRICE, 3))).toBe(0);
    expect(await world.violations(false)).toEqual([]);
    await world.bringBack(process);
    expect(await world.violations(true)).toEqual([]);
  });

  it('gives all room back when the cloud refuses, and nothing remains', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({
      action: 'limit-room',
      zone: 'sim-east-a',
      machineType: 'c2.large',
      machines: 0,
    });
    const answer = await world.launch(process);
    expect(answer).toMatchObject({ status: 'settled', accepted: 0 });
    expect(await world.violations(true)).toEqual([]);
    expect((await world.books()).committed.amount).toBe('0');
  });

  it('sends the same token again after throttling, without a trace in the books', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'throttle', times: 3 });
    expect(await world.launch(process)).toMatchObject({ status: 'settled', accepted: 5 });
    const [intent] = await world.intents();
    expect(intent).toMatchObject({ generation: 0, state: 'settled' });
    expect(await world.violations(false)).toEqual([]);
  });

  it('believes the cloud and not its own broken memory when the record fails after the call', async () => {
    const world = await open();
    const interruption = new Interruption();
    let broken = false;
    const store = interruptibleStore(world.options.store, interruption);
    const failing = {
      ...store,
      transaction: async (...args: Parameters<EffectStore['transaction']>) => {
        if (broken) throw new SpringtideError('conflict', 'could not serialize access');
        return await store.transaction(...args);
      },
    } as EffectStore;
    const breaking = changedProvider(simulated, [
      (compute) => ({
        launch: async (...args) => {
          const receipt = await compute.launch(...args);
          broken = true;
          return receipt;
        },
      }),
    ]);
    const process = await world.process({ store: failing, manifest: breaking });
    await expect(process.ledger.launch(world.request())).rejects.toMatchObject({ code: 'conflict' });
    expect((await world.intents())[0]?.state).toBe('sent');
    expect(await world.launch(await world.process())).toMatchObject({ status: 'settled', accepted: 5 });
    expect(await world.violations(false)).toEqual([]);
  });
}

function describeRails(open: Make): void {
  const room = 23;
  const whole = reservationFor(PRICE, 1, 2, 60, 0.1);
  it.each([
    ['machines', { maxMachines: room }],
    ['budget', { budget: multiplyMoney(whole, room) }],
    ['hourly rate', { maxPerHour: multiplyMoney(PRICE, room) }],
  ])('never lets parallel launches exceed the approved %s', async (_, mandate) => {
    const world = await open({ mandate });
    const process = await world.process();
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_unused, batch) => world.launch(process, { batch })),
    );
    expect(answers.filter((answer) => answer.status === 'settled')).toHaveLength(4);
    expect(answers.filter((answer) => answer.status === 'refused')).toHaveLength(6);
    expect(world.look()).toHaveLength(20);
    expect(await world.violations(false)).toEqual([]);
  });

  it.each([
    ['frozen', { state: 'frozen' as const }, 'frozen'],
    ['expired', { validUntil: addMs(START, -1) }, 'expired'],
    ['of other pools', { poolIds: ['west'] }, 'outside-envelope'],
    ['too small', { budget: money('CNY', '0.01') }, 'over-budget'],
  ])('buys nothing under a mandate that is %s', async (_, mandate, code) => {
    const world = await open({ mandate });
    const answer = await world.launch(await world.process());
    expect(answer).toMatchObject({ status: 'refused', refusal: { code } });
    expect(world.look()).toEqual([]);
    expect(await world.intents()).toEqual([]);
    expect(await world.violations(true)).toEqual([]);
  });

  it('obeys a stop between writing and sending, and gives the room back', async () => {
    const world = await open();
    const interruption = new Interruption(2);
    const store = interruptibleStore(world.options.store, interruption);
    await expect((await world.process({ store })).ledger.launch(world.request())).rejects.toThrow('killed');
    expect((await world.intents())[0]?.state).toBe('written');
    const process = await world.process();
    await process.ledger.setStopSwitch(TENANT, { engaged: true, reason: 'drill', at: world.now() });
    expect(await world.launch(process)).toMatchObject({ status: 'refused', refusal: { code: 'stopped' } });
    expect(await world.launch(process, { batch: 1 })).toMatchObject({ status: 'refused' });
    expect(world.look()).toEqual([]);
    expect(await world.violations(true)).toEqual([]);
  });

  it('does not call something refused that may have been bought before the stop', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    world.cloud.administer({ action: 'hide-new', forMs: 1_500 });
    await process.ledger.launch(world.request());
    await process.ledger.setStopSwitch(TENANT, { engaged: true, reason: 'drill', at: world.now() });
    expect((await process.ledger.launch(world.request())).status).toBe('unknown');
    expect(await world.launch(process)).toMatchObject({ status: 'settled', accepted: 5 });
    await world.bringBack(process);
    expect(await world.violations(true)).toEqual([]);
  });

  it('returns what an extension set aside when everything is back', async () => {
    const world = await open();
    const process = await world.process();
    await world.launch(process);
    await process.ledger.changeMandate(TENANT, world.run, (mandate) => ({
      ...mandate,
      reserved: money('CNY', '999.123'),
    }));
    await world.bringBack(process);
    expect(await world.violations(true)).toEqual([]);
    expect(POOL).toBe(world.mandate.poolIds[0]);
  });
}

function describeFences(open: Make): void {
  it('refuses an owner that slept while another one took over: launch, set, release and leases', async () => {
    const world = await open();
    const old = await world.process();
    const answer = await world.launch(old);
    const targets = world.look().map((machineId) => ({
      intentId: answer.status === 'settled' ? answer.intentId : null,
      machineId,
    }));
    await old.ledger.takeFence(TENANT, world.run, 'second owner');
    const refused = { code: 'conflict', retry: 'never', facts: { fence: 1 } };
    const place = { ...world.request(), step: 'shift', fence: 1 };
    let sent = 0;
    await expect(old.ledger.launch(world.request({ batch: 1 }))).rejects.toMatchObject(refused);
    const set = old.ledger.set(place, { weights: { home: 100 } }, async () => {
      sent += 1;
      return await Promise.resolve();
    });
    await expect(set).rejects.toMatchObject(refused);
    await expect(old.life.release({ ...place, step: 'release', targets })).rejects.toMatchObject(refused);
    const renewal = old.life.renewLeases(TENANT, world.run, 1, addMs(world.now(), 7_200_000));
    await expect(renewal).rejects.toMatchObject(refused);
    expect(sent).toBe(0);
    expect(world.cloud.machines().filter((machine) => machine.state === 'terminating')).toEqual([]);
    expect(await world.intents()).toHaveLength(1);
    expect(await world.violations(false)).toEqual([]);
  });

  it('does not send when its owner slept past the deadline after the last check', async () => {
    const world = await open();
    const sleepy = {
      ...world.options.store,
      transaction: async (...args: Parameters<EffectStore['transaction']>) => {
        const result = await world.options.store.transaction(...args);
        // Stopped right after the check has committed; woken when others have given up on it.
        if ((await world.intents())[0]?.state === 'sent') world.clock.advance(120_000);
        return result;
      },
      listScopes: async () => await world.options.store.listScopes(),
    } as EffectStore;
    const old = await world.process({ store: sleepy });
    expect(await old.ledger.launch(world.request())).toMatchObject({ status: 'unknown' });
    expect(world.look()).toEqual([]);
    expect(await world.launch(await world.process())).toMatchObject({ accepted: 5 });
    expect(await world.violations(false)).toEqual([]);
  });

  it('records every sending of a value that is set, also a repeated one', async () => {
    const world = await open();
    const { ledger } = await world.process();
    const place = { ...world.request(), step: 'shift/1', fence: 1 };
    const sent: string[] = [];
    const set = async (weights: string) =>
      ledger.set(place, { weights }, async (deadline) => {
        sent.push(weights);
        return await Promise.resolve(deadline);
      });
    const deadline = await set('home 100');
    expect(deadline).toBe(addMs(world.now(), 60_000));
    await set('home 100');
    await set('home 50');
    const [row] = await ledger.listIntents(TENANT, { runId: world.run, kind: 'set' });
    expect(sent).toEqual(['home 100', 'home 100', 'home 50']);
    expect(row).toMatchObject({ state: 'settled', generation: 2, spec: { weights: 'home 50' } });
  });
}

function describeReturn(open: Make): void {
  it('ends what a run left unanswered before it deletes', async () => {
    const world = await open();
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    world.cloud.administer({ action: 'hide-new', forMs: 2_000 });
    await process.ledger.launch(world.request());
    await world.bringBack(process);
    expect([...world.everMade.values()].map((made) => made.size)).toEqual([5]);
    expect(await world.violations(true)).toEqual([]);
  });

  it('sweeps satellites before an intent counts as released', async () => {
    const world = await open({ plan: { behaviour: { survivingDisks: 1 } } });
    const process = await world.process();
    const answer = await world.launch(process);
    const intent = answer.status === 'settled' ? answer.intentId : '';
    const machineIds = [...world.look()];
    await world.bringBack(process);
    const left = await process.client.compute.listSatellites({ region: REGION, machineIds, intent });
    expect(left).toEqual([]);
    expect(await world.violations(true)).toEqual([]);
  });

  it('asks again for machines that the cloud promised to delete and kept', async () => {
    const world = await open({
      plan: { faults: { stuckTermination: 0.7 } },
      policy: { callDeadlineMs: 4_000 },
    });
    const process = await world.process();
    await world.launch(process);
    await world.bringBack(process);
    const asked = await process.ledger.listIntents(TENANT, { runId: world.run, kind: 'delete' });
    expect(asked.filter((intent) => intent.step.startsWith('again/')).length).toBeGreaterThan(1);
    expect(await world.violations(true)).toEqual([]);
  });

  it('goes on where a release stopped half-way, and says what the cloud refused', async () => {
    const world = await open();
    const protectedIds = new Set<string>();
    const refusing = changedProvider(simulated, [
      (compute) => ({
        terminate: async (ids, ...rest) => {
          const outcomes = new Map(
            await compute.terminate(
              ids.filter((id) => !protectedIds.has(id)),
              ...rest,
            ),
          );
          for (const id of ids) {
            if (protectedIds.has(id))
              outcomes.set(id, new SpringtideError('failed-precondition', 'protected'));
          }
          return outcomes;
        },
      }),
    ]);
    const process = await world.process({ manifest: refusing });
    const answer = await world.launch(process);
    const intentId = answer.status === 'settled' ? answer.intentId : '';
    const ids = [...world.look()];
    protectedIds.add(ids[2] ?? '');
    const release = {
      ...world.request(),
      step: 'release',
      targets: ids.map((machineId) => ({ intentId, machineId })),
    };
    await expect(process.life.release(release)).rejects.toMatchObject({ code: 'failed-precondition' });
    const [half] = await world.intents();
    expect(half?.items.map((item) => item.state).toSorted()).toEqual([
      'accepted',
      ...Array.from({ length: 4 }, () => 'releasing'),
    ]);
    const kept = half?.items.find((item) => item.state === 'accepted');
    expect(kept?.refusal).toEqual({ code: 'failed-precondition', message: 'protected' });
    protectedIds.clear();
    await process.life.release(release);
    world.clock.advance(5_000);
    await process.life.finishRelease(TENANT, intentId);
    expect(await world.violations(true)).toEqual([]);
  });
}

/** One life of a batch, as a run drives it; every step may be repeated. */
async function wholeLife(world: EffectWorld, process: Awaited<ReturnType<EffectWorld['process']>>) {
  await world.launch(process);
  world.clock.advance(5_000);
  const [intent] = await world.intents();
  if (intent !== undefined) await process.life.observe(TENANT, intent.id);
  await world.bringBack(process);
}

function describeCrashes(open: Make, every: number): void {
  const variants = [
    ['a cloud that knows tokens', simulated],
    [
      'a cloud without tokens',
      changedProvider(
        {
          ...simulated,
          capabilities: {
            ...simulated.capabilities,
            idempotencyToken: { supported: false, reason: 'forgets' },
          },
        },
        [forgetfulOfTokens()],
      ),
    ],
  ] as const;
  it.each(variants)(
    'survives the end of its process at every place, with %s',
    async (_, manifest) => {
      const places: string[] = [];
      for (let endAt = 1; ; endAt += every) {
        const world = await open({ plan: { behaviour: { survivingDisks: 1 } } });
        const interruption = new Interruption(endAt);
        const dying = await world.process({
          store: interruptibleStore(world.options.store, interruption),
          manifest: changedProvider(manifest, [interruptedCalls(interruption)]),
        });
        await wholeLife(world, dying).catch(() => undefined);
        const found = [...(await world.violations(false))];
        await wholeLife(world, await world.process({ manifest }));
        found.push(...(await world.violations(true)));
        const place = interruption.places.at(-1) ?? '';
        expect({ endAt, place, found }).toEqual({ endAt, place, found: [] });
        if (!interruption.hasEnded) break;
        places.push(place);
      }
      if (every > 1) return;
      expect(new Set(places)).toEqual(
        new Set([
          'before commit',
          'after commit',
          'before launch',
          'after launch',
          'before terminate',
          'after terminate',
          'before releaseSatellite',
          'after releaseSatellite',
        ]),
      );
    },
    120_000,
  );
}
