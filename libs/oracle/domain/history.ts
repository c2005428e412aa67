import { addMs, type Instant } from '@springtide/kernel';
import type { CloudListing, GroundMachine, ListingRow } from './evidence.js';
import type { Suspicion } from './judgement.js';

export type SeenMachine = Readonly<{
  accountId: string;
  machine: GroundMachine;
  firstSeenAt: Instant;
  lastSeenAt: Instant;
}>;

/** What earlier looks leave for the next one. Built by `observed` and by every judgement; begins with `NO_HISTORY`. */
export type History = Readonly<{
  /** The first look; null when there was none. */
  since: Instant | null;
  /** Every machine that was ever seen, by account and id. */
  machines: ReadonlyMap<string, SeenMachine>;
  /** Since when each suspicion has stood without a break. */
  suspicions: ReadonlyMap<string, Instant>;
  /** Places whose listings the reconciler does not believe: since which look, and its last trusted listing. */
  distrust: ReadonlyMap<string, Readonly<{ since: Instant; base: Instant }>>;
}>;

export const NO_HISTORY: History = {
  since: null,
  machines: new Map(),
  suspicions: new Map(),
  distrust: new Map(),
};

/** Machines that were not seen for so long are forgotten. */
const KEEP_MS = 24 * 3_600_000;

/** Notes what exists. May be called as often as one likes between judgements: what lived between two is then known. */
export function observed(history: History, listings: readonly CloudListing[]): History {
  const machines = new Map(history.machines);
  let { since } = history;
  for (const { accountId, askedAt, machines: shown } of listings) {
    if (since === null || askedAt < since) since = askedAt;
    for (const machine of shown) {
      const key = machineKey(accountId, machine.id);
      const firstSeenAt = machines.get(key)?.firstSeenAt ?? askedAt;
      machines.set(key, { accountId, machine, firstSeenAt, lastSeenAt: askedAt });
    }
  }
  return { ...history, since, machines };
}

export function machineKey(accountId: string, id: string): string {
  return `${accountId}/${id}`;
}

export function placeKey(place: Pick<ListingRow, 'tenantId' | 'accountId' | 'region'>): string {
  return `${place.tenantId}/${place.accountId}/${place.region}`;
}

/** Distrust that goes on keeps its beginning; a new trusted listing ends it. */
export function distrustAfter(
  history: History,
  rows: readonly ListingRow[],
  readAt: Instant,
): History['distrust'] {
  return new Map(
    rows
      .filter((row) => !row.trusted)
      .map((row) => {
        const known = history.distrust.get(placeKey(row));
        const goesOn = known !== undefined && known.base === row.takenAt;
        return [placeKey(row), goesOn ? known : { since: readAt, base: row.takenAt }];
      }),
  );
}

/** The history for the next look. */
export function remembered(
  history: History,
  standing: readonly Suspicion[],
  distrust: History['distrust'],
  readAt: Instant,
): History {
  const oldest = addMs(readAt, -KEEP_MS);
  return {
    since: history.since ?? readAt,
    machines: new Map([...history.machines].filter(([, seen]) => seen.lastSeenAt >= oldest)),
    suspicions: new Map(standing.map(({ key, since }) => [key, since])),
    distrust,
  };
}
