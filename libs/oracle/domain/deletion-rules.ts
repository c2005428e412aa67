import type { Intent } from '@springtide/effects/domain';
import { addMs, type Instant } from '@springtide/kernel';
import { isLive, visibleBefore, type Case } from './case.js';
import type { Marks } from './evidence.js';
import { machineKey, placeKey } from './history.js';
import { finding, joined, type Finding } from './judgement.js';

/** Deletions of what no intent has, ordered by the reconciler. */
const ORPHAN_STEP = 'orphan/';

/** I4: everything that we ever asked a cloud to delete is written ahead; so is judged what was asked, not what worked. */
export function nothingOfOthersIsDeleted(of: Case): Finding {
  const parts = of.books.intents.flatMap((intent) =>
    deletedBy(intent).map((machineId) => orderedDeletion(of, intent, machineId)),
  );
  return joined(...parts, ...trails(of));
}

function orderedDeletion(of: Case, intent: Intent, machineId: string): Finding {
  const known = of.itemsByMachine.get(machineId) ?? [];
  if (known.some((entry) => entry.intent.accountId === intent.accountId)) return finding({ checked: 1 });
  const seen = of.history.machines.get(machineKey(intent.accountId, machineId));
  if (seen === undefined) {
    if (isBeforeUs(of, intent)) return finding({ checked: 0 });
    const gap = `machine ${machineId} was ordered to be deleted by intent ${intent.id}; it was never seen here, so nobody can say whose it was`;
    return finding({ checked: 0, gaps: [gap] });
  }
  if (isOurs(of, seen.machine.marks)) return finding({ checked: 1 });
  return finding({
    checked: 1,
    violations: [
      foreign(machineId, intent.accountId, `intent ${intent.id} (${intent.step})`, [machineId, intent.id]),
    ],
  });
}

/** Where the cloud tells who deleted what, also what was deleted past the ledger comes to light. */
function trails(of: Case): readonly Finding[] {
  const ordered = new Set(
    of.books.intents.flatMap((intent) =>
      deletedBy(intent).map((machineId) => machineKey(intent.accountId, machineId)),
    ),
  );
  return (of.deletions ?? [])
    .filter(({ by }) => by === 'springtide')
    .map(({ accountId, resourceId, at, marks }) => {
      const key = machineKey(accountId, resourceId);
      if (isOurs(of, marks) && ordered.has(key)) return finding({ checked: 1 });
      const how = ordered.has(key)
        ? `a call of ours at ${at}`
        : `a call of ours at ${at} that the ledger does not have`;
      return finding({ checked: 1, violations: [foreign(resourceId, accountId, how, [resourceId])] });
    });
}

function foreign(machineId: string, accountId: string, how: string, evidence: readonly string[]) {
  return {
    invariant: 'I4' as const,
    happened: `machine ${machineId} in account ${accountId} was deleted by ${how}, and it was not ours by tag, mark and ledger`,
    means: 'somebody else’s machine is gone, with what was on it',
    next: 'disable the account (springtide account disable), tell the owner of the machine, and keep the audit export',
    evidence,
  };
}

function isOurs(of: Case, marks: Marks | null): boolean {
  return marks?.installation === of.installation && of.intentById.has(marks.intent);
}

function deletedBy(intent: Intent): readonly string[] {
  const { machineIds } = intent.spec;
  if (intent.kind !== 'delete' || intent.state === 'written' || !Array.isArray(machineIds)) return [];
  return machineIds.filter((id) => typeof id === 'string');
}

/** I12: neither a loss that is none, nor a deletion while the reconciler itself does not believe what it sees. */
export function doubtDeletesNothing(of: Case): Finding {
  return joined(falseLosses(of), deletionsInDoubt(of));
}

function falseLosses(of: Case): Finding {
  const lost = of.books.intents.flatMap((intent) =>
    intent.items.filter((item) => item.state === 'lost').map((item) => ({ intent, item })),
  );
  const violations = lost.flatMap(({ intent, item }) => {
    const there = of.own.find(
      ({ listing, machine }) =>
        listing.accountId === intent.accountId &&
        machine.id === item.machineId &&
        machine.state === 'alive' &&
        (item.goneAt ?? '') < visibleBefore(of, listing),
    );
    if (there === undefined || isHeldElsewhere(of, there.machine.id, intent)) return [];
    return [
      {
        invariant: 'I12' as const,
        happened: `machine ${item.machineId} of intent ${intent.id} was booked as lost at ${item.goneAt}, and its cloud shows it`,
        means: 'the run bought a replacement for a machine that is there, and nobody counts this one',
        next: 'look at the listings of the account; the machine is ended as an orphan after its grace period, or end it by hand',
        evidence: [item.machineId ?? '', intent.id],
      },
    ];
  });
  return finding({ checked: lost.length, violations });
}

function isHeldElsewhere(of: Case, machineId: string, intent: Intent): boolean {
  return (of.itemsByMachine.get(machineId) ?? []).some(
    (entry) => entry.intent.accountId === intent.accountId && isLive(entry.item),
  );
}

function deletionsInDoubt(of: Case): Finding {
  const orphans = of.books.intents.filter(
    (intent) => intent.kind === 'delete' && intent.step.startsWith(ORPHAN_STEP) && intent.state !== 'written',
  );
  const violations = orphans.flatMap((intent) => {
    const doubt = of.history.distrust.get(placeKey(intent));
    const standsNow = of.books.listings.some(
      (row) => placeKey(row) === placeKey(intent) && !row.trusted && row.takenAt === doubt?.base,
    );
    if (doubt === undefined || !standsNow || sentOf(intent) <= addMs(doubt.since, of.policy.skewMs))
      return [];
    return [
      {
        invariant: 'I12' as const,
        happened: `the reconciler ordered a deletion (${intent.step}) while it does not believe the listings of account ${intent.accountId} since ${doubt.since}`,
        means: 'a machine may have been ended because of a listing that is known to be wrong',
        next: 'stop the worker, compare the machine with the cloud’s own console, and start again when listings are whole',
        evidence: [intent.id, ...deletedBy(intent)],
      },
    ];
  });
  const gaps =
    of.firstLook && orphans.length > 0
      ? [`${orphans.length} deletions of orphans are older than the first look`]
      : [];
  return finding({ checked: orphans.length, violations, gaps });
}

/** What was ordered before the first look is judged by nobody; the first look says so. */
function isBeforeUs(of: Case, intent: Intent): boolean {
  return !of.firstLook && sentOf(intent) < (of.history.since ?? of.books.readAt);
}

function sentOf(intent: Intent): Instant {
  return intent.sentAt ?? intent.createdAt;
}
