import type { WayBackObstacle } from '@springtide/contracts';
import { SpringtideError, addMs } from '@springtide/kernel';
import { START, anIntent } from '../effects/testing/effect-fixtures.js';
import { atEachPlace } from './return-places.js';

const places = ['here', 'there'].map((accountId) => anIntent({ accountId }));
const how = { now: () => START, pace: { leastMs: 1_000, mostMs: 60_000 }, asks: 'change' } as const;
const fencedOff = new SpringtideError('conflict', 'a newer owner', { retry: 'never', facts: { fence: 1 } });

const work =
  (failure: SpringtideError) =>
  async ({ accountId }: { accountId: string }) =>
    accountId === 'here' ? await Promise.reject(failure) : await Promise.resolve(accountId);

function obstacle(accountId: string, over: Partial<WayBackObstacle> = {}): WayBackObstacle {
  const what = { kind: 'unreachable', code: 'unavailable', message: 'no answer' } as const;
  return { accountId, region: 'sim-east', ...what, since: START, tries: 1, nextTry: START, ...over };
}

describe('work at every place of a run', () => {
  it('is done wherever it can be; a place that fails becomes an obstacle with its next try', async () => {
    const away = new SpringtideError('unavailable', 'no answer');
    const { done, obstacles } = await atEachPlace(places, [], how, work(away));
    expect(done).toEqual(['there']);
    expect(obstacles).toMatchObject([{ accountId: 'here', code: 'unavailable', since: START, tries: 1 }]);
    expect((obstacles[0]?.nextTry ?? '') > START).toBe(true);
  });

  it('ends everywhere when a newer owner has taken the run over', async () => {
    await expect(atEachPlace(places, [], how, work(fencedOff))).rejects.toBe(fencedOff);
  });

  it('does not ask before its time, and forgets no obstacle of a place that it was not about', async () => {
    const early = obstacle('there', { nextTry: addMs(START, 1) });
    const elsewhere = obstacle('elsewhere');
    const asked: string[] = [];
    const { done, obstacles } = await atEachPlace(places, [early, elsewhere], how, async ({ accountId }) => {
      asked.push(accountId);
      return await Promise.resolve(accountId);
    });
    expect([asked, done]).toEqual([['here'], ['here']]);
    expect(obstacles.map(({ accountId }) => accountId).toSorted()).toEqual(['elsewhere', 'there']);
  });

  it('is no answer to a refusal when it only looks', async () => {
    const refusal = obstacle('here', { kind: 'refused', nextTry: addMs(START, 60_000) });
    const look = { ...how, asks: 'look' } as const;
    const { done, obstacles } = await atEachPlace(places, [refusal], look, async ({ accountId }) =>
      Promise.resolve(accountId),
    );
    expect([done.toSorted(), obstacles]).toEqual([['here', 'there'], [refusal]]);
  });
});
