import {
  HOUR,
  MINUTE,
  addMs,
  asSpringtideError,
  toInstant,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import type { Logger } from '@springtide/platform';
import type { CloudClient, Deed } from '@springtide/provider-kit';
import type { Unexplained } from './data/place.repository.js';
import type { PlaceStore } from './place-store.js';

/** What was noticed longer ago stays as it was told: a trail that does not know it by then is not asked for ever. */
const NOTICED_WITHIN_MS = 30 * MINUTE;
/** The trails of public clouds tell of a deed minutes after it, so that the first answer is often that nobody did it. */
const ASK_AGAIN_MS = 4 * MINUTE;
/** Between what somebody does and that it is noticed, a listing that failed may lie, and not much more. */
const DONE_WITHIN_MS = 2 * HOUR;
/** The cloud's clock may be ahead of ours. */
const CLOCKS_MS = MINUTE;
/** A storm of changes is no reason for a storm of questions: a cloud may take one for each, twice a second. */
const MOST_AT_ONCE = 25;

type Parts = Readonly<{ clock: Clock; log: Logger }>;

export function tellsWho(client: CloudClient): boolean {
  return client.offers('compute') && client.manifest.capabilities.auditTrail?.supported === true;
}

/**
 * Asks the cloud who changed the machines that somebody outside changed. It comes after looks and outside their locks: a
 * trail that is slow, or closed to us, keeps nothing waiting and takes nothing back.
 */
export async function askWhoDidIt(
  { clock, log }: Parts,
  client: CloudClient,
  store: PlaceStore,
): Promise<void> {
  const { region } = store.place;
  const now = toInstant(clock.now());
  const open = {
    since: addMs(now, -NOTICED_WITHIN_MS),
    askedBefore: addMs(now, -ASK_AGAIN_MS),
    most: MOST_AT_ONCE,
  };
  const events = await store.work(async (inventory) => inventory.unexplained(open));
  if (events.length === 0) return;
  const machines = events.map(({ machineId, name }) => ({ id: machineId, name }));
  const since = addMs(earliestOf(events), -DONE_WITHIN_MS);
  try {
    const deeds = await client.compute.trail({ region, machines, since }, { priority: 'sync' });
    const told = new Map(events.map((event) => [event.id, trailOf(event, deeds)]));
    await store.work(async (inventory) => inventory.explain(told, now));
  } catch (thrown) {
    const { code, message } = asSpringtideError(thrown);
    log.warn({ ...store.place, code, reason: message }, 'the cloud did not tell who changed machines');
  }
}

function earliestOf(events: readonly Unexplained[]): Instant {
  return events.map(({ at }) => at).toSorted()[0] ?? toInstant(new Date(0));
}

/** The last thing that was done before it was noticed. */
function trailOf({ machineId, at }: Unexplained, deeds: readonly Deed[]): string | null {
  const until = addMs(at, CLOCKS_MS);
  const last = deeds
    .filter((deed) => deed.machineId === machineId && deed.at <= until)
    .toSorted((a, b) => b.at.localeCompare(a.at))[0];
  return last === undefined ? null : `${last.who}: ${last.what}`;
}
