import type { WayBackObstacle } from '@springtide/contracts';
import type { Intent } from '@springtide/effects/domain';
import { asSpringtideError, type Instant } from '@springtide/kernel';
import { isSamePlace, mayAsk, metAgain, type WayBackPlace } from './domain/index.js';

type Pace = Readonly<{ leastMs: number; mostMs: number }>;

/**
 * What came of work at several places: one that failed, or may not be asked yet, has an obstacle instead of a result.
 * Obstacles of places that were not worked at stay as they were.
 */
export type PlaceResults<T> = Readonly<{ done: readonly T[]; obstacles: readonly WayBackObstacle[] }>;

/**
 * Works at every account and region of the intents side by side. A cloud that does not answer keeps no other from being
 * worked at; it becomes an obstacle with its next try, or stays one.
 * @throws what ends the work for all of them: a newer owner of the run.
 */
export async function atEachPlace<T>(
  intents: readonly Intent[],
  before: readonly WayBackObstacle[],
  how: Readonly<{ now: () => Instant; pace: Pace; asks: 'change' | 'look' }>,
  work: (place: WayBackPlace, intents: readonly Intent[]) => Promise<T>,
): Promise<PlaceResults<T>> {
  const owned = [...Map.groupBy(intents, ({ accountId, region }) => `${accountId}|${region}`).values()];
  const outcomes = await Promise.all(
    owned.map(async (own): Promise<Readonly<{ result?: T; obstacle?: WayBackObstacle }>> => {
      const [{ accountId, region } = { accountId: '', region: '' }] = own;
      const place = { accountId, region };
      const known = before.find((one) => isSamePlace(one, place));
      // That a cloud lets itself be looked at takes nothing back of what it refused.
      const refused = how.asks === 'look' && known?.kind === 'refused' ? { obstacle: known } : {};
      if (refused.obstacle === undefined && !mayAsk(known, how.now()))
        return known ? { obstacle: known } : {};
      try {
        return { result: await work(place, own), ...refused };
      } catch (thrown) {
        const error = asSpringtideError(thrown);
        if (isFencedOff(error)) throw thrown;
        return { obstacle: metAgain(known, place, error, how.now(), how.pace) };
      }
    }),
  );
  return {
    done: outcomes.flatMap((one) => ('result' in one ? [one.result] : [])),
    obstacles: [
      ...before.filter((one) => !intents.some((intent) => isSamePlace(one, intent))),
      ...outcomes.flatMap((one) => one.obstacle ?? []),
    ],
  };
}

function isFencedOff(error: ReturnType<typeof asSpringtideError>): boolean {
  return error.code === 'conflict' && error.retry === 'never' && 'fence' in error.facts;
}
