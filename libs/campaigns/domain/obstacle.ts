import type { WayBackObstacle } from '@springtide/contracts';
import { addMs, type Instant, type SpringtideError } from '@springtide/kernel';

/** An account and region on the way back. */
export type WayBackPlace = Readonly<{ accountId: string; region: string }>;

/** A cloud that says no so often says no again: a person is asked. One that does not answer is asked for ever. */
const MOST_REFUSALS = 20;

const REFUSED: readonly string[] = ['failed-precondition', 'conflict', 'invalid-argument', 'unsupported'];

/** The obstacle after one more failure; tries come further and further apart, up to `mostMs`. */
export function metAgain(
  before: WayBackObstacle | undefined,
  place: WayBackPlace,
  error: Pick<SpringtideError, 'code' | 'message'>,
  at: Instant,
  pace: Readonly<{ leastMs: number; mostMs: number }>,
): WayBackObstacle {
  const kind = REFUSED.includes(error.code) ? 'refused' : 'unreachable';
  const tries = (before?.kind === kind ? before.tries : 0) + 1;
  const waitMs = Math.min(pace.mostMs, pace.leastMs * 2 ** Math.min(tries - 1, 16));
  const nextTry = kind === 'refused' && tries >= MOST_REFUSALS ? null : addMs(at, waitMs);
  const { accountId, region } = place;
  return {
    accountId,
    region,
    kind,
    code: error.code,
    message: error.message,
    since: before?.since ?? at,
    tries,
    nextTry,
  };
}

/** Whether the place may be asked now. */
export function mayAsk(obstacle: WayBackObstacle | undefined, at: Instant): boolean {
  return obstacle === undefined || (obstacle.nextTry !== null && obstacle.nextTry <= at);
}

export function isSamePlace(one: WayBackPlace, other: WayBackPlace): boolean {
  return one.accountId === other.accountId && one.region === other.region;
}
