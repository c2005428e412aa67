import { addMs } from '@springtide/kernel';
import type { ProviderManifest } from '@springtide/provider-kit';
import { manifest as simulated } from '../../../providers/simulated/index.js';
import { MemoryEffectStore } from '../data/memory-effect-store.js';
import { adopted, type Mandate } from '../domain/index.js';
import type { EffectStore } from '../effect-store.port.js';
import { STANDARD_EFFECTS, type EffectsPolicy } from '../effects-policy.js';
import { ACCOUNT, TENANT } from './effect-fixtures.js';
import { EffectWorld, REGION, machineBehindTheLedger, type Process } from './effect-world.js';
import type { WorldOracle } from './world-oracle.js';

/** One safety taken away, from outside. */
export type Without = Readonly<{
  manifest?: ProviderManifest;
  policy?: Partial<EffectsPolicy>;
  store?: (store: EffectStore, world: EffectWorld) => EffectStore;
}>;

/** A story in which only that safety keeps the world whole. @returns what the oracle finds at its end. */
export type Story = (without: Without) => Promise<readonly string[]>;

type Stage = Readonly<{ world: EffectWorld; process: Process; oracle: WorldOracle }>;

const SCOPE = { tenantId: TENANT, accountId: ACCOUNT, region: REGION };
const MINUTE = 60_000;

async function open(
  without: Without,
  provider: ProviderManifest = simulated,
  mandate: Partial<Mandate> = {},
): Promise<Stage> {
  const world = await EffectWorld.open({ store: new MemoryEffectStore(), mandate });
  const process = await world.process({
    manifest: without.manifest ?? provider,
    policy: without.policy ?? {},
    store: without.store?.(world.options.store, world) ?? world.options.store,
  });
  return { world, process, oracle: world.oracle };
}

/** The call happened, its answer was lost, and nobody can see the machines for a while. */
export function lostAnswer(provider: ProviderManifest): Story {
  return async (without) => {
    const { world, process, oracle } = await open(without, provider);
    world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
    world.cloud.administer({ action: 'hide-new', forMs: 1_900 });
    await world.launch(process);
    return await oracle.violations();
  };
}

export const plainPurchase: Story = async (without) => {
  const { world, process, oracle } = await open(without);
  await world.launch(process);
  return await oracle.violations();
};

/** The first owner was held up; when it wakes, the second one is at work. */
export const wokenOwner: Story = async (without) => {
  const { world, process, oracle } = await open(without);
  const second = await process.ledger.takeFence(TENANT, world.run, 'second owner');
  await world.launch(process, { step: 'second', fence: second });
  world.clock.advance(MINUTE);
  await world.launch(process).catch(() => undefined);
  return await oracle.violations();
};

export const stopPulled: Story = async (without) => {
  const { world, process, oracle } = await open(without);
  await process.ledger.setStopSwitch(TENANT, { engaged: true, reason: 'drill', at: world.now() });
  world.clock.advance(10_000);
  await world.launch(process);
  return await oracle.violations();
};

/** Five batches at once, and room for two. */
export function crowd(mandate: Partial<Mandate>): Story {
  return async (without) => {
    const { world, process, oracle } = await open(without, simulated, mandate);
    await Promise.all(Array.from({ length: 5 }, async (_, batch) => world.launch(process, { batch })));
    return await oracle.violations();
  };
}

/** A purchase under a mandate that does not allow it. */
export function outside(mandate: Partial<Mandate>): Story {
  return async (without) => {
    const { world, process, oracle } = await open(without, simulated, mandate);
    await world.launch(process);
    return await oracle.violations();
  };
}

/** The run dies; the reconciler goes on looking, and whoever it names is brought back. */
export function deadRun(provider: ProviderManifest): Story {
  return async (without) => {
    const { world, process, oracle } = await open(without, provider);
    await world.launch(process);
    for (let hour = 0; hour < 8; hour += 1) {
      world.clock.advance(60 * MINUTE);
      const { lapsedRunIds } = await process.reconciler.pass(SCOPE);
      if (lapsedRunIds.includes(world.run)) await world.bringBack(process);
    }
    return await oracle.violations();
  };
}

