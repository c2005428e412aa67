import { SpringtideError, addMs, money, multiplyMoney } from '@springtide/kernel';
import { manifest as simulated } from '../../../providers/simulated/index.js';
import { reservationFor } from '../domain/index.js';
import type { EffectStore } from '../effect-store.port.js';
import { PRICE, START, TENANT } from './effect-fixtures.js';
import type { OpenWorld } from './effect-world.js';
import { Interruption, interruptibleStore } from './interruption.js';

/** Mandates, stop switch and fences: what may be bought, and by whom. */
export function describeRails(open: OpenWorld): void {
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

  it.each(['stopped', 'frozen', 'expired'] as const)(
    'obeys what says no between writing and sending (%s), and gives the room back',
    async (code) => {
      const world = await open();
      const interruption = new Interruption(2);
      const store = interruptibleStore(world.options.store, interruption);
      await expect((await world.process({ store })).ledger.launch(world.request())).rejects.toThrow('killed');
      expect((await world.intents())[0]?.state).toBe('written');
      const process = await world.process();
      if (code === 'stopped') {
        await process.ledger.setStopSwitch(TENANT, { engaged: true, reason: 'drill', at: world.now() });
      } else {
        await process.ledger.changeMandate(TENANT, world.run, (mandate) =>
          code === 'frozen'
            ? { ...mandate, state: 'frozen' }
            : { ...mandate, validUntil: addMs(world.now(), -1) },
        );
      }
      expect(await world.launch(process)).toMatchObject({ status: 'refused', refusal: { code } });
      expect(await world.launch(process, { batch: 1 })).toMatchObject({ status: 'refused' });
      expect(world.look()).toEqual([]);
      expect(await world.violations(true)).toEqual([]);
    },
  );

  it.each([
    ['the stop switch is pulled', 'stop', 'refused'],
    ['its run gets a new owner', 'owner', 'fenced'],
  ] as const)('sends nothing that waits for its call budget when %s', async (_, event, outcome) => {
    const world = await open();
    const rates = { ...simulated.rates, mutate: { burst: 1, perSecond: 0.05 } };
    const process = await world.process({ manifest: { ...simulated, rates } });
    await world.launch(process);
    const advance = world.clock.sleep.bind(world.clock);
    world.clock.sleep = async (ms) => {
      world.clock.sleep = advance;
      if (event === 'owner') await process.ledger.takeFence(TENANT, world.run, 'second owner');
      else await process.ledger.setStopSwitch(TENANT, { engaged: true, reason: 'drill', at: world.now() });
      await advance(ms);
    };
    const second = await world.launch(process, { batch: 1 }).catch((thrown: unknown) => thrown);
    const expected = outcome === 'fenced' ? { code: 'conflict', retry: 'never' } : { status: outcome };
    expect(second).toMatchObject(expected);
    expect(world.look()).toHaveLength(5);
    expect((await world.intents()).map(({ state, unanswered }) => [state, unanswered])).toContainEqual(
      outcome === 'fenced' ? ['written', 0] : ['released', 0],
    );
    expect(await world.violations(false)).toEqual([]);
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
  });
}

export function describeFences(open: OpenWorld): void {
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

  it('deletes nothing that waits for its call budget when its run gets a new owner', async () => {
    const world = await open();
    const rates = { ...simulated.rates, mutate: { burst: 1, perSecond: 0.05 } };
    const old = await world.process({ manifest: { ...simulated, rates } });
    const answer = await world.launch(old);
    const intentId = answer.status === 'settled' ? answer.intentId : null;
    const targets = world.look().map((machineId) => ({ intentId, machineId }));
    const advance = world.clock.sleep.bind(world.clock);
    world.clock.sleep = async (ms) => {
      world.clock.sleep = advance;
      await old.ledger.takeFence(TENANT, world.run, 'second owner');
      await advance(ms);
    };
    const late = old.life.release({ ...world.request(), step: 'release', targets });
    await expect(late).rejects.toMatchObject({ code: 'conflict', retry: 'never' });
    expect(world.cloud.machines().filter((machine) => machine.state === 'terminating')).toEqual([]);
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

  it('sends nothing for an intent that was brought to rest while its owner was on the way', async () => {
    const world = await open();
    const other = await world.process();
    const { store } = world.options;
    const overtaken = {
      listScopes: async () => await store.listScopes(),
      transaction: async (...args: Parameters<EffectStore['transaction']>) => {
        const result = await store.transaction(...args);
        const [intent] = await world.intents();
        if (intent?.state === 'written') await other.ledger.bringToRest(TENANT, intent.id);
        return result;
      },
    } as EffectStore;
    const process = await world.process({ store: overtaken });
    expect(await process.ledger.launch(world.request())).toMatchObject({ status: 'settled', accepted: 0 });
    expect(await world.launch(process)).toMatchObject({ status: 'settled', accepted: 0 });
    expect(world.look()).toEqual([]);
    expect(await world.violations(true)).toEqual([]);
  });

  it('keeps no order under way that was refused without effect, unless another call of it is unaccounted for', async () => {
    const world = await open();
    const { ledger } = await world.process();
    const refused = new SpringtideError('failed-precondition', 'nobody there is healthy');
    const set = async (step: string, failure: SpringtideError) =>
      ledger.set({ ...world.request(), step, fence: 1 }, { weights: step }, async () =>
        Promise.reject(failure),
      );
    await expect(set('shift/1', refused)).rejects.toBe(refused);
    await expect(set('shift/2', new SpringtideError('timeout', 'no answer'))).rejects.toMatchObject({});
    await expect(set('shift/2', refused)).rejects.toBe(refused);
    const rows = await ledger.listIntents(TENANT, { runId: world.run, kind: 'set' });
    const problem = { code: 'failed-precondition', message: 'nobody there is healthy' };
    expect(rows.toSorted((a, b) => (a.step < b.step ? -1 : 1))).toMatchObject([
      { step: 'shift/1', state: 'written', unanswered: 0, problem },
      { step: 'shift/2', state: 'sent', unanswered: 1, problem },
    ]);
    const place = { ...world.request(), step: 'shift/1', fence: 1 };
    await ledger.set(place, { weights: 'shift/1' }, async () => Promise.resolve());
    const [again] = await ledger.listIntents(TENANT, {
      ids: [rows.find((row) => row.step === 'shift/1')?.id ?? ''],
    });
    expect(again).toMatchObject({ state: 'settled', generation: 0, problem: null });
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
