import { SpringtideError, type ErrorCode } from '@springtide/kernel';
import { anIntent, anItem } from '../effects/testing/effect-fixtures.js';
import { lookAtEach, unseenNotes } from './unseen-machines.js';

const at = (accountId: string) => anIntent({ accountId, items: [anItem({ state: 'ready' })] });
const INTENTS = [at('a'), at('a'), at('b')];

async function lookWith(code: ErrorCode) {
  const asked: string[] = [];
  const unseen = await lookAtEach(INTENTS, async ({ accountId }) => {
    asked.push(accountId);
    if (accountId === 'a') throw new SpringtideError(code, 'no');
    await Promise.resolve();
  });
  return { asked, unseen };
}

describe('machines that cannot be looked at', () => {
  it('of an account that does not answer are asked for once a turn, and hide no others', async () => {
    expect((await lookWith('unavailable')).asked).toEqual(['a', 'b']);
    expect((await lookWith('not-found')).asked).toEqual(['a', 'a', 'b']);
  });

  it('are told of once an hour for each account', async () => {
    const { unseen } = await lookWith('not-found');
    const notes = (now: string) =>
      unseenNotes(unseen, INTENTS, now).map(({ once, facts }) => [once, facts?.['machines']]);
    const [first] = notes('2026-11-11T00:10:00.000Z');
    expect(notes('2026-11-11T00:50:00.000Z')).toEqual([first]);
    expect(notes('2026-11-11T01:00:00.000Z')).not.toEqual([first]);
    expect(first?.[1]).toBe(2);
  });
});
