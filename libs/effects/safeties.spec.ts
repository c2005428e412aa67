import { addMs } from '@springtide/kernel';
import type { Machine, Page, ProviderManifest } from '@springtide/provider-kit';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import type { EffectStore, EffectTransaction } from './effect-store.port.js';
import { STANDARD_EFFECTS, type EffectsPolicy } from './effects-policy.js';
import { ACCOUNT, START, TENANT } from './testing/effect-fixtures.js';
import { EffectWorld, INSTALLATION, REGION, machineBehindTheLedger } from './testing/effect-world.js';
import { changedProvider, forgetfulOfTokens } from './testing/interruption.js';

const SCOPE = { tenantId: TENANT, accountId: ACCOUNT, region: REGION };
const MINUTE = 60_000;

/** One safety taken away, from outside: the product has no switch for it. */
type Without = Readonly<{
  manifest?: ProviderManifest;
  policy?: Partial<EffectsPolicy>;
  store?: (store: EffectStore, world: EffectWorld) => EffectStore;
}>;

/** A story in which only that safety keeps the world whole. @returns what went wrong. */
type Story = (without: Without) => Promise<readonly string[]>;

type Safety = Readonly<{ name: string; without: Without; story: Story }>;

const noTokens: ProviderManifest = {
  ...simulated,
  capabilities: { ...simulated.capabilities, idempotencyToken: { supported: false, reason: 'forgets' } },
};

const SAFETIES: readonly Safety[] = [
  {
    name: 'the token of the call',
    without: { manifest: changedProvider(simulated, [forgetfulOfTokens()]) },
    story: async (without) => await lostAnswer(without, simulated),
  },
  {
    name: 'the wait for proof of absence',
    without: { policy: { visibilityLagMs: 0, callDeadlineMs: 500 } },
    story: async (without) => await lostAnswer(without, changedProvider(noTokens, [forgetfulOfTokens()])),
  },
  {
    name: 'the fence number',
    without: {
      store: (store) => withTransaction(store, { currentFence: async () => await Promise.resolve(0) }),
    },
    story: wokenOwner,
  },
  {
    name: 'the stop switch',
    without: {
      store: (store) =>
        withTransaction(store, { findStopSwitch: async () => await Promise.resolve(undefined) }),
    },
    story: stopped,
  },
  {
    name: 'the reservation',
    without: {
      store: (store) =>
        withTransaction(store, {
          saveMandate: async () => {
            await Promise.resolve();
          },
        }),
    },
    story: crowded,
  },
  {
    name: 'the lease',
    without: { store: (store) => withTransaction(store, { listIntents: eternalLeases }) },
    story: deadRun,
  },
  {
    name: 'the timer in the cloud',
    without: { manifest: changedProvider(simulated, [bornWithoutTimer()]) },
    story: everybodyDead,
  },
  {
    name: 'the timer moved in time',
    without: { policy: { timerLeastMs: -STANDARD_EFFECTS.timerMarginMs } },
    story: longHold,
  },
  {
    name: 'the timer of the generation',
    without: { store: (store) => withTransaction(store, { lockIntent: freshTimer }) },
    story: lateRepetition,
  },
  {
    name: 'the grace period',
    without: { policy: { graceMs: 0 } },
    story: async (without) => await orphan(without, { passes: 3, everyMs: MINUTE }),
  },
  {
    name: 'the second listing',
    without: { store: (store, world) => withTransaction(store, { findListing: hasSeenEverything(world) }) },
    story: async (without) => await orphan(without, { passes: 1, everyMs: 20 * MINUTE }),
  },
  {
    name: 'the creator mark',
    without: { manifest: changedProvider(simulated, [allMarkedOurs(INSTALLATION)]) },
    story: neighbours,
  },
];

describe('every safety is needed', () => {
  it.each(SAFETIES)('$name: with it the story ends well', async ({ story }) => {
    expect(await story({})).toEqual([]);
  });

  it.each(SAFETIES)('$name: without it the same story is found out', async ({ without, story }) => {
    expect(await story(without)).not.toEqual([]);
  });
});

/** The call happened, its answer was lost, and nobody can see the machines for a while. */
async function lostAnswer(without: Without, provider: ProviderManifest): Promise<readonly string[]> {
  const { world, process } = await open(without, provider);
  world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
  world.cloud.administer({ action: 'hide-new', forMs: 1_900 });
  await world.launch(process);
  return await world.violations(false);
}

async function wokenOwner(without: Without): Promise<readonly string[]> {
  const { world, process } = await open(without);
  await process.ledger.takeFence(TENANT, world.run, 'second owner');
  await world.launch(process).catch(() => undefined);
  return world.look().map((id) => `${id} was bought by an owner that had been replaced`);
}

async function stopped(without: Without): Promise<readonly string[]> {
  const { world, process } = await open(without);
  await process.ledger.setStopSwitch(TENANT, { engaged: true, reason: 'drill', at: world.now() });
  await world.launch(process);
  return world.look().map((id) => `${id} was bought after the stop`);
}

async function crowded(without: Without): Promise<readonly string[]> {
  const { world, process } = await open(without, simulated, 12);
  await Promise.all(Array.from({ length: 5 }, async (_, batch) => world.launch(process, { batch })));
  const made = world.look().length;
  return made > 12 ? [`${made} machines were bought where 12 are approved`] : [];
}

async function deadRun(without: Without): Promise<readonly string[]> {
  const { world, process } = await open(without);
  await world.launch(process);
  world.clock.advance(60 * MINUTE);
  const { lapsedRunIds } = await process.reconciler.pass(SCOPE);
  return lapsedRunIds.includes(world.run) ? [] : ['a run that nobody drives was not reported'];
}

