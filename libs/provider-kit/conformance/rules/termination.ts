import { SpringtideError } from '@springtide/kernel';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

export const terminationRules: readonly Rule[] = [
  {
    id: 'P-40',
    level: 'MUST',
    title: 'a terminated machine is on its way out at once, then gone from every view',
    why: 'scale-back ends in proof, read from the cloud',
    check: async (bench) => {
      const batch = bench.batch();
      const { id } = await bench.running(batch);
      expect(['terminating', 'gone']).toContain((await bench.compute.terminate([id], bench.scope)).get(id));
      const seen = await bench.describe(id);
      expect(seen === 'gone' ? 'terminating' : seen.state).toBe('terminating');
      await bench.gone([id]);
      expect((await bench.list()).map((machine) => machine.id)).not.toContain(id);
      expect(await bench.find(batch)).toEqual([]);
    },
  },
  {
    id: 'P-41',
    level: 'MUST',
    title: 'terminate is idempotent: a machine that is gone reports gone',
    why: 'after a crash everything is terminated again',
    check: async (bench) => {
      const { id } = await bench.running();
      await bench.compute.terminate([id], bench.scope);
      const again = (await bench.compute.terminate([id], bench.scope)).get(id);
      expect(['terminating', 'gone']).toContain(again);
      await bench.gone([id]);
      expect((await bench.compute.terminate([id], bench.scope)).get(id)).toBe('gone');
    },
  },
  {
    id: 'P-42',
    level: 'MUST',
    title: 'an id that no machine has is gone, and does not spoil the rest of the call',
    why: 'some clouds fail the whole call for one bad id, and the good ones keep running',
    check: async (bench) => {
      const { id } = await bench.running();
      const [one, two] = [bench.target.unknownId(1), bench.target.unknownId(2)];
      const outcomes = await bench.compute.terminate([one, id, two], bench.scope);
      expect([outcomes.get(one), outcomes.get(two)]).toEqual(['gone', 'gone']);
      expect(['terminating', 'gone']).toContain(outcomes.get(id));
      await bench.gone([id]);
    },
  },
  {
    id: 'P-43',
    level: 'MUST',
    title: 'more ids than fit one call are terminated all the same',
    why: 'a scale-back ends thousands',
    check: async (bench) => {
      const { id } = await bench.running();
      const unknown = Array.from({ length: Math.min(bench.limits.terminateBatch, 250) }, (_, n) =>
        bench.target.unknownId(n),
      );
      const outcomes = await bench.compute.terminate([...unknown, id], bench.scope);
      expect(outcomes.size).toBe(unknown.length + 1);
      for (const each of unknown) expect(outcomes.get(each)).toBe('gone');
      await bench.gone([id]);
    },
  },
  {
    id: 'P-44',
    level: 'MUST',
    title: 'a machine that has not yet booted can be terminated',
    why: 'an abort comes in the middle of a ramp',
    check: async (bench) => {
      const [id = ''] = await bench.launch(bench.batch());
      await bench.until('the termination is taken', async () => {
        const outcome = (await bench.compute.terminate([id], bench.scope)).get(id);
        if (outcome instanceof SpringtideError) {
          expect(outcome.retry).toBe('same');
          return undefined;
        }
        return outcome;
      });
      await bench.passVisibilityLag();
      await bench.compute.terminate([id], bench.scope);
      await bench.gone([id]);
    },
  },
  {
    id: 'P-45',
    level: 'MUST',
    title: 'a machine that somebody else deleted is gone',
    why: 'drift must show as drift',
    controls: ['deleteOutside'],
    check: async (bench) => {
      const { id } = await bench.running();
      await bench.control('deleteOutside')(id);
      await bench.gone([id]);
      expect((await bench.compute.terminate([id], bench.scope)).get(id)).toBe('gone');
    },
  },
  {
    id: 'P-46',
    level: 'MUST',
    title: 'after a lost answer to a termination, sending it again ends the machine',
    why: 'the answer gets lost on the way back as on the way out',
    controls: ['loseNextAnswer'],
    check: async (bench) => {
      const { id } = await bench.running();
      await bench.control('loseNextAnswer')('terminate');
      const error = await lostTermination(bench, id);
      expect(error.effect).toBe('maybe');
      expect(['terminating', 'gone']).toContain((await bench.compute.terminate([id], bench.scope)).get(id));
      await bench.gone([id]);
    },
  },
  {
    id: 'P-47',
    level: 'MUST',
    title: 'a machine that was accepted and could not be built shows as failed, and can be terminated',
    why: 'it fills quota and may cost; and it must not be waited for',
    controls: ['failNextBoot'],
    check: async (bench) => {
      await bench.control('failNextBoot')();
      const [id = ''] = await bench.launch(bench.batch());
      const failed = await bench.until('the machine has failed', async () => {
        const machine = await bench.describe(id);
        return machine !== 'gone' && machine.state === 'failed' ? machine : undefined;
      });
      expect(failed.stateReason).toBeTruthy();
      expect(failed.ownership?.installation).toBe(bench.installation);
      await bench.compute.terminate([id], bench.scope);
      await bench.gone([id]);
    },
  },
  {
    id: 'P-48',
    level: 'MUST',
    title: 'a termination touches only the machines it names',
    why: 'the neighbour serves customers',
    check: async (bench) => {
      const [keep, end] = [await bench.running(), await bench.running()];
      await bench.compute.terminate([end.id], bench.scope);
      await bench.gone([end.id]);
      expect(await bench.describe(keep.id)).toMatchObject({ id: keep.id, state: 'running' });
    },
  },
];

/** Providers that end machines one by one may put the lost answer into the entry instead of throwing. */
async function lostTermination(bench: Bench, id: string): Promise<SpringtideError> {
  return bench.refusal(async () => {
    const outcome = (await bench.compute.terminate([id], bench.scope)).get(id);
    if (outcome instanceof SpringtideError) throw outcome;
    return outcome;
  });
}
