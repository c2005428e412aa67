import { randomUUID } from 'node:crypto';
import { HOUR, addMs, money, type Instant } from '@springtide/kernel';
import type { Intent, Mandate } from '@springtide/effects/domain';
import { ACCOUNT, START, TENANT, anIntent } from '../../effects/testing/effect-fixtures.js';
import type {
  ApprovalRow,
  AuditChain,
  Books,
  Evidence,
  GroundMachine,
  GroundSatellite,
} from '../domain/index.js';
import {
  ASKED,
  aListing,
  aStory,
  closedStory,
  evidenceOf,
  machineOf,
  marksOf,
  minutesBefore,
  withItem,
} from './evidence-fixtures.js';

/** Small changes of one story, as the oracle would be shown them. */
export const STORY = aStory();
export const CLOSED = closedStory(minutesBefore(5));

export function whole(): Evidence {
  return evidenceOf(STORY);
}

/** The same, looked at so many minutes later (or earlier). */
export function at(evidence: Evidence, minutes: number): Evidence {
  const moved = (instant: Instant) => addMs(instant, minutes * 60_000);
  return {
    ...evidence,
    listings: evidence.listings.map((listing) => ({ ...listing, askedAt: moved(listing.askedAt) })),
    books: { ...evidence.books, readAt: moved(evidence.books.readAt) },
  };
}

/** One more machine, with our marks and an intent that is not in the ledger. */
export function stray(over: Partial<GroundMachine>): () => Evidence {
  return () =>
    evidenceOf({ ...STORY, machines: [...STORY.machines, machineOf({ id: 'nobody' }, 'm-9', over)] });
}

export function unbooked(createdAt: Instant): () => Evidence {
  return () =>
    evidenceOf({ ...STORY, machines: [...STORY.machines, machineOf(STORY.intent, 'm-9', { createdAt })] });
}

export function unmarked(): Evidence {
  const [first, ...others] = STORY.machines;
  return evidenceOf({
    ...STORY,
    machines: first === undefined ? [] : [{ ...first, marks: null }, ...others],
  });
}

/** Nobody has renewed the lease for so many minutes. */
export function lapsed(state: string, minutes: number): Evidence {
  const intent = { ...STORY.intent, releaseBy: minutesBefore(minutes) };
  return evidenceOf({ ...STORY, intent, run: { ...STORY.run, state } });
}

/** The first owner sends something so many seconds after the second one began. */
export function owners(seconds: number): Evidence {
  const base = { runId: STORY.run.id, kind: 'set' as const, state: 'settled' as const, items: [], count: 0 };
  const second = anIntent({ ...base, step: 'b', fence: 2, sentAt: minutesBefore(5) });
  const first = anIntent({ ...base, step: 'a', fence: 1, sentAt: addMs(minutesBefore(5), seconds * 1_000) });
  return withIntents([STORY.intent, second, first]);
}

export function heldTwice(): Evidence {
  const other = anIntent({
    runId: STORY.run.id,
    batch: 1,
    state: 'settled',
    items: STORY.intent.items.slice(0, 1),
  });
  return evidenceOf(STORY, { intents: [STORY.intent, other] });
}

export function bookedGone(goneAt: Instant): Evidence {
  return withIntents([withItem(STORY.intent, { state: 'gone', goneAt })]);
}

export function unanswered(): Evidence {
  const intent = anIntent({
    runId: STORY.run.id,
    batch: 1,
    state: 'sent',
    count: 1,
    mandateId: STORY.mandate.id,
  });
  const machine = machineOf(intent, 'm-9', { createdAt: minutesBefore(40) });
  return evidenceOf(
    { ...STORY, machines: [...STORY.machines, machine] },
    { intents: [STORY.intent, intent] },
  );
}

export function withoutFirst(): Evidence {
  return evidenceOf({ ...STORY, machines: STORY.machines.slice(1) });
}

export function tooYoung(): Evidence {
  const intent = withItem(STORY.intent, { acceptedAt: ASKED });
  return { ...withoutFirst(), books: { ...whole().books, intents: [intent] } };
}

