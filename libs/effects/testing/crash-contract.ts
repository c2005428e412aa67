import { manifest as simulated } from '../../../providers/simulated/index.js';
import { TENANT } from './effect-fixtures.js';
import type { EffectWorld, OpenWorld } from './effect-world.js';
import {
  Interruption,
  changedProvider,
  forgetfulOfTokens,
  interruptedCalls,
  interruptibleStore,
} from './interruption.js';

/** One life of a batch, as a run drives it; every step may be repeated. */
async function wholeLife(world: EffectWorld, process: Awaited<ReturnType<EffectWorld['process']>>) {
  await world.launch(process);
  world.clock.advance(5_000);
  const [intent] = await world.intents();
  if (intent !== undefined) await process.life.observe(TENANT, intent.id);
  await world.bringBack(process);
}

/** Every place where a process can end between memory and cloud, with the oracle after each. */
export function describeCrashes(open: OpenWorld, every: number): void {
  const variants = [
    ['a cloud that knows tokens', simulated],
    [
      'a cloud without tokens',
      changedProvider(
        {
          ...simulated,
          capabilities: {
            ...simulated.capabilities,
            idempotencyToken: { supported: false, reason: 'forgets' },
          },
        },
        [forgetfulOfTokens()],
      ),
    ],
  ] as const;
  it.each(variants)(
    'survives the end of its process at every place, with %s',
    async (_, manifest) => {
      const places: string[] = [];
      for (let endAt = 1; ; endAt += every) {
        const world = await open({ plan: { behaviour: { survivingDisks: 1 } } });
        const interruption = new Interruption(endAt);
        const dying = await world.process({
          store: interruptibleStore(world.options.store, interruption),
          manifest: changedProvider(manifest, [interruptedCalls(interruption)]),
        });
        await wholeLife(world, dying).catch(() => undefined);
        const found = [...(await world.violations(false))];
        await wholeLife(world, await world.process({ manifest }));
        found.push(...(await world.violations(true)));
        const place = interruption.places.at(-1) ?? '';
        expect({ endAt, place, found }).toEqual({ endAt, place, found: [] });
        if (!interruption.hasEnded) break;
        places.push(place);
      }
      if (every > 1) return;
      expect(new Set(places)).toEqual(
        new Set([
          'before commit',
          'after commit',
          'before launch',
          'after launch',
          'before terminate',
          'after terminate',
          'before releaseSatellite',
          'after releaseSatellite',
        ]),
      );
    },
    120_000,
  );

  it('survives a second end while it recovers from the first', async () => {
    const ends = Array.from({ length: 18 }, (_, n) => n * 2 + 1).flatMap((first) =>
      [1, 3, 6, 10].map((second) => [first, second] as const),
    );
    for (const [first, second] of ends.filter((_, index) => index % every === 0)) {
      const world = await open({ plan: { behaviour: { survivingDisks: 1 } } });
      for (const endAt of [first, second]) {
        const interruption = new Interruption(endAt);
        const dying = await world.process({
          store: interruptibleStore(world.options.store, interruption),
          manifest: changedProvider(simulated, [interruptedCalls(interruption)]),
        });
        await wholeLife(world, dying).catch(() => undefined);
        expect({ first, second, found: await world.violations(false) }).toEqual({ first, second, found: [] });
      }
      await wholeLife(world, await world.process());
      expect({ first, second, found: await world.violations(true) }).toEqual({ first, second, found: [] });
    }
  }, 120_000);
}
