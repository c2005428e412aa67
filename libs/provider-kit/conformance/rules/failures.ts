import type { LaunchBatch } from '../../contract/compute.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

const LATE_MS = 3_000;
const DEADLINE_MS = 1_000;

export const failureRules: readonly Rule[] = [
  {
    id: 'P-50',
    level: 'MUST',
    title: 'a throttled launch is rate-limited without effect, and the same token works later',
    why: 'throttling is the commonest answer at T-0; it must neither double nor lose a batch',
    controls: ['throttleNext'],
    check: async (bench) => {
      const batch = bench.batch();
      await bench.control('throttleNext')('launch', 1);
      const error = await bench.refusal(async () => bench.compute.launch(batch));
      expect([error.code, error.effect, error.retry]).toEqual(['rate-limited', 'none', 'same']);
      await bench.passVisibilityLag();
      expect(await bench.find(batch)).toEqual([]);
      await bench.target.controls.reset?.();
      expect(await bench.launch(batch)).toHaveLength(1);
    },
  },
  {
    id: 'P-51',
    level: 'MUST',
    title: 'a throttled read is repeated by the client and comes through',
    why: 'the client can only repeat what the provider names rate-limited',
    controls: ['throttleNext'],
    check: async (bench) => {
      const { id } = await bench.running();
      await bench.control('throttleNext')('describe', 1);
      expect(await bench.describe(id)).toMatchObject({ id });
      await bench.control('throttleNext')('list', 1);
      expect((await bench.list(bench.installation)).map((machine) => machine.id)).toEqual([id]);
    },
  },
  {
    id: 'P-52',
    level: 'MUST',
    title: 'a stock-out is insufficient-capacity without effect, and leaves nothing behind',
    why: 'the fallback starts at once, and must not pay twice',
    controls: ['sellOut'],
    check: async (bench) => {
      const undo = await soldOut(bench);
      const batch = bench.batch();
      try {
        const error = await bench.refusal(async () => bench.compute.launch(batch));
        expect([error.code, error.effect, error.retry]).toEqual([
          'insufficient-capacity',
          'none',
          'elsewhere',
        ]);
        await expectNothing(bench, batch);
      } finally {
        await undo();
      }
    },
  },
  {
    id: 'P-53',
    level: 'MUST',
    title: 'after a stock-out a new token gets machines once there is stock again',
    why: 'some clouds tie the refusal to the token for ever',
    controls: ['sellOut'],
    check: async (bench) => {
      const undo = await soldOut(bench);
      const batch = bench.batch();
      await bench.refusal(async () => bench.compute.launch(batch));
      await undo();
      const next = bench.batch();
      expect(
        await bench.launch({ ...next, ownership: { ...next.ownership, intent: batch.ownership.intent } }),
      ).toHaveLength(1);
    },
  },
  {
    id: 'P-54',
    level: 'MUST',
    title: 'a used-up quota is quota-exceeded without effect, and leaves nothing behind',
    why: 'it is answered by another account or a request for more, not by another size',
    controls: ['exhaustQuota'],
    check: async (bench) => {
      const undo = await bench.control('exhaustQuota')();
      const batch = bench.batch();
      try {
        const error = await bench.refusal(async () => bench.compute.launch(batch));
        expect([error.code, error.effect]).toEqual(['quota-exceeded', 'none']);
        await expectNothing(bench, batch);
      } finally {
        await undo();
      }
    },
  },
  {
    id: 'P-55',
    level: 'MUST',
    title: 'a lost answer to a launch may have had an effect, and a search by intent finds it, tag and all',
    why: 'this is how machines get lost; the search is the only way back',
    controls: ['loseNextAnswer'],
    check: async (bench) => {
      const batch = bench.batch();
      await bench.control('loseNextAnswer')('launch');
      const error = await bench.refusal(async () => bench.compute.launch(batch));
      expect(error.effect).toBe('maybe');
      await bench.passVisibilityLag();
      const found = await bench.until('the machine is found', async () => {
        const machines = await bench.find(batch);
        return machines.length > 0 ? machines : undefined;
      });
      expect(found.map((machine) => machine.ownership)).toEqual([batch.ownership]);
    },
  },
  {
    id: 'P-56',
    level: 'MUST',
    title: 'after a lost answer the same token gives the machines that were made, not new ones',
    why: 'sending again is the ordinary repair',
    controls: ['loseNextAnswer'],
    check: async (bench) => {
      const batch = bench.batch();
      await bench.control('loseNextAnswer')('launch');
      await bench.refusal(async () => bench.compute.launch(batch));
      const ids = await bench.launch(batch);
      await bench.passVisibilityLag();
      expect((await bench.find(batch)).map((machine) => machine.id)).toEqual(ids);
    },
  },
  {
    id: 'P-57',
    level: 'MUST',
    title: 'an answer after the deadline is a timeout that may have had an effect, resolved by the search',
    why: 'late is not never',
    controls: ['delayNextAnswer'],
    check: async (bench) => {
      const batch = bench.batch();
      await bench.control('delayNextAnswer')('launch', LATE_MS);
      const deadline = bench.inMs(DEADLINE_MS);
      const error = await bench.refusal(async () => bench.compute.launch(batch, { deadline }));
      expect([error.code, error.effect]).toEqual(['timeout', 'maybe']);
      await bench.pass(LATE_MS);
      await bench.passVisibilityLag();
      expect(await bench.launch(batch)).toHaveLength(1);
      expect(await bench.until('found', async () => nonEmpty(await bench.find(batch)))).toHaveLength(1);
    },
  },
  {
    id: 'P-58',
    level: 'MUST',
    title: 'a call whose deadline has passed is not sent',
    why: 'a woken old worker must not act',
    check: async (bench) => {
      const batch = bench.batch();
      const deadline = bench.inMs(-1);
      const error = await bench.refusal(async () => bench.compute.launch(batch, { deadline }));
      expect([error.code, error.effect]).toEqual(['timeout', 'none']);
      await expectNothing(bench, batch);
    },
  },
  {
    id: 'P-59',
    level: 'MUST',
    title: 'an error that no table knows may have had an effect',
    why: 'calling it harmless would be a guess, and a guess here is a machine lost or doubled',
    controls: ['breakNext'],
    check: async (bench) => {
      const batch = bench.batch();
      await bench.control('breakNext')('launch');
      const error = await bench.refusal(async () => bench.compute.launch(batch));
      expect(['unknown', 'unavailable', 'internal']).toContain(error.code);
      expect(error.effect).toBe('maybe');
    },
  },
];

async function soldOut(bench: Bench): Promise<() => Promise<void>> {
  return bench.control('sellOut')(bench.target.sample.zone, bench.target.sample.machineType);
}

async function expectNothing(bench: Bench, batch: LaunchBatch): Promise<void> {
  await bench.passVisibilityLag();
  expect(await bench.find(batch)).toEqual([]);
}

function nonEmpty<T>(items: readonly T[]): readonly T[] | undefined {
  return items.length > 0 ? items : undefined;
}