export function leaving(): Evidence {
  const intent = withItem(STORY.intent, { state: 'releasing', releasingAt: minutesBefore(1) });
  return { ...withoutFirst(), books: { ...whole().books, intents: [intent] } };
}

export function cut(): Evidence {
  return { ...withoutFirst(), listings: [aListing([], { incomplete: 'the cloud cut it off' })] };
}

export function lost(alerts: readonly string[]): Evidence {
  const goneAt = minutesBefore(30);
  const intent = withItem(STORY.intent, { state: 'lost', goneAt });
  const rows = alerts.map((step) => ({
    tenantId: TENANT,
    runId: STORY.run.id,
    step,
    at: addMs(goneAt, 1_000),
  }));
  return { ...withoutFirst(), books: { ...whole().books, intents: [intent], alerts: rows } };
}

export function lostOnTheWay(): Evidence {
  const evidence = lost([]);
  const runs = [{ ...STORY.run, state: 'scaling-back' }];
  return { ...evidence, books: { ...evidence.books, runs } };
}

/** Two accounts of ours lead to one cloud. */
export function registeredTwice(): Evidence {
  const again = aListing(STORY.machines, { accountId: randomUUID() });
  return { ...whole(), listings: [...whole().listings, again] };
}

export function fractions(): Evidence {
  const groups = [
    { name: 'home', weight: 33.3, members: 3, healthy: 3 },
    { name: 'east', weight: 66.6, members: 6, healthy: 5 },
  ];
  const evidence = evidenceOf({ ...STORY, entrance: { ...STORY.entrance, groups } });
  return { ...evidence, policy: { ...evidence.policy, reactMs: 0 } };
}

export function orderedCluster(onRecord: boolean): Evidence {
  const mandate = { ...STORY.mandate, approvalId: null };
  const { audit } = whole().books;
  const records = onRecord ? (audit?.records ?? []) : [];
  return evidenceOf({ ...STORY, mandate }, { audit: { chains: [], records } });
}

export function falseLoss(): Evidence {
  return withIntents([withItem(STORY.intent, { state: 'lost', goneAt: minutesBefore(3) })]);
}

export function sixMachines(state: GroundMachine['state']): Evidence {
  return evidenceOf({ ...STORY, machines: [...STORY.machines, machineOf(STORY.intent, 'm-6', { state })] });
}

/** A machine of somebody else stands beside ours. */
export function neighbour(): Evidence {
  const machine: GroundMachine = { id: 'm-foreign', marks: null, state: 'alive', createdAt: null };
  return evidenceOf({ ...STORY, machines: [...STORY.machines, machine] });
}

export function deletes(machineId: string): Evidence {
  return withIntents([STORY.intent, aDeletion({ machineIds: [machineId] })]);
}

export function trail(resourceId: string, by: 'springtide' | 'timer' = 'springtide'): Evidence {
  const deletion = { accountId: ACCOUNT, resourceId, at: minutesBefore(2), by, marks: marksOf(STORY.intent) };
  return { ...whole(), deletions: [deletion] };
}

export function closedWith(
  machines: readonly GroundMachine[],
  satellites: readonly GroundSatellite[] = [],
): Evidence {
  return { ...evidenceOf(CLOSED), listings: [aListing(machines, { satellites })] };
}

/** After the close of a run, a machine that was ordered for the same campaign beside it. */
export function probedAtClose(): Evidence {
  const probe = anIntent({
    id: '00000000-0000-4000-8000-0000000000ef',
    runId: '00000000-0000-4000-8000-0000000000f0',
    count: 1,
    state: 'sent',
    sentAt: START,
  });
  const marks = marksOf(probe, { campaign: CLOSED.campaign });
  const evidence = evidenceOf(CLOSED, { intents: [CLOSED.intent, probe] });
  return { ...evidence, listings: [aListing([machineOf(probe, 'm-9', { marks })], {})] };
}

