import { collect } from '../../client/listing.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

export const listingRules: readonly Rule[] = [
  {
    id: 'P-30',
    level: 'MUST',
    title: 'a listing over two and a half pages has every machine once and says that it is complete',
    why: 'the reconciler deletes on the strength of complete listings',
    controls: ['listPageSize'],
    check: async (bench) => {
      const ids = await bench.launchMany(Math.ceil(bench.control('listPageSize')() * 2.5));
      await bench.passVisibilityLag();
      let pages = 0;
      const seen: string[] = [];
      for await (const page of bench.compute.list({ ...bench.scope, ownedBy: bench.installation })) {
        pages += 1;
        seen.push(...page.items.map((machine) => machine.id));
        expect(page.complete).toBe(seen.length >= ids.length);
      }
      expect(seen.toSorted()).toEqual(ids.toSorted());
      expect(pages).toBeGreaterThanOrEqual(3);
    },
  },
  {
    id: 'P-31',
    level: 'MUST',
    title: 'with an installation, a listing has that installation’s machines and no others',
    why: 'two Springtides share an account; each must keep its hands off the other’s machines',
    check: async (bench) => {
      const [ours] = await bench.launch(bench.batch());
      const base = bench.batch();
      const other = `${bench.installation}-other`;
      const [theirs] = await bench.launch({ ...base, ownership: { ...base.ownership, installation: other } });
      await bench.passVisibilityLag();
      expect((await bench.list(bench.installation)).map((machine) => machine.id)).toEqual([ours]);
      expect((await bench.list(other)).map((machine) => machine.id)).toEqual([theirs]);
      await bench.compute.terminate([theirs ?? ''], bench.scope);
    },
  },
  {
    id: 'P-32',
    level: 'MUST',
    title: 'machines that others made are listed, without ownership',
    why: 'they count in inventory and headroom, and must be recognisable as not ours',
    controls: ['createForeign'],
    check: async (bench) => {
      const foreign = await bench.control('createForeign')();
      await bench.passVisibilityLag();
      const machine = (await bench.list()).find((entry) => entry.id === foreign);
      expect(machine).toBeDefined();
      expect(machine?.ownership).toBeUndefined();
    },
  },
  {
    id: 'P-33',
    level: 'MUST',
    title: 'a search by ownership never returns a machine that others made',
    why: 'what it returns may be deleted',
    controls: ['createForeign'],
    check: async (bench) => {
      const foreign = await bench.control('createForeign')();
      const batch = bench.batch();
      await bench.launch(batch);
      await bench.passVisibilityLag();
      expect((await bench.list(bench.installation)).map((machine) => machine.id)).not.toContain(foreign);
      expect((await bench.find(batch)).map((machine) => machine.id)).not.toContain(foreign);
      for (const intent of ['', ' ', '*', '%', 'undefined']) {
        const found = await bench.compute.findByIntent({ intent, region: bench.region });
        expect(found).toEqual([]);
      }
    },
  },
  {
    id: 'P-34',
    level: 'MUST',
    title: 'a listing that was cut short is never called complete',
    why: 'a short list read as the whole makes machines look lost or ended',
    controls: ['truncateNextListing', 'listPageSize'],
    check: async (bench) => {
      await bench.launchMany(bench.control('listPageSize')() + 1);
      await bench.passVisibilityLag();
      await bench.control('truncateNextListing')();
      const outcome = await collect(bench.compute.list(bench.scope)).catch(() => ({ complete: false }));
      expect(outcome.complete).toBe(false);
    },
  },
  {
    id: 'P-35',
    level: 'MUST',
    title: 'an unknown region is an error and not an empty list',
    why: 'an empty list is read as: nothing is there',
    check: async (bench) => {
      const error = await bench.refusal(async () =>
        collect(bench.compute.list({ region: 'no-such-region-9' })),
      );
      expect(error.code).not.toBe('internal');
    },
  },
  {
    id: 'P-36',
    level: 'MUST',
    title: 'after the declared visibility lag every way of looking shows the machine',
    why: 'absence is proven by two complete answers a lag apart; a longer lag would prove falsehoods',
    controls: ['hideNewFor'],
    check: async (bench) => {
      const undo = await bench.control('hideNewFor')(bench.limits.visibilityLagMs);
      try {
        const batch = bench.batch();
        const [id] = await bench.launch(batch);
        expect(await bench.launch(batch)).toEqual([id]);
        await bench.pass(bench.limits.visibilityLagMs + 1);
        await expectVisible(bench, id ?? '');
        expect((await bench.find(batch)).map((machine) => machine.id)).toEqual([id]);
      } finally {
        await undo();
      }
    },
  },
  {
    id: 'P-37',
    level: 'MUST',
    title: 'more ids than fit one call are described all the same, and every one has an answer',
    why: 'an id without an answer is a machine nobody watches',
    check: async (bench) => {
      const { id } = await bench.running();
      const unknown = Array.from({ length: Math.min(bench.limits.describeBatch, 250) }, (_, n) =>
        bench.target.unknownId(n),
      );
      const found = await bench.compute.describe([...unknown, id], bench.scope);
      expect(found.size).toBe(unknown.length + 1);
      expect(found.get(id)).toMatchObject({ id, state: 'running' });
      for (const each of unknown) expect(found.get(each)).toBe('gone');
    },
  },
  {
    id: 'P-38',
    level: 'MUST',
    title: 'no ids asked for is an empty answer, not all machines and not an error',
    why: 'many clouds read an empty filter as everything',
    check: async (bench) => {
      const id = (await bench.running()).id;
      expect((await bench.compute.describe([], bench.scope)).size).toBe(0);
      expect((await bench.compute.terminate([], bench.scope)).size).toBe(0);
      expect(await bench.describe(id)).toMatchObject({ state: 'running' });
    },
  },
];

async function expectVisible(bench: Bench, id: string): Promise<void> {
  expect(await bench.describe(id)).toMatchObject({ id });
  expect((await bench.list()).map((machine) => machine.id)).toContain(id);
  expect((await bench.list(bench.installation)).map((machine) => machine.id)).toContain(id);
}
