import { randomUUID } from 'node:crypto';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import { adopted } from './domain/index.js';
import type { EffectStore } from './effect-store.port.js';
import { StuckEffects, abandonFoundIn } from './stuck.service.js';
import { ACCOUNT, TENANT } from './testing/effect-fixtures.js';
import { EffectWorld, REGION, machineBehindTheLedger } from './testing/effect-world.js';

const SCOPE = { tenantId: TENANT, accountId: ACCOUNT, region: REGION };
const GRACE = 15 * 60_000;
const LAG = simulated.limits.visibilityLagMs;

/** The same memory, in which something happens once, right after its `nth` transaction from `begin` on. */
function interrupted(store: EffectStore, nth: number, work: () => Promise<unknown>) {
  let left = Number.POSITIVE_INFINITY;
  const watched: EffectStore = {
    transaction: async (tenantId, change) => {
      const result = await store.transaction(tenantId, change);
      left -= 1;
      if (left === 0) await work();
      return result;
    },
    listScopes: async (since) => await store.listScopes(since),
  };
  return { store: watched, begin: () => (left = nth) };
}

async function setUp() {
  const world = await EffectWorld.open({ store: new MemoryEffectStore() });
  const process = await world.process();
  await world.launch(process);
  const [intent] = await world.intents();
  if (intent === undefined) throw new Error('nothing was bought');
  return { world, process, intent };
}

describe('while the reconciler thinks', () => {
  it('a late answer takes a machine over that was about to be ended as an orphan: it stays', async () => {
    const { world, process, intent } = await setUp();
    const late = await machineBehindTheLedger(process, { intent: intent.id });
    const answer = async () =>
      await process.ledger.change(intent, (current, at) => adopted(current, [late], at, 'open'));
    // It reads the books, and keeps what it saw; then it ends what no intent has.
    const { store, begin } = interrupted(world.options.store, 2, answer);
    const { reconciler } = await world.process({ store });
    world.clock.advance(LAG);
    await reconciler.pass(SCOPE);
    world.clock.advance(2 * GRACE);
    begin();
    expect(await reconciler.pass(SCOPE)).toMatchObject({ trusted: true, orphansDeleted: 0 });
    const machine = world.cloud.machines().find(({ id }) => id === late);
    expect(machine?.state).toBe('running');
    expect((await world.intents())[0]?.items.map((item) => item.machineId)).toContain(late);
  });

  it('a person decides about a machine that only its marks tell of: the decision stands', async () => {
    const { world, process } = await setUp();
    await machineBehindTheLedger(process, { intent: randomUUID() });
    world.clock.advance(LAG);
    await process.reconciler.pass(SCOPE);
    const desk = new StuckEffects(process.ledger);
    const found = async () => (await desk.list(TENANT)).filter(({ kind }) => kind === 'found-by-tag');
    const [effect] = await found();
    if (effect === undefined) throw new Error('it is not shown');
    const decided = { at: world.now(), by: 'Ada', reason: 'kept for the auditors' };
    const decide = async () =>
      await world.options.store.transaction(TENANT, async (tx) => await abandonFoundIn(tx, effect, decided));
    const { store, begin } = interrupted(world.options.store, 1, decide);
    const { reconciler } = await world.process({ store });
    world.clock.advance(GRACE);
    begin();
    await reconciler.pass(SCOPE);
    expect(await found()).toEqual([]);
  });
});

describe('a machine that comes when its purchase is over', () => {
  it('is an orphan as long as the ledger knows the purchase, and is ended', async () => {
    const { world, process, intent } = await setUp();
    await world.bringBack(process);
    expect((await world.intents())[0]?.state).toBe('released');
    await machineBehindTheLedger(process, { intent: intent.id });
    world.clock.advance(LAG);
    await process.reconciler.pass(SCOPE);
    world.clock.advance(2 * GRACE);
    expect(await process.reconciler.pass(SCOPE)).toMatchObject({ orphansDeleted: 1, strangers: 0 });
  });
});
