import { MINUTE, addMs, parseInstant, toInstant, type Instant } from '@springtide/kernel';

/** The cloud refuses a release time less than half an hour away; one minute more covers the way there. */
const SOONEST_MS = 31 * MINUTE;

/**
 * The cloud's form of a release time: whole minutes, as it cuts seconds off. Rounded up, so that no machine ends before
 * its lease; one that would be too near is put off to the earliest that the cloud takes.
 */
export function toReleaseTime(at: Instant, now: Date): string {
  const soonest = addMs(toInstant(now), SOONEST_MS);
  const wanted = Math.max(parseInstant(at).getTime(), parseInstant(soonest).getTime());
  const minute = new Date(Math.ceil(wanted / MINUTE) * MINUTE);
  return minute.toISOString().replace('.000Z', 'Z');
}