export function abandonedAtClose(): Evidence {
  const abandoned = { at: minutesBefore(9), by: 'ada', reason: 'the cloud keeps it', costPerHour: null };
  const intent = withItem(CLOSED.intent, { state: 'releasing', goneAt: null, abandoned });
  return evidenceOf({ ...CLOSED, intent, machines: [machineOf(intent, 'm-1')] });
}

/** The last purchase of a run that is closed has no answer yet. */
export function openAtClose(): Evidence {
  const { mandate, run } = CLOSED;
  const open = anIntent({
    id: '00000000-0000-4000-8000-0000000000ee',
    runId: run.id,
    mandateId: mandate.id,
    batch: 1,
    count: 1,
    state: 'sent',
    sentAt: START,
  });
  return evidenceOf({ ...CLOSED, mandate: { ...mandate, machines: 1 } }, { intents: [CLOSED.intent, open] });
}

/** Everything is back, and the mandate still holds room. */
export function keptForNothing(over: Partial<Mandate>): Evidence {
  return evidenceOf({ ...CLOSED, mandate: { ...CLOSED.mandate, ...over } });
}

/** What the intent holds, and what the mandate books for it. */
export function reserving(held: string, booked: string): Evidence {
  const intent = { ...STORY.intent, reserved: money('CNY', held) };
  const mandate = { ...STORY.mandate, reserved: money('CNY', booked) };
  // Half of it is one batch: beyond the budget by more than that.
  const half = {
    ...anIntent({ runId: STORY.run.id, batch: 7, mandateId: STORY.mandate.id, state: 'released' }),
  };
  const empty = { ...half, reserved: money('CNY', '0'), items: [] };
  const parts = splitIn(intent, 13);
  return evidenceOf({ ...STORY, intent, mandate }, { intents: [...parts, empty] });
}

/** The same machines and money in many batches, so that one of them is small. */
function splitIn(intent: Intent, parts: number): readonly Intent[] {
  const each = (Number(intent.reserved?.amount ?? 0) / parts).toFixed(10);
  const rest = (Number(intent.reserved?.amount ?? 0) - Number(each) * (parts - 1)).toFixed(10);
  return Array.from({ length: parts }, (_, batch) => ({
    ...intent,
    id: batch === 0 ? intent.id : randomUUID(),
    batch,
    reserved: money('CNY', batch === 0 ? rest : each),
    items: batch === 0 ? intent.items : [],
  }));
}

export function withMandate(over: Partial<Mandate>): Evidence {
  return evidenceOf({ ...STORY, mandate: { ...STORY.mandate, ...over } });
}

export function withIntent(over: Partial<Intent>): Evidence {
  return withIntents([{ ...STORY.intent, ...over }]);
}

export function withApproval(over: Partial<ApprovalRow>): Evidence {
  return evidenceOf({ ...STORY, approval: { ...STORY.approval, ...over } });
}

/** The run came back after it had made way for a campaign: later than its group could have been armed. */
export function cameBack(over: Partial<ApprovalRow>): Evidence {
  const approval = { ...STORY.approval, latestStart: addMs(START, -HOUR), ...over };
  return evidenceOf({ ...STORY, approval, run: { ...STORY.run, cameBackFrom: 'the-run-before' } });
}

export function stoppedAt(stop: Instant): Evidence {
  return evidenceOf(STORY, { stops: [{ tenantId: TENANT, engaged: true, at: stop }] });
}

export function raisedBudget(): Evidence {
  const { audit } = whole().books;
  const records = ['run.arm', 'run.raise-budget'].map((action) => {
    return { tenantId: TENANT, action, targetId: STORY.run.id, at: minutesBefore(30) };
  });
  const { approval } = STORY;
  const story = { ...STORY, approval: { ...approval, budget: money('CNY', '10') } };
  return evidenceOf(story, { audit: { chains: audit?.chains ?? [], records } });
}

