import { SpringtideError, addMs, compareMoney, multiplyMoney } from '@springtide/kernel';
import { manifest as simulated } from '../../../providers/simulated/index.js';
import type { EffectStore } from '../effect-store.port.js';
import { describeCrashes } from './crash-contract.js';
import { STANDARD_EFFECTS } from '../effects-policy.js';
import { PRICE, START, TENANT } from './effect-fixtures.js';
import { EffectWorld, type OpenWorld, type WorldOptions } from './effect-world.js';
import { Interruption, changedProvider, forgetfulOfTokens, interruptibleStore } from './interruption.js';
import { describeFences, describeRails } from './rails-contract.js';
import { describeReturn } from './return-contract.js';
import { describeTimers } from './timer-contract.js';

type Open = () => Promise<EffectStore>;

const withoutTimers = {
  ...simulated,
  capabilities: { ...simulated.capabilities, timeToLive: { supported: false, reason: 'none' } },
} as const;

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
    describeTimers(world);
    describeCrashes(world, crashEvery);
  });
}

function describeOnce(open: OpenWorld): void {
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

function describeUnknown(open: OpenWorld): void {
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

  it('asks no cloud again that has refused the repetition for good: a look-up concludes', async () => {
    const world = await open();
    let calls = 0;
    const refusing = changedProvider(simulated, [
      () => ({
        launch: async () => {
          calls += 1;
          const code = calls === 1 ? 'timeout' : 'permission-denied';
          return await Promise.reject(new SpringtideError(code, 'not from here'));
        },
      }),
    ]);
    const answer = await world.launch(await world.process({ manifest: refusing }));
    expect(answer).toMatchObject({ status: 'settled', accepted: 0, refusals: [{ count: 5 }] });
    expect(calls).toBe(2);
    expect(await world.violations(true)).toEqual([]);
  });

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

  it('trusts a token no longer than clouds remember it', async () => {
    const world = await open();
    const tokens: string[] = [];
    const deaf = changedProvider(withoutTimers, [
      (compute) => ({
        launch: async (batch, options) => {
          tokens.push(batch.token);
          if (tokens.length === 1) throw new SpringtideError('unknown', 'lost on the way there');
          return await compute.launch(batch, options);
        },
      }),
    ]);
    const process = await world.process({ manifest: deaf });
    await process.ledger.launch(world.request());
    world.clock.advance(STANDARD_EFFECTS.tokenLifeMs);
    await process.life.renewLeases(TENANT, world.run, 1, addMs(world.now(), STANDARD_EFFECTS.leaseMs));
    expect(await world.launch(process)).toMatchObject({ status: 'settled', accepted: 5 });
    expect([tokens.length, new Set(tokens).size]).toEqual([2, 2]);
    expect(await world.violations(false)).toEqual([]);
  });

  it.each(['answer', 'error'] as const)(
    'does not let a late refusal of an older generation (%s) end the call that is under way',
    async (as) => {
      const world = await open();
      const held: ((refuse: boolean) => void)[] = [];
      const token = { supported: false, reason: 'forgets' } as const;
      const noToken = { ...simulated, capabilities: { ...simulated.capabilities, idempotencyToken: token } };
      const holding = changedProvider(noToken, [
        (compute) => ({
          launch: async (batch, options) => {
            const refuse = await new Promise<boolean>((resolve) => held.push(resolve));
            if (refuse && as === 'error') throw new SpringtideError('permission-denied', 'not from here');
            if (refuse) return { items: refusals(batch.count) };
            return await compute.launch(batch, { ...options, deadline: addMs(START, 86_400_000) });
          },
        }),
      ]);
      const process = await world.process({ manifest: holding });
      const calls = [process.ledger.launch(world.request())];
      await until(() => held.length === 1);
      while (held.length === 1) {
        calls.push(process.ledger.launch(world.request()));
        await Promise.race([calls.at(-1), until(() => held.length === 2)]);
        world.clock.advance(60_000);
      }
      held[0]?.(true);
      await calls[0];
      expect((await world.intents())[0]).toMatchObject({ state: 'sent', generation: 1 });
      held[1]?.(false);
      expect(await calls.at(-1)).toMatchObject({ status: 'settled', accepted: 5, refusals: [] });
      expect(await world.violations(false)).toEqual([]);
    },
  );

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
    await until(() => answers.length > 0);
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
    expect(found).toContain('I3: 10 machines for an intent of 5');
    // The oracle says the same: too many, and under two tokens; nothing else is wrong.
    expect(new Set(found.map((text) => text.split(':', 1)[0]))).toEqual(new Set(['I3', 'I10']));
  });
}

function describeRefusals(open: OpenWorld): void {
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

function refusals(count: number) {
  const error = new SpringtideError('insufficient-capacity', 'sold out');
  return Array.from({ length: count }, () => ({ outcome: 'refused', error }) as const);
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}
