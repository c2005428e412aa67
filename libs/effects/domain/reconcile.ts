import { addMs, type Instant } from '@springtide/kernel';
import { LIVE_ITEM_STATES, isGivenUp, type Abandonment, type Intent } from './intent.js';

/** A machine as a listing showed it, reduced to what the decision needs. */
export type ListedMachine = Readonly<{
  machineId: string;
  /** All three must be ours, or the machine is somebody else's. */
  installation: string | null;
  tenantId: string | null;
  intentId: string | null;
  launchedAt: Instant | null;
  terminating: boolean;
}>;

export type Listing = Readonly<{
  accountId: string;
  region: string;
  /** When the cloud was asked. */
  takenAt: Instant;
  complete: boolean;
  machines: readonly ListedMachine[];
}>;

/** What earlier complete listings said about machines that no intent explains. */
export type Sighting = Readonly<{ machineId: string; firstSeenAt: Instant }>;

/**
 * A machine with our marks of an intent that the ledger does not know, as after a database was put back from an older
 * backup: never deleted by itself, shown until a person decides or it is gone.
 */
export type Stranger = Readonly<{
  machineId: string;
  intentId: string;
  firstSeenAt: Instant;
  abandoned: Abandonment | null;
}>;

/** Complete listings that shrank too much to be believed, and agree with each other so far. */
export type Doubt = Readonly<{ count: number; times: number }>;

export type EarlierListing = Readonly<{
  sightings: readonly Sighting[];
  strangers: readonly Stranger[];
  /** Machines in the last trusted listing; null when there was none. */
  previousCount: number | null;
  /** Machines that the ledger let go since that listing. */
  releasedSince: number;
  doubt: Doubt | null;
}>;

export type ReconcilePolicy = Readonly<{
  installation: string;
  /** Several tenants may use one cloud: another tenant's machines are none of this ledger's business. */
  tenantId: string;
  visibilityLagMs: number;
  /** Younger machines are left alone: their intent may be about to be recorded. */
  graceMs: number;
  /** A listing that shrank by more than this share, beyond what the ledger released itself, proves nothing. */
  maxShrink: number;
}>;

export type ReconcileDecision = Readonly<{
  /** False: the listing proves nothing, and no row of it may cause a deletion or a loss. */
  trusted: boolean;
  distrust: string | null;
  doubt: Doubt | null;
  /** Our machines in the listing that are not on their way out. */
  count: number;
  /**
   * Ours by tag and mark, older than the grace period, of an intent that the ledger knows and that does not have them,
   * in two complete listings.
   */
  orphans: readonly string[];
  /** Ours by tag and mark, of intents that the ledger does not know: shown to people, never deleted. */
  strangers: readonly Stranger[];
  sightings: readonly Sighting[];
  /** Machines that an unanswered create intent got after all. */
  adoptions: readonly Readonly<{ intentId: string; machineIds: readonly string[] }>[];
  /** The ledger believes in them, a trusted listing does not show them: to be re-read by id before anything is believed. */
  toReread: readonly Readonly<{ intentId: string; machineId: string }>[];
  /** Create intents whose lease lapsed: scale-back is due. */
  lapsed: readonly string[];
}>;

/** Complete listings that must agree with a shrunken one before it is believed. */
const AGREEING = 2;

/**
 * Compares a listing, taken first, with the ledger, read after it, and says what the difference means. Acts on nothing.
 * @param intents all unreleased ones of the listing's account and region, and every one that a listed machine names.
 */
export function reconcile(
  listing: Listing,
  intents: readonly Intent[],
  earlier: EarlierListing,
  policy: ReconcilePolicy,
): ReconcileDecision {
  const own = listing.machines.filter((machine) => isOurs(machine, policy));
  const count = own.filter((machine) => !machine.terminating).length;
  const { distrust, doubt } = judge(listing.complete, count, earlier, policy);
  const local = intents.filter((i) => i.accountId === listing.accountId && i.region === listing.region);
  const lapsed = local.filter((intent) => isLapsed(intent, listing.takenAt)).map((intent) => intent.id);
  const nothing = { orphans: [], strangers: earlier.strangers, adoptions: [], toReread: [] };
  if (distrust !== null) {
    return { ...nothing, trusted: false, distrust, doubt, count, sightings: earlier.sightings, lapsed };
  }
  const known = new Set(intents.map((intent) => intent.id));
  const unexplained = findUnexplained(own, intents);
  const sightings = unexplained
    .filter((machine) => known.has(machine.intentId))
    .map(({ machineId }) => ({
      machineId,
      firstSeenAt: earlier.sightings.find((s) => s.machineId === machineId)?.firstSeenAt ?? listing.takenAt,
    }));
  return {
    trusted: true,
    distrust: null,
    doubt: null,
    count,
    orphans: findOrphans(listing.takenAt, unexplained, sightings, earlier, policy),
    strangers: unexplained
      .filter((machine) => !known.has(machine.intentId))
      .map((machine) => strangerOf(machine, listing.takenAt, earlier.strangers)),
    sightings,
    adoptions: findAdoptions(own, local),
    toReread: findMissing(listing, local, policy),
    lapsed,
  };
}

