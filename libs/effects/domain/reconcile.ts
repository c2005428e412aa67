import { addMs, type Instant } from '@springtide/kernel';
import { LIVE_ITEM_STATES, type Intent } from './intent.js';

/** A machine as a listing showed it, reduced to what the decision needs. */
export type ListedMachine = Readonly<{
  machineId: string;
  /** Both must be ours, or the machine is somebody else's. */
  installation: string | null;
  intentId: string | null;
  launchedAt: Instant | null;
  terminating: boolean;
}>;

export type Listing = Readonly<{
  accountId: string;
  region: string;
  takenAt: Instant;
  complete: boolean;
  machines: readonly ListedMachine[];
}>;

/** What earlier complete listings said about machines that no intent explains. */
export type Sighting = Readonly<{ machineId: string; firstSeenAt: Instant }>;

export type ReconcilePolicy = Readonly<{
  installation: string;
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
  /** Ours by tag and mark, older than the grace period, matched by no live intent, in two complete listings. */
  orphans: readonly string[];
  sightings: readonly Sighting[];
  /** Machines that an unanswered create intent got after all. */
  adoptions: readonly Readonly<{ intentId: string; machineIds: readonly string[] }>[];
  /** The ledger believes in them, a trusted listing does not show them: to be re-read by id before anything is believed. */
  toReread: readonly Readonly<{ intentId: string; machineId: string }>[];
  /** Create intents whose lease lapsed: scale-back is due. */
  lapsed: readonly string[];
}>;

/** Compares a listing, taken first, with the ledger, read after it, and says what the difference means. Acts on nothing. */
export function reconcile(
  listing: Listing,
  intents: readonly Intent[],
  earlier: Readonly<{ sightings: readonly Sighting[]; previousCount: number | null; releasedSince: number }>,
  policy: ReconcilePolicy,
): ReconcileDecision {
  const distrust = whyDistrust(listing, earlier, policy);
  const lapsed = intents
    .filter((intent) => intent.kind === 'create' && isLapsed(intent, listing.takenAt))
    .map((intent) => intent.id);
  if (distrust !== null) {
    return {
      trusted: false,
      distrust,
      orphans: [],
      sightings: earlier.sightings,
      adoptions: [],
      toReread: [],
      lapsed,
    };
  }
  const unexplained = findUnexplained(listing, intents, policy);
  const firstSeen = new Map(earlier.sightings.map((sighting) => [sighting.machineId, sighting.firstSeenAt]));
  const sightings = unexplained.map((machine) => ({
    machineId: machine.machineId,
    firstSeenAt: firstSeen.get(machine.machineId) ?? listing.takenAt,
  }));
  const provenBefore = addMs(listing.takenAt, -policy.visibilityLagMs);
  return {
    trusted: true,
    distrust: null,
    orphans: sightings.filter((s) => s.firstSeenAt <= provenBefore).map((s) => s.machineId),
    sightings,
    adoptions: findAdoptions(listing, intents, policy),
    toReread: findMissing(listing, intents, policy),
    lapsed,
  };
}

function whyDistrust(
  listing: Listing,
  earlier: { previousCount: number | null; releasedSince: number },
  policy: ReconcilePolicy,
): string | null {
  if (!listing.complete) return 'the listing was cut off';
  if (earlier.previousCount === null || earlier.previousCount === 0) return null;
  const vanished = earlier.previousCount - earlier.releasedSince - listing.machines.length;
  if (vanished > earlier.previousCount * policy.maxShrink) {
    return `the listing shows ${listing.machines.length} machines after ${earlier.previousCount}, of which we released ${earlier.releasedSince}`;
  }
  return null;
}

/** Lapsed means: the lease is over, and there is or may be something to bring back. */
function isLapsed(intent: Intent, at: Instant): boolean {
  return (
    intent.releaseBy !== null &&
    intent.releaseBy < at &&
    intent.state !== 'released' &&
    intent.state !== 'written'
  );
}

function isOurs(
  machine: ListedMachine,
  policy: ReconcilePolicy,
): machine is ListedMachine & { intentId: string } {
  return machine.installation === policy.installation && machine.intentId !== null;
}

function findUnexplained(
  listing: Listing,
  intents: readonly Intent[],
  policy: ReconcilePolicy,
): readonly ListedMachine[] {
  const living = new Set(
    intents.flatMap((intent) =>
      intent.items.flatMap((item) =>
        item.machineId !== null && LIVE_ITEM_STATES.includes(item.state) ? [item.machineId] : [],
      ),
    ),
  );
  const unanswered = new Set(
    intents
      .filter((intent) => intent.state === 'sent' || intent.state === 'written')
      .map((intent) => intent.id),
  );
  const oldEnough = addMs(listing.takenAt, -policy.graceMs);
  return listing.machines.filter(
    (machine) =>
      isOurs(machine, policy) &&
      !machine.terminating &&
      !living.has(machine.machineId) &&
      !unanswered.has(machine.intentId) &&
      machine.launchedAt !== null &&
      machine.launchedAt < oldEnough,
  );
}

function findAdoptions(listing: Listing, intents: readonly Intent[], policy: ReconcilePolicy) {
  return intents
    .filter((intent) => intent.kind === 'create' && intent.state === 'sent')
    .map((intent) => ({
      intentId: intent.id,
      machineIds: listing.machines
        .filter(
          (machine) => isOurs(machine, policy) && machine.intentId === intent.id && !machine.terminating,
        )
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
