import type { Machine, MachineId } from '../../contract/machine.js';
import type { MachineChanges } from '../../contract/resources.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

/** Long enough to wait for news, short enough not to hold up a run. */
const WAIT_MS = 3_000;

export const changeRules: readonly Rule[] = [
  {
    id: 'P-86',
    level: 'MUST',
    title: 'the first answer of the change feed is everything there is, later ones only what changed',
    why: 'an inventory that follows the feed never lists again',
    capabilities: ['changeFeed'],
    check: async (bench) => {
      const kept = await bench.running();
      await bench.passVisibilityLag();
      const first = await ask(bench);
      expect(first.whole).toBe(true);
      expect(idsOf(first)).toEqual((await bench.list()).map((machine) => machine.id).toSorted());
      const { id } = await bench.running();
      const seen = await follow(bench, first.cursor, ({ changed }) =>
        changed.find((machine) => machine.id === id && machine.state === 'running'),
      );
      expect(seen.found).toEqual(await bench.describe(id));
      expect(seen.answers.some((answer) => answer.whole || idsOf(answer).includes(kept.id))).toBe(false);
    },
  },
  {
    id: 'P-87',
    level: 'MUST',
    title: 'the change feed tells what is gone, whoever ended it',
    why: 'a machine that nobody mentions again stays in the inventory for ever',
    capabilities: ['changeFeed'],
    check: async (bench) => {
      const ids = [(await bench.running()).id, (await bench.running()).id].toSorted();
      await bench.passVisibilityLag();
      const { cursor } = await ask(bench);
      await bench.compute.terminate(ids, bench.scope);
      const gone = new Set<MachineId>();
      await follow(bench, cursor, (answer) => {
        for (const id of answer.gone) gone.add(id);
        return ids.every((id) => gone.has(id)) ? true : undefined;
      });
      expect([...gone].filter((id) => ids.includes(id)).toSorted()).toEqual(ids);
    },
  },
  {
    id: 'P-88',
    level: 'MUST',
    title: 'a cursor of another session, or one that nobody gave, is answered with everything',
    why: 'after a restart the old cursor comes first; a part taken for the whole would empty the inventory',
    capabilities: ['changeFeed'],
    check: async (bench) => {
      const { id } = await bench.running();
      await bench.passVisibilityLag();
      const { cursor } = await ask(bench);
      const other = await bench.connect(bench.target.account);
      for (const foreign of [cursor, 'no-such-cursor']) {
        const answer = await other.compute.changes({ ...bench.scope, cursor: foreign });
        expect(answer.whole).toBe(true);
        expect(idsOf(answer)).toContain(id);
      }
    },
  },
  {
    id: 'P-89',
    level: 'MUST',
    title: 'a change feed without news answers before the deadline, and its cursor goes on',
    why: 'a follower that is told nothing must be able to tell silence from a lost feed',
    capabilities: ['changeFeed'],
    check: async (bench) => {
      await bench.running();
      await bench.passVisibilityLag();
      const { cursor } = await ask(bench);
      const deadline = bench.inMs(WAIT_MS);
      const quiet = await bench.compute.changes({ ...bench.scope, cursor }, { deadline });
      expect({ changed: idsOf(quiet), gone: quiet.gone, whole: quiet.whole }).toEqual({
        changed: [],
        gone: [],
        whole: false,
      });
      expect(bench.target.clock.now().getTime()).toBeLessThanOrEqual(Date.parse(deadline));
      const { id } = await bench.running();
      await follow(bench, quiet.cursor, (answer) => (idsOf(answer).includes(id) ? true : undefined));
    },
  },
];

async function ask(bench: Bench, cursor?: string): Promise<MachineChanges<Machine>> {
  const scope = cursor === undefined ? bench.scope : { ...bench.scope, cursor };
  return bench.compute.changes(scope, { deadline: bench.inMs(WAIT_MS) });
}

/** Asks on until there is what is looked for. */
async function follow<T>(
  bench: Bench,
  from: string,
  look: (answer: MachineChanges<Machine>) => T | undefined,
): Promise<{ found: T; answers: readonly MachineChanges<Machine>[] }> {
  const answers: MachineChanges<Machine>[] = [];
  let cursor = from;
  const found = await bench.until('the feed tells it', async () => {
    const answer = await ask(bench, cursor);
    answers.push(answer);
    cursor = answer.cursor;
    return look(answer);
  });
  return { found, answers };
}

function idsOf({ changed }: MachineChanges<Machine>): MachineId[] {
  return changed.map((machine) => machine.id).toSorted();
}