type OurMachine = ListedMachine & Readonly<{ intentId: string }>;

function judge(
  complete: boolean,
  count: number,
  earlier: EarlierListing,
  policy: ReconcilePolicy,
): Readonly<{ distrust: string | null; doubt: Doubt | null }> {
  if (!complete) return { distrust: 'the listing failed or was cut off', doubt: earlier.doubt };
  const { previousCount, releasedSince, doubt } = earlier;
  const shrank = (before: number) => before - releasedSince - count > before * policy.maxShrink;
  if (previousCount === null || !shrank(previousCount)) return { distrust: null, doubt: null };
  const times = doubt !== null && !shrank(doubt.count) ? doubt.times + 1 : 1;
  if (times > AGREEING) return { distrust: null, doubt: null };
  return {
    distrust: `the listing shows ${count} machines after ${previousCount}, of which we released ${releasedSince}`,
    doubt: { count, times },
  };
}

/** The lease is over, and there is or may be something to bring back: machines, or money set aside for them. */
function isLapsed(intent: Intent, at: Instant): boolean {
  return (
    intent.kind === 'create' &&
    intent.releaseBy !== null &&
    intent.releaseBy < at &&
    intent.state !== 'released' &&
    !isGivenUp(intent)
  );
}

function isOurs(machine: ListedMachine, policy: ReconcilePolicy): machine is OurMachine {
  return (
    machine.installation === policy.installation &&
    machine.tenantId === policy.tenantId &&
    machine.intentId !== null
  );
}

/** Neither in a live item of any intent, nor of an intent whose outcome is still open. */
function findUnexplained(own: readonly OurMachine[], intents: readonly Intent[]): readonly OurMachine[] {
  const living = new Set(
    intents.flatMap((intent) =>
      intent.items.flatMap((item) =>
        item.machineId !== null && LIVE_ITEM_STATES.includes(item.state) ? [item.machineId] : [],
      ),
    ),
  );
  const undecided = new Set(
    intents
      .filter((intent) => intent.state === 'sent' || intent.state === 'written')
      .map((intent) => intent.id),
  );
  return own.filter(
    (machine) => !machine.terminating && !living.has(machine.machineId) && !undecided.has(machine.intentId),
  );
}

function findOrphans(
  takenAt: Instant,
  unexplained: readonly OurMachine[],
  sightings: readonly Sighting[],
  earlier: EarlierListing,
  policy: ReconcilePolicy,
): readonly string[] {
  const lagBefore = addMs(takenAt, -policy.visibilityLagMs);
  const graceBefore = addMs(takenAt, -policy.graceMs);
  const seenBefore = new Set(earlier.sightings.map((sighting) => sighting.machineId));
  const launched = new Map(unexplained.map((machine) => [machine.machineId, machine.launchedAt]));
  return sightings
    .filter(({ machineId, firstSeenAt }) => {
      // A cloud that does not tell the age: it is at least as old as our first sight of it.
      const age = launched.get(machineId) ?? firstSeenAt;
      return seenBefore.has(machineId) && firstSeenAt <= lagBefore && age < graceBefore;
    })
    .map((sighting) => sighting.machineId);
}

function strangerOf(
  { machineId, intentId }: OurMachine,
  firstSeenAt: Instant,
  earlier: readonly Stranger[],
): Stranger {
  const known = earlier.find((one) => one.machineId === machineId);
  return known ?? { machineId, intentId, firstSeenAt, abandoned: null };
}

function findAdoptions(own: readonly OurMachine[], intents: readonly Intent[]) {
  return intents
    .filter((intent) => intent.kind === 'create' && intent.state === 'sent')
    .map((intent) => ({
      intentId: intent.id,
      machineIds: own
        .filter((machine) => machine.intentId === intent.id && !machine.terminating)
        .map((machine) => machine.machineId),
    }))
    .filter((adoption) => adoption.machineIds.length > 0);
}

function findMissing(listing: Listing, intents: readonly Intent[], policy: ReconcilePolicy) {
  const shown = new Set(listing.machines.map((machine) => machine.machineId));
  const settledBefore = addMs(listing.takenAt, -policy.visibilityLagMs);
  return intents.flatMap((intent) =>
    intent.items.flatMap((item) =>
      item.machineId !== null &&
      LIVE_ITEM_STATES.includes(item.state) &&
      !shown.has(item.machineId) &&
      item.acceptedAt !== null &&
      item.acceptedAt < settledBefore
        ? [{ intentId: intent.id, machineId: item.machineId }]
        : [],
    ),
  );
}
