import { randomUUID } from 'node:crypto';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import type { StuckEffect } from './domain/index.js';
import { StuckEffects, abandonFoundIn, abandonIn } from './stuck.service.js';
import { ACCOUNT, OTHER_TENANT, TENANT } from './testing/effect-fixtures.js';
import { EffectWorld, REGION, machineBehindTheLedger } from './testing/effect-world.js';
import { changedProvider } from './testing/interruption.js';

const SCOPE = { tenantId: TENANT, accountId: ACCOUNT, region: REGION };
const GRACE = 15 * 60_000;
const LAG = simulated.limits.visibilityLagMs;

async function setUp() {
  const plan = { behaviour: { pageSize: 2 } };
  const world = await EffectWorld.open({ store: new MemoryEffectStore(), plan });
  const process = await world.process();
  await world.launch(process);
  const [intent] = await world.intents();
  if (intent === undefined) throw new Error('nothing was bought');
  return { world, process, intent };
}

const decided = (world: EffectWorld) => ({ at: world.now(), by: 'Ada', reason: 'evidence in a case' });

function cutNextListing(world: EffectWorld): void {
  world.cloud.administer({ action: 'inject', operation: 'ListMachines', effect: 'truncate' });
}

describe('a listing that proves nothing', () => {
  it('does not make the reconciler forget what a person decided about a machine', async () => {
    const { world, process } = await setUp();
    await machineBehindTheLedger(process, { intent: randomUUID() });
    world.clock.advance(LAG);
    await process.reconciler.pass(SCOPE);
    const desk = new StuckEffects(process.ledger);
    const [effect] = (await desk.list(TENANT)).filter(({ kind }) => kind === 'found-by-tag');
    if (effect === undefined) throw new Error('it is not shown');
    const by = decided(world);
    await world.options.store.transaction(TENANT, async (tx) => await abandonFoundIn(tx, effect, by));
    cutNextListing(world);
    expect((await process.reconciler.pass(SCOPE)).trusted).toBe(false);
    expect((await process.reconciler.pass(SCOPE)).strangers).toBe(1);
    expect((await desk.list(TENANT)).filter(({ kind }) => kind === 'found-by-tag')).toEqual([]);
  });

  it('does not make an orphan new again: the next whole listing is the second one', async () => {
    const { world, process, intent } = await setUp();
    await machineBehindTheLedger(process, { intent: intent.id });
    world.clock.advance(LAG);
    await process.reconciler.pass(SCOPE);
    world.clock.advance(2 * GRACE);
    cutNextListing(world);
    expect(await process.reconciler.pass(SCOPE)).toMatchObject({ trusted: false, orphansDeleted: 0 });
    expect(await process.reconciler.pass(SCOPE)).toMatchObject({ trusted: true, orphansDeleted: 1 });
  });
});

describe('a lease that is over', () => {
  it('brings back a run whose only purchase was never answered', async () => {
    const world = await EffectWorld.open({ store: new MemoryEffectStore() });
    const process = await world.process();
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    world.cloud.administer({ action: 'hide-new', forMs: 10 * GRACE });
    await process.ledger.launch(world.request());
    world.clock.advance(GRACE + 1_000);
    expect(await process.reconciler.pass(SCOPE)).toMatchObject({ adopted: 0, lapsedRunIds: [world.run] });
  });

  it('brings nobody back for machines that a person has given up', async () => {
    const { world, process, intent } = await setUp();
    const effect = { intentId: intent.id, items: intent.items };
    const by = decided(world);
    await world.options.store.transaction(TENANT, async (tx) => await abandonIn(tx, effect, by));
    world.clock.advance(2 * GRACE);
    expect((await process.reconciler.pass(SCOPE)).lapsedRunIds).toEqual([]);
    expect(world.look()).toHaveLength(5);
  });
});

describe('marks on a machine', () => {
  it.each([
    ['another installation', { installation: 'another-springtide' }],
    ['another tenant', { tenant: OTHER_TENANT }],
    ['another purchase', { intent: randomUUID() }],
  ])('that name %s keep it from being adopted', async (_, marks) => {
    const { world, process, intent } = await setUp();
    const foreign = await machineBehindTheLedger(process, { intent: intent.id, ...marks });
    const effect: StuckEffect = {
      intentId: intent.id,
      kind: 'unknown-outcome',
      runId: world.run,
      campaignId: null,
      accountId: ACCOUNT,
      region: REGION,
      service: null,
      items: [],
      since: world.now(),
      problem: null,
      costPerHour: null,
    };
    const adoption = new StuckEffects(process.ledger).adopt(TENANT, effect, foreign);
    await expect(adoption).rejects.toMatchObject({ code: 'failed-precondition' });
    expect((await world.intents())[0]?.items.map((item) => item.machineId)).not.toContain(foreign);
  });

  it('that two accounts show under one id are two orphans, each with a deletion of its own on record', async () => {
    const { world, process, intent } = await setUp();
    const orphan = await machineBehindTheLedger(process, { intent: intent.id });
    const deaf = changedProvider(simulated, [
      () => ({
        terminate: async (ids) =>
          await Promise.resolve(new Map(ids.map((id) => [id, 'terminating' as const]))),
      }),
    ]);
    const { reconciler } = await world.process({ manifest: deaf });
    const scopes = [SCOPE, { ...SCOPE, accountId: randomUUID() }];
    world.clock.advance(LAG);
    for (const scope of scopes) await reconciler.pass(scope);
    world.clock.advance(2 * GRACE);
    for (const scope of scopes) expect((await reconciler.pass(scope)).orphansDeleted).toBe(1);
    const deletions = await process.ledger.listIntents(TENANT, { kind: 'delete' });
    expect(deletions.map(({ accountId, spec }) => [accountId, spec['machineIds']])).toEqual(
      scopes.map(({ accountId }) => [accountId, [orphan]]),
    );
  });
});