export function sharesOrdered(shares: Readonly<Record<string, number>>): Evidence {
  const order = anIntent({
    runId: STORY.run.id,
    step: 'shift',
    kind: 'set',
    state: 'settled',
    items: [],
    count: 0,
  });
  return withIntents([STORY.intent, { ...order, spec: { route: 'storefront', shares } }]);
}

export function entranceWith(east: number, home = 1): Evidence {
  const groups = [
    { name: 'home', weight: 40, members: 1, healthy: home },
    { name: 'east', weight: 60, members: 5, healthy: east },
  ];
  return evidenceOf({ ...STORY, entrance: { ...STORY.entrance, groups } });
}

/** No group has a member: after shares were ordered, or before anything was. */
export function emptied(ordered: boolean): Evidence {
  const { books } = ordered ? sharesOrdered({ home: 40, east: 60 }) : whole();
  return evidenceOf({ ...STORY, entrance: { ...STORY.entrance, groups: [] } }, { intents: books.intents });
}

export function acknowledged(found: boolean): Evidence {
  return evidenceOf(STORY, {
    acknowledged: [{ what: 'campaign', id: STORY.campaign, at: minutesBefore(9), found }],
  });
}

export function armed(waiting: readonly string[], startedAt = STORY.run.startedAt): Evidence {
  const run = { ...STORY.run, state: 'armed', taken: false, startedAt };
  const outbox = waiting.map((name) => {
    return { tenantId: TENANT, workflowId: `${name}:${run.id}`, createdAt: run.startedAt };
  });
  return evidenceOf({ ...STORY, run }, { outbox });
}

export function twoTokens(): Evidence {
  const [first, ...others] = STORY.machines;
  const machines = others.map((machine) => ({
    ...machine,
    marks: marksOf(STORY.intent, { token: 'st-x-1' }),
  }));
  return evidenceOf({ ...STORY, machines: first === undefined ? [] : [first, ...machines] });
}

export function twoRows(batch: number): Evidence {
  return withIntents([STORY.intent, { ...STORY.intent, id: randomUUID(), batch, items: [] }]);
}

export function twoRuns(closedAt: Instant | null): Evidence {
  const other = { ...STORY.run, id: randomUUID(), closedAt };
  return evidenceOf(STORY, { runs: [STORY.run, other] });
}

export function withAudit(over: Partial<NonNullable<Books['audit']>>): Evidence {
  const { audit } = whole().books;
  return evidenceOf(STORY, { audit: { records: [], chains: [], ...audit, ...over } });
}

export function withChain(over: Partial<AuditChain>): Evidence {
  const chain = { tenantId: TENANT, records: 3, broken: null, oldestUnsealedAt: null, ...over };
  return withAudit({ chains: [chain] });
}

export function unsealed(): Evidence {
  return withChain({ oldestUnsealedAt: minutesBefore(40) });
}

/** The reconciler does not believe what it sees. */
export function doubted(): Evidence {
  const place = { tenantId: TENANT, accountId: ACCOUNT, region: 'sim-east' };
  return evidenceOf(STORY, { listings: [{ ...place, takenAt: minutesBefore(60), trusted: false }] });
}

/** It ends an orphan two minutes before this look. */
export function orphanDeletion(trusted: boolean): Evidence {
  const step = `orphan/${ACCOUNT}/sim-east/m-1`;
  const runId = '00000000-0000-4000-8000-000000000001';
  const deletion = aDeletion({ machineIds: ['m-1'] }, { runId, step, sentAt: minutesBefore(2) });
  const books = { ...(trusted ? whole() : doubted()).books, intents: [STORY.intent, deletion] };
  return { ...whole(), books };
}

function aDeletion(spec: Intent['spec'], over: Partial<Intent> = {}): Intent {
  const base = anIntent({
    runId: STORY.run.id,
    step: 'release/x',
    kind: 'delete',
    state: 'settled',
    items: [],
  });
  return { ...base, spec, count: 1, sentAt: minutesBefore(4), mandateId: null, ...over };
}

function withIntents(intents: readonly Intent[]): Evidence {
  return evidenceOf(STORY, { intents });
}
