import { canonicalJson, msBetween, type Instant } from '@springtide/kernel';

/** Anything a listing can name: the id is unique in its account, region and resource type. */
export type Listed = Readonly<{ id: string }>;

/** What the inventory holds of a resource that is not gone. */
export type Known<T extends Listed> = Readonly<{
  resource: T;
  firstSeen: Instant;
  /** Complete listings in a row that did not have it. */
  missed: number;
  /** The ledger released it, or the cloud last said that it was on its way out. */
  leaving: boolean;
}>;

export type Listing<T extends Listed> = Readonly<{
  items: readonly T[];
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

export type Reconciliation<T extends Listed> = Readonly<{
  appeared: readonly T[];
  changed: readonly Change<T>[];
  unchanged: readonly T[];
  /** Absent from a believed listing: each must be read by id before it may be called gone. */
  suspects: readonly T[];
  /** Absent from a complete listing: counted, so that a real loss is believed in the end. */
  missed: readonly string[];
  /** False: nothing may be concluded from what is absent. */
  believed: boolean;
  reason: string | null;
}>;

/**
 * What a listing means for the inventory. What was seen is always taken over; absence counts only in a complete listing
 * that did not shrink beyond reason, so that a cut, empty or half-broken answer can never look like deletion.
 */
export function reconcile<T extends Listed>(
  known: readonly Known<T>[],
  listing: Listing<T>,
  policy: ReconciliationPolicy,
): Reconciliation<T> {
  const seen = new Map(listing.items.map((item) => [item.id, item]));
  const before = new Map(known.map((row) => [row.resource.id, row.resource]));
  const taken = takeOver(before, seen);
  if (!listing.complete) {
    const reason = listing.reason ?? 'the listing ended before it was complete';
    return { ...taken, suspects: [], missed: [], believed: false, reason };
  }
  const absent = known.filter(
    (row) => !seen.has(row.resource.id) && msBetween(row.firstSeen, listing.at) >= policy.visibilityLagMs,
  );
  const missed = absent.map((row) => row.resource.id);
  const doubt = doubtShrink(known, absent, policy);
  if (doubt !== null) return { ...taken, suspects: [], missed, believed: false, reason: doubt };
  return { ...taken, suspects: absent.map((row) => row.resource), missed, believed: true, reason: null };
}

/** Which fields differ, as text; nested values as canonical JSON. */
export function changesBetween(before: object, after: object): FieldChange[] {
  const a = new Map<string, unknown>(Object.entries(before));
  const b = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...a.keys(), ...b.keys()])]
    .toSorted()
    .map((field) => ({ field, before: textOf(a.get(field)), after: textOf(b.get(field)) }))
    .filter((change) => change.before !== change.after);
}

function takeOver<T extends Listed>(
  before: ReadonlyMap<string, T>,
  seen: ReadonlyMap<string, T>,
): Pick<Reconciliation<T>, 'appeared' | 'changed' | 'unchanged'> {
  const appeared: T[] = [];
  const changed: Change<T>[] = [];
  const unchanged: T[] = [];
  for (const resource of seen.values()) {
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

/** Why the absence of these is not believed yet; null when it is. */
function doubtShrink<T extends Listed>(
  known: readonly Known<T>[],
  absent: readonly Known<T>[],
  policy: ReconciliationPolicy,
): string | null {
  // This listing is one more miss for each of them.
  const surprising = absent.filter((row) => !row.leaving && row.missed + 1 < policy.listingsToBelieveShrink);
  if (surprising.length <= known.length * policy.shrinkFraction) return null;
  return (
    `the listing has ${surprising.length} of ${known.length} known resources less, more than was released; ` +
    `nothing is taken for deleted until ${policy.listingsToBelieveShrink} complete listings agree`
  );
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : canonicalJson(value);
}
