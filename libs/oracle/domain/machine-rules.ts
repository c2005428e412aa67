import type { EffectItem, Intent } from '@springtide/effects/domain';
import { addMs, msBetween } from '@springtide/kernel';
import { isLive, listingsOf, visibleBefore, whyUnlisted, type Case, type OwnMachine } from './case.js';
import type { GroundMachine } from './evidence.js';
import { machineKey } from './history.js';
import { few, finding, joined, type Finding, type Suspicion } from './judgement.js';

/** I1: a machine of ours that no row explains is paid for by nobody's decision. */
export function everyMachineHasItsRow(of: Case): Finding {
  const alive = of.own.filter(({ machine }) => machine.state === 'alive');
  const parts = alive.map((own) => {
    const wrong = whyUnexplained(of, own);
    return wrong === undefined ? finding({ checked: 1 }) : aged(of, own, wrong);
  });
  const known = of.books.intents.flatMap((intent) => booked(of, intent));
  const cut = of.listings.flatMap(({ accountId, region, incomplete }) =>
    incomplete === null
      ? []
      : [`account ${accountId}, ${region ?? 'all regions'}, was not listed whole (${incomplete})`],
  );
  const nothing = of.listings.length === 0 ? ['no cloud was listed'] : [];
  return joined(...parts, ...known, finding({ checked: 0, gaps: [...nothing, ...cut] }));
}

/** Seen from the row: its machine must carry our marks, or nobody finds it again, and somebody must want it. */
function booked(of: Case, intent: Intent): readonly Finding[] {
  if (intent.kind !== 'create') return [];
  return intent.items.filter(isLive).flatMap((item) => {
    const machine = listedAs(of, intent, item.machineId);
    if (machine?.state !== 'alive') return [];
    const wrong = isMarkedFor(of, intent, machine)
      ? whyUnwanted(of, intent, item)
      : 'does not carry our marks for its intent: nobody would find it if its row were lost';
    if (wrong === undefined) return [];
    const violation = {
      invariant: 'I1' as const,
      happened: `machine ${machine.id} of intent ${intent.id} in account ${intent.accountId} ${wrong}`,
      means: 'it runs and costs money, and no scale-back will end it by itself',
      next: 'look whether worker and reconciler run; abort the run (springtide run abort), or end the machine at the cloud',
      evidence: [machine.id, intent.id, intent.runId],
    };
    return [finding({ checked: 0, violations: [violation] })];
  });
}

function listedAs(of: Case, intent: Intent, machineId: string | null): GroundMachine | undefined {
  return of.listings
    .filter(({ accountId }) => accountId === intent.accountId)
    .flatMap(({ machines }) => machines.filter(({ id }) => id === machineId))
    .at(0);
}

function isMarkedFor(of: Case, intent: Intent, { marks }: GroundMachine): boolean {
  return marks?.installation === of.installation && marks.intent === intent.id;
}

/** A lease that lapsed brings its run back, unless that is under way, visibly, or a person took the machine on. */
function whyUnwanted(of: Case, intent: Intent, item: EffectItem): string | undefined {
  const { releaseBy } = intent;
  if (releaseBy === null || item.abandoned !== null || item.state === 'releasing') return undefined;
  if (releaseBy >= addMs(of.books.readAt, -of.policy.lapseMs)) return undefined;
  const run = of.books.runs?.find(({ id }) => id === intent.runId);
  if (run !== undefined && WAYS_BACK.includes(run.state)) return undefined;
  return `stands although its lease lapsed at ${releaseBy}, and nobody brings it back`;
}

/** States of a run that is on its way back, or says what keeps it. */
const WAYS_BACK: readonly string[] = ['scaling-back', 'verifying', 'stuck', 'safe-hold'];

function whyUnexplained(of: Case, { listing, machine, marks }: OwnMachine): string | undefined {
  const holders = (of.itemsByMachine.get(machine.id) ?? []).filter(
    ({ intent, item }) => intent.accountId === listing.accountId && isLive(item),
  );
  if (holders.length > 1) {
    return `is a live machine of ${holders.length} intents: ${few(holders.map(({ intent }) => intent.id))}`;
  }
  const intent = of.intentById.get(marks.intent);
  if (intent === undefined) return `names intent ${marks.intent}, which the ledger does not have`;
  if (holders.length === 1 || intent.kind !== 'create') return undefined;
  // Its call is on its way, or its answer is being looked for.
  if (intent.state === 'written' || intent.state === 'sent') return undefined;
  const item = intent.items.find(({ machineId }) => machineId === machine.id);
  if (item === undefined)
    return `is not among the ${intent.items.length} machines of its settled intent ${intent.id}`;
  // Booked as gone since the cloud was asked: no contradiction.
  if ((item.goneAt ?? of.books.readAt) >= visibleBefore(of, listing)) return undefined;
  return `is booked as ${item.state} since ${item.goneAt} in intent ${intent.id}`;
}

function aged(of: Case, { listing, machine, marks }: OwnMachine, wrong: string): Finding {
  const { graceMs } = of.policy;
  const seen = of.history.machines.get(machineKey(listing.accountId, machine.id));
  const bornBy = machine.createdAt ?? seen?.firstSeenAt ?? listing.askedAt;
  const ageMs = Math.max(0, msBetween(bornBy, listing.askedAt));
  const violation = {
    invariant: 'I1' as const,
    happened: `machine ${machine.id} in account ${listing.accountId} ${wrong}`,
    means: 'it runs and costs money that no run counts, and no scale-back will end it',
    next: 'look whether a worker runs, whose reconciler ends orphans; if the ledger does not have the intent, end the machine at the cloud by its id',
    evidence: [machine.id, marks.intent],
  };
  if (ageMs > graceMs) return finding({ checked: 1, violations: [violation] });
  const key = `I1/${machineKey(listing.accountId, machine.id)}`;
  return finding({ checked: 1, suspicions: [{ ...violation, key, since: bornBy, patienceMs: graceMs }] });
}

