import { SpringtideError } from '@springtide/kernel';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import { TENANT } from './testing/effect-fixtures.js';
import { EffectWorld } from './testing/effect-world.js';
import { changedProvider } from './testing/interruption.js';

const LAG = simulated.limits.visibilityLagMs;
const DEADLINE = 5_000;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

/** An answer tells of the moment of the question, however long it was on its way. */
describe('a slow answer', () => {
  it('that knows nothing of a purchase proves nothing about the time that it took', async () => {
    const world = await EffectWorld.open({ store: new MemoryEffectStore() });
    const slow = changedProvider(simulated, [
      () => ({
        launch: async () => await Promise.reject(new SpringtideError('timeout', 'no answer')),
        findByIntent: async () => {
          world.clock.advance(2 * DEADLINE);
          return await Promise.resolve([]);
        },
      }),
    ]);
    const policy = { callDeadlineMs: DEADLINE, visibilityLagMs: 1_000 };
    const { ledger } = await world.process({ manifest: slow, policy });
    const answer = await ledger.launch(world.request());
    if (answer.status !== 'unknown') throw new Error(`it is ${answer.status}`);
    const waits: number[] = [];
    for (let n = 0; n < 3; n += 1) waits.push(await ledger.bringToRest(TENANT, answer.intentId));
    // Asked before the deadline of the call; asked after it, for the first time; and for the second time.
    expect(waits.map((ms) => ms > 0)).toEqual([true, true, false]);
  });

  it('to a change that was overtaken leaves the record to the newer one', async () => {
    const world = await EffectWorld.open({ store: new MemoryEffectStore() });
    const { ledger } = await world.process();
    const place = { ...world.request(), step: 'weights', fence: 1 };
    const answers: (() => void)[] = [];
    const call = async () => await new Promise<void>((resolve) => answers.push(resolve));
    const state = async () =>
      (await ledger.listIntents(TENANT, { runId: world.run, kind: 'set' })).map((intent) => intent.state);
    const older = ledger.set(place, { share: 10 }, call);
    await until(() => answers.length === 1);
    const newer = ledger.set(place, { share: 20 }, call);
    await until(() => answers.length === 2);
    answers[0]?.();
    await older;
    expect(await state()).toEqual(['sent']);
    answers[1]?.();
    await newer;
    expect(await state()).toEqual(['settled']);
  });

  it('that does not show a machine yet does not make it a lost one', async () => {
    const world = await EffectWorld.open({ store: new MemoryEffectStore() });
    const slow = changedProvider(simulated, [
      () => ({
        describe: async (ids) => {
          world.clock.advance(2 * LAG + 1_000);
          return await Promise.resolve(new Map(ids.map((id) => [id, 'gone' as const])));
        },
      }),
    ]);
    const process = await world.process({ manifest: slow });
    await world.launch(process);
    const [bought] = await world.intents();
    const seen = await process.life.observe(TENANT, bought?.id ?? '');
    expect(new Set(seen.items.map((item) => item.state))).toEqual(new Set(['accepted']));
  });
});