/** Nobody comes back, ever. */
async function everybodyDead(without: Without): Promise<readonly string[]> {
  const { world, process } = await open(without);
  await world.launch(process);
  world.clock.advance(24 * 60 * MINUTE);
  return world.look().map((id) => `${id} runs and costs, and nobody is there to end it`);
}

async function longHold(without: Without): Promise<readonly string[]> {
  const { world, process } = await open(without);
  await world.launch(process);
  for (let n = 0; n < 60; n += 1) {
    world.clock.advance(10 * MINUTE);
    const until = addMs(world.now(), STANDARD_EFFECTS.leaseMs);
    await process.life.renewLeases(TENANT, world.run, 1, until);
  }
  return world.look().length === 5 ? [] : ['machines that were wanted ended themselves'];
}

/** The answer was lost and the machines cannot be seen: the token must bring the same ones, at once. */
async function lateRepetition(without: Without): Promise<readonly string[]> {
  const { world, process } = await open(without);
  world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
  world.cloud.administer({ action: 'hide-new', forMs: 10 * MINUTE });
  await process.ledger.launch(world.request());
  world.clock.advance(5 * MINUTE);
  const { status } = await process.ledger.launch(world.request());
  return status === 'settled' ? [] : ['the cloud did not take its token back'];
}

/** A machine of a settled intent that the ledger does not have; each story stops before it may be deleted. */
async function orphan(
  without: Without,
  { passes, everyMs }: { passes: number; everyMs: number },
): Promise<readonly string[]> {
  const { world, process } = await open(without);
  const answer = await world.launch(process);
  const intent = answer.status === 'settled' ? answer.intentId : '';
  const id = await machineBehindTheLedger(process, { intent });
  for (let n = 0; n < passes; n += 1) {
    world.clock.advance(everyMs);
    await process.reconciler.pass(SCOPE);
  }
  return isThere(world, id) ? [] : [`${id} was deleted too early`];
}

async function neighbours(without: Without): Promise<readonly string[]> {
  const { world, process } = await open(without);
  const answer = await world.launch(process);
  const intent = answer.status === 'settled' ? answer.intentId : '';
  const id = await machineBehindTheLedger(process, { intent, installation: 'another-springtide' });
  for (let n = 0; n < 3; n += 1) {
    world.clock.advance(20 * MINUTE);
    await process.reconciler.pass(SCOPE);
  }
  return isThere(world, id) ? [] : [`${id} belonged to somebody else and was deleted`];
}

async function open(without: Without, provider: ProviderManifest = simulated, maxMachines = 100) {
  const world = await EffectWorld.open({ store: new MemoryEffectStore(), mandate: { maxMachines } });
  const process = await world.process({
    manifest: without.manifest ?? provider,
    policy: without.policy ?? {},
    store: without.store?.(world.options.store, world) ?? world.options.store,
  });
  return { world, process };
}

function isThere(world: EffectWorld, id: string): boolean {
  return world.cloud.machines().some((machine) => machine.id === id && machine.state !== 'terminating');
}

type Changes = { [K in keyof EffectTransaction]?: (this: EffectTransaction, ...args: never[]) => unknown };

function withTransaction(store: EffectStore, changes: Changes): EffectStore {
  return {
    listScopes: async (since) => await store.listScopes(since),
    transaction: async (tenantId, work) =>
      await store.transaction(tenantId, async (tx) => {
        const changed = new Proxy(tx, {
          get: (target, key) => {
            const method = (Reflect.get(changes, key) ?? Reflect.get(target, key)) as (
              ...args: never[]
            ) => unknown;
            return method.bind(target);
          },
        });
        return await work(changed);
      }),
  };
}

async function eternalLeases(
  this: EffectTransaction,
  filter: Parameters<EffectTransaction['listIntents']>[0],
) {
  const intents = await this.listIntents(filter);
  return intents.map((intent) => ({ ...intent, releaseBy: '9999-01-01T00:00:00.000Z' }));
}

/** As if a repeated call reckoned its timer anew. */
async function freshTimer(this: EffectTransaction, id: string) {
  const intent = await this.lockIntent(id);
  if (intent?.state !== 'sent' || intent.releaseAt === null) return intent;
  return { ...intent, releaseAt: addMs(intent.releaseAt, MINUTE) };
}

function bornWithoutTimer(): Parameters<typeof changedProvider>[1][number] {
  return (compute) => ({
    launch: async ({ releaseAt: _releaseAt, ...batch }, options) => await compute.launch(batch, options),
  });
}

/** As if an earlier listing had shown every machine that there is. */
function hasSeenEverything(world: EffectWorld) {
  return async (accountId: string, region: string) => {
    const sightings = world.look().map((machineId) => ({ machineId, firstSeenAt: START }));
    const record = { accountId, region, takenAt: START, trusted: true, count: 0, sightings, doubt: null };
    return await Promise.resolve(record);
  };
}

function allMarkedOurs(installation: string): Parameters<typeof changedProvider>[1][number] {
  return (compute) => ({
    list: ({ region }, options) => remarked(compute.list({ region }, options), installation),
  });
}

async function* remarked(
  pages: AsyncIterable<Page<Machine>>,
  installation: string,
): AsyncIterable<Page<Machine>> {
  for await (const page of pages) {
    const items = page.items.map((machine) => ({
      ...machine,
      ...(machine.ownership === undefined ? {} : { ownership: { ...machine.ownership, installation } }),
    }));
    yield { ...page, items };
  }
}