/** Nobody comes back, ever. */
export const everybodyDead: Story = async (without) => {
  const { world, process, oracle } = await open(without);
  await world.launch(process);
  world.clock.advance(24 * 60 * MINUTE);
  return await oracle.violations();
};

export const longHold: Story = async (without) => {
  const { world, process } = await open(without);
  await world.launch(process);
  for (let n = 0; n < 60; n += 1) {
    world.clock.advance(10 * MINUTE);
    const until = addMs(world.now(), STANDARD_EFFECTS.leaseMs);
    await process.life.renewLeases(TENANT, world.run, 1, until);
  }
  const missing = 5 - world.look().length;
  return missing === 0 ? [] : [`peak: ${missing} machines that were wanted ended themselves`];
};

/** The answer was lost and the machines cannot be seen: the token must bring the same ones, at once. */
export const lateRepetition: Story = async (without) => {
  const { world, process } = await open(without);
  world.cloud.administer({ action: 'inject', operation: 'RunMachines', effect: 'lose' });
  world.cloud.administer({ action: 'hide-new', forMs: 10 * MINUTE });
  await process.ledger.launch(world.request());
  world.clock.advance(5 * MINUTE);
  const { status } = await process.ledger.launch(world.request());
  return status === 'settled' ? [] : ['delay: the cloud did not take its token back, and the peak waits'];
};

/** A machine whose answer is very late: the reconciler sees it first, and then the ledger is told of it. */
export function lateAnswer({ passes, everyMs }: { passes: number; everyMs: number }): Story {
  return async (without) => {
    const { world, process, oracle } = await open(without);
    await world.launch(process);
    const [intent] = await world.intents();
    if (intent === undefined) throw new Error('nothing was bought');
    const id = await machineBehindTheLedger(process, { intent: intent.id });
    for (let n = 0; n < passes; n += 1) {
      world.clock.advance(everyMs);
      await process.reconciler.pass(SCOPE);
    }
    await process.ledger.change(intent, (current, at) => adopted(current, [id], at, 'open'));
    await process.life.renewLeases(TENANT, world.run, 1, addMs(world.now(), 60 * MINUTE));
    world.clock.advance(MINUTE);
    // It is one machine more than was asked for, and was made by a call of its own: that is not what is told here.
    return (await oracle.violationsAfterAll()).filter((found) => found.startsWith('I2'));
  };
}

/** A machine that carries a tag, but not all of ours. */
export function machineOfOthers(marks: Parameters<typeof machineBehindTheLedger>[1]): Story {
  return async (without) => {
    const { world, process, oracle } = await open(without);
    await world.launch(process);
    const [intent] = await world.intents();
    await machineBehindTheLedger(process, { intent: intent?.id ?? '', ...marks });
    oracle.look();
    for (let n = 0; n < 3; n += 1) {
      world.clock.advance(20 * MINUTE);
      oracle.look();
      await process.reconciler.pass(SCOPE);
    }
    return (await oracle.violations()).filter((found) => found.startsWith('I4'));
  };
}

/** For a quarter of an hour the cloud's reads show nothing, and say that this is all. */
export function blindCloud(state: { blind: boolean }, provider: ProviderManifest): Story {
  return async (without) => {
    const { world, process, oracle } = await open(without, provider);
    state.blind = false;
    await world.launch(process);
    world.clock.advance(2 * MINUTE);
    await process.reconciler.pass(SCOPE);
    state.blind = true;
    for (let n = 0; n < 2; n += 1) {
      world.clock.advance(5 * MINUTE);
      await process.reconciler.pass(SCOPE);
    }
    state.blind = false;
    world.clock.advance(MINUTE);
    return await oracle.violations();
  };
}
