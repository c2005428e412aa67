import { MINUTE, SECOND } from '@springtide/kernel';

/** How closely an account is followed between the scheduled listings of everything. */
export type WatchRhythm = Readonly<{
  /** Machines that start or end are read by id this often. */
  inFlightMs: number;
  /** Listings are never closer together than this … */
  closestMs: number;
  /** … nor farther apart, however long one takes … */
  farthestMs: number;
  /** … and in between take no more than this part of the time. Runs come first in the call budget all the same. */
  listingShare: number;
}>;

export const WATCH_RHYTHM: WatchRhythm = {
  inFlightMs: 3 * SECOND,
  closestMs: 5 * SECOND,
  farthestMs: 5 * MINUTE,
  listingShare: 0.4,
};

/** Wait until all machines are listed again, after a listing that took so long, where the cloud has no change feed. */
export function listAgainAfterMs(tookMs: number, rhythm: WatchRhythm): number {
  const fair = tookMs / rhythm.listingShare - tookMs;
  return Math.ceil(Math.min(rhythm.farthestMs, Math.max(rhythm.closestMs, fair)));
}