/** I2: what the ledger counts as capacity must be there. */
export function everyRowHasItsMachine(of: Case): Finding {
  const parts = of.books.intents.flatMap((intent) => {
    if (intent.kind !== 'create') return [];
    const standing = intent.items.filter((item) => isLive(item) && item.state !== 'releasing');
    if (standing.length === 0) return [];
    const gap = whyUnlisted(of, intent.accountId, intent.region);
    if (gap !== undefined)
      return [finding({ checked: 0, gaps: [`${gap}, where ${standing.length} machines should be`] })];
    return standing.map((item) => missing(of, intent, item));
  });
  return joined(...parts, lostWithoutAlert(of));
}

function missing(of: Case, intent: Intent, item: EffectItem): Finding {
  const listings = listingsOf(of, intent.accountId, intent.region);
  const shown = listings.some(({ machines }) => machines.some(({ id }) => id === item.machineId));
  const due = listings.filter(
    (listing) => (item.acceptedAt ?? intent.createdAt) < visibleBefore(of, listing),
  );
  if (shown || due.length === 0) return finding({ checked: 1 });
  const suspicion: Omit<Suspicion, 'since'> = {
    key: `I2/${intent.id}/${item.machineId}`,
    patienceMs: of.policy.noticeMs,
    invariant: 'I2',
    happened: `machine ${item.machineId} of intent ${intent.id} is ${item.state} in the ledger, and account ${intent.accountId} does not show it`,
    means: 'the run counts capacity that is not there, and money for a machine that may have ended',
    next: 'look whether guard and reconciler run: they read it again by its id and report it as lost',
    evidence: [item.machineId ?? '', intent.id, intent.runId],
  };
  return finding({ checked: 1, suspicions: [suspicion] });
}

/** On the way back a machine that ended by itself is no loss. */
function isHeld(of: Case, { runId }: Intent): boolean {
  const run = of.books.runs?.find(({ id }) => id === runId);
  return run !== undefined && run.closedAt === null && !WAYS_BACK.includes(run.state);
}

function lostWithoutAlert(of: Case): Finding {
  const { alerts } = of.books;
  const lost = of.books.intents.flatMap((intent) =>
    intent.items
      .filter((item) => item.state === 'lost' && isHeld(of, intent))
      .map((item) => ({ intent, item })),
  );
  if (alerts === undefined || lost.length === 0) return finding({ checked: 0 });
  const silent = lost.filter(
    ({ intent, item }) =>
      !alerts.some(
        ({ runId, at }) => runId === intent.runId && at >= addMs(item.goneAt ?? at, -of.policy.skewMs),
      ),
  );
  return finding({
    checked: lost.length,
    suspicions: silent.map(({ intent, item }) => ({
      key: `I2/alert/${intent.id}/${item.machineId}`,
      patienceMs: of.policy.noticeMs,
      invariant: 'I2',
      happened: `machine ${item.machineId} of run ${intent.runId} is booked as lost since ${item.goneAt}, and nobody was told`,
      means: 'a machine vanished without us; its capacity is missing and its owner may not know',
      next: 'find out at the cloud who or what ended it; look whether the guard of the run works',
      evidence: [item.machineId ?? '', intent.id, intent.runId],
    })),
  });
}

/** I3: over all machines that were ever seen, not only those of this moment. */
export function noIntentHasTooMany(of: Case): Finding {
  const made = new Map<string, Set<string>>();
  for (const { accountId, machine } of of.history.machines.values()) {
    if (machine.marks?.installation !== of.installation) continue;
    // One cloud may be registered twice: what the other account shows is the same machine.
    if (of.intentById.get(machine.marks.intent)?.accountId !== accountId) continue;
    const ids = made.get(machine.marks.intent) ?? new Set();
    made.set(machine.marks.intent, ids.add(machineKey(accountId, machine.id)));
  }
  const parts = of.books.intents.flatMap((intent) => {
    if (intent.kind !== 'create') return [];
    const booked = intent.items.flatMap(({ machineId }) =>
      machineId === null ? [] : [machineKey(intent.accountId, machineId)],
    );
    const all = new Set([...(made.get(intent.id) ?? []), ...booked]);
    if (all.size <= intent.count) return [finding({ checked: 1 })];
    const violation = {
      invariant: 'I3' as const,
      happened: `intent ${intent.id} asked for ${intent.count} machines in account ${intent.accountId} and got ${all.size}`,
      means: `${all.size - intent.count} machines were bought twice and cost money that nobody approved`,
      next: 'stop the run (springtide run abort): scale-back ends all of them; report the cloud’s answer to the same token',
      evidence: [intent.id, ...[...all].toSorted()],
    };
    return [finding({ checked: 1, violations: [violation] })];
  });
  const nothing = of.history.machines.size === 0 && of.listings.length === 0 ? ['no cloud was listed'] : [];
  return joined(...parts, finding({ checked: 0, gaps: nothing }));
}
