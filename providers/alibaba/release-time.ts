import { MINUTE, parseInstant, type Instant } from '@springtide/kernel';

/** The cloud refuses a release time less than half an hour away; one minute more covers the way there. */
const SOONEST_MS = 31 * MINUTE;
/**
 * A time that is put off falls on a coarse grid, so that a call repeated with its token a little later still carries the
 * same time: another one would be another order to the cloud.
 */
const GRID_MS = 15 * MINUTE;

/**
 * The cloud's form of a release time: whole minutes, as it cuts seconds off. Rounded up, so that no machine ends before
 * its lease; one that would be too near is put off to a moment that the cloud takes.
 */
export function toReleaseTime(at: Instant, now: Date): string {
  const wanted = up(parseInstant(at).getTime(), MINUTE);
  const soonest = now.getTime() + SOONEST_MS;
  const minute = new Date(wanted >= soonest ? wanted : up(soonest, GRID_MS));
  return minute.toISOString().replace('.000Z', 'Z');
}

function up(ms: number, step: number): number {
  return Math.ceil(ms / step) * step;
}
