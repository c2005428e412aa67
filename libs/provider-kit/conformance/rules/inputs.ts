import type { LaunchBatch } from '../../contract/compute.js';
import type { Bench } from '../bench.js';
import type { Rule } from '../rule.js';

export const inputRules: readonly Rule[] = [
  {
    id: 'P-22',
    level: 'MUST',
    title:
      'counts of nothing, of too much and below the minimum are invalid-argument, and nothing is created',
    why: 'a typing error in a plan must end before the cloud, not in it',
    check: async (bench) => {
      const limit = bench.limits.launchBatch;
      await refused(bench, bench.batch({ count: 0, minimum: 0 }));
      await refused(bench, bench.batch({ count: limit + 1, minimum: 1 }));
      await refused(bench, bench.batch({ count: 1, minimum: 2 }));
      await refused(bench, bench.batch({ count: 1.5, minimum: 1 }));
    },
  },
  {
    id: 'P-23',
    level: 'MUST',
    title:
      'tokens that are empty, over 64 characters or not ASCII are invalid-argument, and nothing is created',
    why: 'clouds cut or ignore them silently, and the protection against doubles is gone',
    check: async (bench) => {
      await refused(bench, bench.batch({ token: '' }));
      await refused(bench, bench.batch({ token: 'x'.repeat(65) }));
      await refused(bench, bench.batch({ token: '令牌' }));
    },
  },
  {
    id: 'P-24',
    level: 'MUST',
    title: 'an unknown machine type is refused without effect and not as a shortage',
    why: 'a shortage is answered by buying elsewhere; this is answered by correcting the plan',
    check: async (bench) => refused(bench, bench.batch({ machineType: 'no-such.type' }), ['not-found']),
  },
  {
    id: 'P-25',
    level: 'MUST',
    title: 'an unknown zone is refused without effect and not as a shortage',
    why: 'as above',
    check: async (bench) => refused(bench, bench.batch({ zone: 'no-such-zone' }), ['not-found']),
  },
  {
    id: 'P-26',
    level: 'MUST',
    title: 'an unknown image is refused without effect',
    why: 'a machine that never boots is the most expensive kind of error',
    check: async (bench) => refused(bench, bench.batch({ image: unknownImage(bench) }), ['not-found']),
  },
];

async function refused(bench: Bench, batch: LaunchBatch, others: readonly string[] = []): Promise<void> {
  const error = await bench.refusal(async () => bench.compute.launch(batch));
  expect(['invalid-argument', ...others]).toContain(error.code);
  expect(error.effect).toBe('none');
  await bench.passVisibilityLag();
  expect(await bench.compute.findByIntent({ intent: batch.ownership.intent, region: bench.region })).toEqual(
    [],
  );
}

/** Same shape as a real one, so that it is the cloud and not a pattern that refuses it. */
function unknownImage(bench: Bench): string {
  return bench.target.sample.image.replace(/[a-z0-9](?=[^a-z0-9]*$)/i, (last) => (last === '0' ? '1' : '0'));
}
