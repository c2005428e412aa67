import { canonicalJson, msBetween, type Instant } from '@springtide/kernel';

/** Anything a listing can name: the id is unique in its account, region and resource type. */
export type Listed = Readonly<{ id: string }>;

/** What the inventory holds of a resource that is not gone; enough to judge its absence. */
export type Known = Readonly<{
  firstSeen: Instant;
  /** Complete listings in a row that did not have it. */
  missed: number;
  /** The ledger released it, or the cloud last said that it was on its way out. */
  leaving: boolean;
}>;

/** How a listing ended. */
export type ListingEnd = Readonly<{
  /** The cloud said on the last page that this was all. */
  complete: boolean;
  /** Start of the listing. */
  at: Instant;
  /** Why it is not complete, when it is not. */
  reason: string | null;
}>;

export type ReconciliationPolicy = Readonly<{
  /** Losing a greater part than this of what was known, beyond what was leaving, is not believed at once. */
  shrinkFraction: number;
  /** Complete listings that must have missed a resource before a doubted loss is believed. */
  listingsToBelieveShrink: number;
  /** A resource younger than this may be invisible to listings and proves nothing by being absent. */
  visibilityLagMs: number;
}>;

export const RECONCILIATION_POLICY: ReconciliationPolicy = {
  shrinkFraction: 0.2,
  listingsToBelieveShrink: 3,
  visibilityLagMs: 10_000,
};

export type FieldChange = Readonly<{ field: string; before: string; after: string }>;

export type Change<T extends Listed> = Readonly<{ resource: T; changes: readonly FieldChange[] }>;

export type Taken<T extends Listed> = Readonly<{
  appeared: readonly T[];
  changed: readonly Change<T>[];
  unchanged: readonly T[];
}>;

export type Absence = Readonly<{
  /** Absent from a believed listing: each must be read by id, or missed twice, before it may be called gone. */
  suspects: readonly string[];
  /** Absent from a complete listing: counted, so that a real loss is believed in the end. */
  missed: readonly string[];
  /** False: nothing may be concluded from what is absent. */
  believed: boolean;
  reason: string | null;
}>;

/** What was seen is always taken over. `before` holds what was stored of these and is not gone. */
export function takeOver<T extends Listed>(before: ReadonlyMap<string, T>, seen: readonly T[]): Taken<T> {
  const appeared: T[] = [];
  const changed: Change<T>[] = [];
  const unchanged: T[] = [];
  // A resource that moved between pages while they were read is named twice; the later word counts.
  const once = new Map(seen.map((resource) => [resource.id, resource]));
  for (const resource of once.values()) {
    const known = before.get(resource.id);
    if (known === undefined) {
      appeared.push(resource);
      continue;
    }
    const changes = changesBetween(known, resource);
    if (changes.length === 0) unchanged.push(resource);
    else changed.push({ resource, changes });
  }
  return { appeared, changed, unchanged };
}

/**
 * What it means that a listing lacks something. Absence counts only in a complete listing that did not shrink beyond
 * reason, so that a cut, empty or half-broken answer can never look like deletion.
 */
export function judgeAbsence(
  known: ReadonlyMap<string, Known>,
  seen: Readonly<{ has(id: string): boolean }>,
  listing: ListingEnd,
  policy: ReconciliationPolicy,
): Absence {
  if (!listing.complete) {
    const reason = listing.reason ?? 'the listing ended before it was complete';
    return { suspects: [], missed: [], believed: false, reason };
  }
  const absent = [...known].filter(
    ([id, row]) => !seen.has(id) && msBetween(row.firstSeen, listing.at) >= policy.visibilityLagMs,
  );
  const missed = absent.map(([id]) => id);
  const doubt = doubtShrink(
    known.size,
    absent.map(([, row]) => row),
    policy,
  );
  if (doubt !== null) return { suspects: [], missed, believed: false, reason: doubt };
  return { suspects: missed, missed, believed: true, reason: null };
}

/** Which fields differ, as text; nested values as canonical JSON, but each of the facts and labels for itself. */
export function changesBetween(before: object, after: object): FieldChange[] {
  const a = fieldsOf(before);
  const b = fieldsOf(after);
  return [...new Set([...a.keys(), ...b.keys()])]
    .toSorted()
    .map((field) => ({ field, before: textOf(a.get(field)), after: textOf(b.get(field)) }))
    .filter((change) => change.before !== change.after);
}

const SPREAD: ReadonlySet<string> = new Set(['facts', 'labels']);

function fieldsOf(resource: object): Map<string, unknown> {
  const fields = Object.entries(resource).flatMap(
    ([field, value]: [string, unknown]): [string, unknown][] => {
      if (!SPREAD.has(field) || typeof value !== 'object' || value === null) return [[field, value]];
      return Object.entries(value).map(([key, one]) => [`${field}.${key}`, one]);
    },
  );
  return new Map(fields);
}

/** Why the absence of these is not believed yet; null when it is. */
function doubtShrink(known: number, absent: readonly Known[], policy: ReconciliationPolicy): string | null {
  // This listing is one more miss for each of them.
  const surprising = absent.filter((row) => !row.leaving && row.missed + 1 < policy.listingsToBelieveShrink);
  if (surprising.length <= known * policy.shrinkFraction) return null;
  return (
    `the listing has ${surprising.length} of ${known} known resources less, more than was released; ` +
    `nothing is taken for deleted until ${policy.listingsToBelieveShrink} complete listings agree`
  );
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : canonicalJson(value);
}
