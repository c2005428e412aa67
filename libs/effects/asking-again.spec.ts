import { SpringtideError, addMs } from '@springtide/kernel';
import type { LaunchBatch, ProviderManifest } from '@springtide/provider-kit';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import { STANDARD_EFFECTS } from './effects-policy.js';
import { TENANT } from './testing/effect-fixtures.js';
import { EffectWorld } from './testing/effect-world.js';
import { changedProvider } from './testing/interruption.js';

const { callDeadlineMs, tokenLifeMs, leaseMs } = STANDARD_EFFECTS;

const without = (capability: 'timeToLive' | 'idempotencyToken' | 'partialLaunch'): ProviderManifest => ({
  ...simulated,
  capabilities: { ...simulated.capabilities, [capability]: { supported: false, reason: 'has none' } },
});

const open = async () => await EffectWorld.open({ store: new MemoryEffectStore() });

/** A cloud that gives these answers first, each once, and then does what it is asked. */
function answering(manifest: ProviderManifest, errors: readonly SpringtideError[]) {
  const sent: LaunchBatch[] = [];
  const changed = changedProvider(manifest, [
    (compute) => ({
      launch: async (batch, options) => {
        sent.push(batch);
        const error = errors[sent.length - 1];
        if (error !== undefined) throw error;
        return await compute.launch(batch, options);
      },
    }),
  ]);
  return { changed, sent };
}

describe('a purchase that is asked for again', () => {
  it.each(['timeout', 'rate-limited'] as const)('comes no sooner than the cloud said (%s)', async (code) => {
    const { changed } = answering(simulated, [new SpringtideError(code, 'later', { retryAfterMs: 42_000 })]);
    const world = await open();
    const { ledger } = await world.process({ manifest: changed });
    const answer = await ledger.launch(world.request());
    expect(answer).toMatchObject({ status: 'unknown', failed: code, retryAfterMs: 42_000 });
  });

  it('trusts its token for as long as the cloud knows it since the first call, not since the last one', async () => {
    const world = await open();
    const lost = new SpringtideError('unknown', 'lost on the way there');
    const { changed, sent } = answering(without('timeToLive'), [lost, lost]);
    const { ledger, life } = await world.process({ manifest: changed });
    for (let half = 0; half < 2; half += 1) {
      await ledger.launch(world.request());
      world.clock.advance(tokenLifeMs / 2);
      await life.renewLeases(TENANT, world.run, 1, addMs(world.now(), leaseMs));
    }
    expect(await world.launch(await world.process({ manifest: changed }))).toMatchObject({ accepted: 5 });
    const [first, second, third] = sent.map(({ token }) => token);
    expect([sent.length, second, third === first]).toEqual([3, first, false]);
    expect(await world.violations(false)).toEqual([]);
  });

  it.each([
    ['takes what there is of it, where a cloud can give a part', simulated, 1],
    ['is whole or not at all, where a cloud cannot give a part', without('partialLaunch'), 5],
  ])('%s', async (_, manifest, minimum) => {
    const world = await open();
    const { changed, sent } = answering(manifest, []);
    await world.launch(await world.process({ manifest: changed }));
    expect(sent.map((batch) => [batch.count, batch.minimum])).toEqual([[5, minimum]]);
  });
});

describe('a purchase without an answer, of which a part came', () => {
  const half = async () => {
    const world = await EffectWorld.open({
      store: new MemoryEffectStore(),
      plan: { behaviour: { survivingDisks: 1 } },
    });
    world.cloud.administer({
      action: 'limit-room',
      zone: 'sim-east-a',
      machineType: 'c2.large',
      machines: 3,
    });
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    const process = await world.process({ manifest: without('idempotencyToken') });
    const { status } = await process.ledger.launch(world.request());
    expect([status, world.look().length]).toEqual(['unknown', 3]);
    const [intent] = await world.intents();
    return { world, process, id: intent?.id ?? '' };
  };

  it('has that part in the books from the first look on, long before the rest is proven absent', async () => {
    const { world, process, id } = await half();
    world.clock.advance(simulated.limits.visibilityLagMs);
    expect(await process.ledger.bringToRest(TENANT, id)).toBeGreaterThan(0);
    const [intent] = await world.intents();
    expect([intent?.state, intent?.items.filter(({ state }) => state === 'accepted').length]).toEqual([
      'sent',
      3,
    ]);
  });

  it('buys no second part: what came is kept, the rest is given up', async () => {
    const { world, process } = await half();
    world.cloud.administer({
      action: 'limit-room',
      zone: 'sim-east-a',
      machineType: 'c2.large',
      machines: 50,
    });
    expect(await world.launch(process)).toMatchObject({ status: 'settled', accepted: 3 });
    expect(world.look()).toHaveLength(3);
    expect(await world.violations(false)).toEqual([]);
  });

  it('is not swept after while nobody knows what else came', async () => {
    const { world, process, id } = await half();
    world.cloud.administer({ action: 'delete-outside', id: world.look()[0] ?? '' });
    expect(await process.life.sweepUp(TENANT, id)).toEqual([]);
    expect(await process.ledger.listIntents(TENANT, { runId: world.run, kind: 'delete' })).toEqual([]);
  });
});

describe('a deletion that the cloud promised, forgot, and then refuses', () => {
  it('is asked for again once with every deadline, not with every look', async () => {
    const world = await open();
    let calls = 0;
    const forgetful = changedProvider(simulated, [
      () => ({
        terminate: async (ids) => {
          calls += 1;
          if (calls > 1) throw new SpringtideError('unavailable', 'not now');
          return await Promise.resolve(new Map(ids.map((id) => [id, 'terminating' as const])));
        },
      }),
    ]);
    const process = await world.process({ manifest: forgetful });
    await world.launch(process);
    await world.release(process);
    const [intent] = await world.intents();
    const look = async () => await process.life.readBack(TENANT, intent?.id ?? '');
    for (const [afterMs, asked] of [
      [callDeadlineMs + 1, 2],
      [1_000, 2],
      [1_000, 2],
      [callDeadlineMs, 3],
    ] as const) {
      world.clock.advance(afterMs);
      expect([await look(), calls]).toEqual([5, asked]);
    }
  });
});
