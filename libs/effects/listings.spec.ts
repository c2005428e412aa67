import { manifest as simulated } from '../../providers/simulated/index.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import { ACCOUNT, TENANT } from './testing/effect-fixtures.js';
import { EffectWorld, REGION } from './testing/effect-world.js';
import { changedProvider } from './testing/interruption.js';

const SCOPE = { tenantId: TENANT, accountId: ACCOUNT, region: REGION };
const LAG = simulated.limits.visibilityLagMs;

describe('what a listing shows of work under way', () => {
  it('takes over what it sees of an unanswered call, and leaves open what may be seen later', async () => {
    const world = await EffectWorld.open({ store: new MemoryEffectStore() });
    let shown = 3;
    const process = await world.process({
      manifest: changedProvider(simulated, [
        (compute) => ({
          list: async function* (...args) {
            for await (const page of compute.list(...args)) {
              yield { ...page, items: page.items.slice(0, shown) };
            }
          },
        }),
      ]),
    });
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    await process.ledger.launch(world.request());
    world.clock.advance(LAG);
    expect((await process.reconciler.pass(SCOPE)).adopted).toBe(3);
    expect((await world.intents())[0]?.state).toBe('sent');
    shown = 5;
    await process.reconciler.pass(SCOPE);
    const [intent] = await world.intents();
    expect([intent?.state, intent?.items.map(({ state }) => state)]).toEqual([
      'settled',
      Array.from({ length: 5 }, () => 'accepted'),
    ]);
    expect(await world.violations(false)).toEqual([]);
  });

  it('does not doubt a listing because machines are over that were leaving in the one before', async () => {
    const world = await EffectWorld.open({
      store: new MemoryEffectStore(),
      plan: { behaviour: { terminateMs: 10 * 60_000 } },
    });
    const process = await world.process();
    await world.launch(process);
    await process.reconciler.pass(SCOPE);
    world.clock.advance(60_000);
    await world.release(process);
    world.clock.advance(60_000);
    expect(await process.reconciler.pass(SCOPE)).toMatchObject({ trusted: true, listed: 5 });
    world.clock.advance(20 * 60_000);
    expect(await process.reconciler.pass(SCOPE)).toMatchObject({ trusted: true, listed: 0 });
  });

  it('asks for a machine by its id before it believes that it is gone', async () => {
    const world = await EffectWorld.open({ store: new MemoryEffectStore() });
    let hidden: string | undefined;
    const process = await world.process({
      manifest: changedProvider(simulated, [
        (compute) => ({
          list: async function* (...args) {
            for await (const page of compute.list(...args)) {
              yield { ...page, items: page.items.filter(({ id }) => id !== hidden) };
            }
          },
        }),
      ]),
    });
    await world.launch(process);
    world.clock.advance(60_000);
    await process.reconciler.pass(SCOPE);
    hidden = world.look()[0];
    world.clock.advance(60_000);
    expect(await process.reconciler.pass(SCOPE)).toMatchObject({ trusted: true, listed: 4, lost: 0 });
    expect((await world.intents())[0]?.items.map(({ state }) => state)).not.toContain('lost');
    expect(await world.violations(false)).toEqual([]);
  });
});
