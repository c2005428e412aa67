import { SpringtideError } from '@springtide/kernel';
import fc from 'fast-check';
import { eachOrSeparately } from './id-batches.js';

/** A cloud that fails the whole call for one bad id, and may or may not say which. */
async function run(ids: readonly string[], bad: ReadonlySet<string>, names: boolean) {
  const done: string[] = [];
  const settled: string[] = [];
  await eachOrSeparately(ids, {
    send: async (some) => {
      const wrong = some.filter((id) => bad.has(id));
      if (wrong.length > 0) throw new SpringtideError('not-found', names ? `no ${wrong.join(', ')}` : 'no');
      done.push(...some);
      await Promise.resolve();
    },
    separates: (error) => error.code === 'not-found',
    idPattern: /i-[0-9a-f]+/g,
    settle: (id) => settled.push(id),
  });
  return { done: done.toSorted(), settled: settled.toSorted() };
}

describe('eachOrSeparately', () => {
  it('settles every bad id and does the work for every other, each once', async () => {
    const idOf = (n: number) => `i-${n.toString(16).padStart(17, '0')}`;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(500), { maxLength: 40 }),
        fc.array(fc.nat(500), { maxLength: 40 }),
        fc.boolean(),
        async (all, some, names) => {
          const bad = new Set(some.map(idOf));
          const ids = all.map(idOf);
          const { done, settled } = await run(ids, bad, names);
          expect(settled).toEqual(ids.filter((id) => bad.has(id)).toSorted());
          expect(done).toEqual(ids.filter((id) => !bad.has(id)).toSorted());
        },
      ),
    );
  });

  it('passes on an error that is no single id’s fault', async () => {
    const throttled = new SpringtideError('rate-limited', 'too many');
    const work = {
      send: () => Promise.reject(throttled),
      separates: () => false,
      idPattern: /i-[0-9a-f]+/g,
      settle: () => undefined,
    };
    await expect(eachOrSeparately(['i-1', 'i-2'], work)).rejects.toBe(throttled);
  });
});
