import { storyText, type Sentence } from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { toldWhenStuck } from './told-when-stuck.js';

const INPUT = { tenantId: 't', runId: 'r', service: 'shop' };

type Note = Readonly<{ sentences: readonly Sentence[] }>;

/** What the story tells after an attempt of this number failed so. */
async function toldAt(attempt: number, failure: Error) {
  const told: string[] = [];
  const book = {
    note: async (_tenantId: string, _runId: string, { sentences }: Note) => {
      await Promise.resolve(told.push(storyText(sentences, { language: 'en-US' }) ?? ''));
    },
  };
  const join = async (_input: typeof INPUT) => await Promise.reject(failure);
  const { joinRoute } = toldWhenStuck(book, { joinRoute: join });
  const work = new MockActivityEnvironment({ attempt }, { logger: new DefaultLogger('ERROR') }).run(
    joinRoute,
    INPUT,
  );
  await expect(work).rejects.toBe(failure);
  return told;
}

describe('work of a phase that does not get through', () => {
  const away = new SpringtideError('unavailable', 'no answer');

  it('is told after some tries, also when the worker of one of them died', async () => {
    expect(await toldAt(7, away)).toEqual([]);
    const [told] = await toldAt(8, away);
    expect(told).toContain('joinRoute of shop does not get through after 8 tries (unavailable: no answer)');
    expect(await toldAt(9, away)).toHaveLength(1);
  });

  it('is not told when somebody wanted its end', async () => {
    expect(await toldAt(9, new CancelledFailure('stop'))).toEqual([]);
  });
});
