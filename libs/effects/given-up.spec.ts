import type { Satellite } from '@springtide/provider-kit';
import { manifest as simulated } from '../../providers/simulated/index.js';
import { MemoryEffectStore } from './data/memory-effect-store.js';
import { abandonIn } from './stuck.service.js';
import { TENANT } from './testing/effect-fixtures.js';
import { EffectWorld, REGION } from './testing/effect-world.js';
import { changedProvider } from './testing/interruption.js';

describe('a machine that a person has given up', () => {
  it('keeps what is its own, and what does not say whose it is; the rest of its purchase is swept', async () => {
    const world = await EffectWorld.open({ store: new MemoryEffectStore() });
    const satellites: Satellite[] = [];
    const swept: string[] = [];
    const cloud = changedProvider(simulated, [
      () => ({
        listSatellites: async () => await Promise.resolve(satellites),
        releaseSatellite: async ({ id }) => {
          swept.push(id);
          return await Promise.resolve('gone' as const);
        },
      }),
    ]);
    const process = await world.process({ manifest: cloud });
    await world.launch(process);
    const [intent] = await world.intents();
    const [kept = '', ...others] = (intent?.items ?? []).map(({ machineId }) => machineId ?? '');
    const intentId = intent?.id ?? '';
    const effect = { intentId, items: intent?.items.slice(0, 1) ?? [] };
    const by = { at: world.now(), by: 'Ada', reason: 'evidence in a case' };
    await world.options.store.transaction(TENANT, async (tx) => await abandonIn(tx, effect, by));
    const targets = others.map((machineId) => ({ intentId, machineId }));
    await process.life.release({ ...world.request(), step: 'release', targets });
    world.clock.advance(10_000);
    expect(await process.life.readBack(TENANT, intentId)).toBe(0);
    const disk = { kind: 'disk', region: REGION, intent: intentId } as const;
    satellites.push({ ...disk, id: 'of the kept one', machineId: kept });
    satellites.push({ ...disk, id: 'of nobody' });
    satellites.push({ ...disk, id: 'of another', machineId: others[0] ?? '' });
    await process.life.sweepUp(TENANT, intentId);
    expect(swept).toEqual(['of another']);
    expect(world.look()).toEqual([kept]);
  });
});
