import { randomUUID } from 'node:crypto';
import { addMs, money, type Instant } from '@springtide/kernel';
import type { EffectItem, Intent, Mandate } from '@springtide/effects/domain';
import {
  ACCOUNT,
  POOL,
  START,
  TENANT,
  aMandate,
  anIntent,
  anItem,
} from '../../effects/testing/effect-fixtures.js';
import {
  STANDARD_ORACLE,
  type ApprovalRow,
  type Books,
  type CloudListing,
  type Entrance,
  type Evidence,
  type GroundMachine,
  type Marks,
  type RunRow,
} from '../domain/index.js';

export const INSTALLATION = 'springtide-spec';
const REGION = 'sim-east';
const MINUTE = 60_000;

/** When the clouds were asked in these stories; the books were read a second later. */
export const ASKED: Instant = addMs(START, 60 * MINUTE);

export function minutesBefore(minutes: number): Instant {
  return addMs(ASKED, -minutes * MINUTE);
}

export function marksOf(intent: Pick<Intent, 'id'>, over: Partial<Marks> = {}): Marks {
  const token = `st-${intent.id.replaceAll('-', '')}-0`;
  return { installation: INSTALLATION, tenant: TENANT, intent: intent.id, token, campaign: null, ...over };
}

export function machineOf(
  intent: Pick<Intent, 'id'>,
  id: string,
  over: Partial<GroundMachine> = {},
): GroundMachine {
  return { id, marks: marksOf(intent), state: 'alive', createdAt: START, ...over };
}

export function aListing(machines: readonly GroundMachine[], over: Partial<CloudListing> = {}): CloudListing {
  const place = { accountId: ACCOUNT, region: REGION };
  return { ...place, askedAt: ASKED, incomplete: null, lagMs: 0, machines, satellites: [], ...over };
}

export type Story = Readonly<{
  campaign: string;
  run: RunRow;
  approval: ApprovalRow;
  mandate: Mandate;
  intent: Intent;
  machines: readonly GroundMachine[];
  entrance: Entrance;
}>;

/** A run in the middle of its peak, with everything in order: five machines of one intent that are ready. */
export function aStory(): Story {
  const [campaign, runId, approvalId] = [randomUUID(), randomUUID(), randomUUID()];
  const reserved = money('CNY', '5');
  const mandate = aMandate({
    runId,
    approvalId,
    maxMachines: 10,
    budget: money('CNY', '20'),
    maxPerHour: money('CNY', '10'),
    machines: 5,
    reserved,
  });
  const intent = anIntent({
    runId,
    campaignId: campaign,
    mandateId: mandate.id,
    state: 'settled',
    sentAt: START,
    releaseBy: addMs(ASKED, 10 * MINUTE),
    reserved,
    items: [1, 2, 3, 4, 5].map((n) => anItem({ index: n - 1, machineId: `m-${n}`, state: 'ready' })),
  });
  return {
    campaign,
    mandate,
    intent,
    run: { ...aRun(runId, campaign) },
    approval: { ...anApproval(approvalId), planHash: mandate.planHash },
    machines: intent.items.map((item) => machineOf(intent, item.machineId ?? '')),
    entrance: {
      tenantId: TENANT,
      accountId: ACCOUNT,
      route: 'storefront',
      unreadable: null,
      groups: [
        { name: 'home', weight: 40, members: 1, healthy: 1 },
        { name: 'east', weight: 60, members: 5, healthy: 5 },
      ],
    },
  };
}

function aRun(id: string, campaignId: string): RunRow {
  const base = { id, campaignId, tenantId: TENANT, state: 'holding', startedAt: START };
  return { ...base, closedAt: null, taken: true };
}

function anApproval(id: string): ApprovalRow {
  return {
    id,
    tenantId: TENANT,
    status: 'approved',
    planHash: 'plan',
    poolIds: [POOL],
    maxMachines: 10,
    budget: money('CNY', '20'),
    maxPerHour: money('CNY', '10'),
    latestStart: addMs(START, MINUTE),
    decidedAt: addMs(START, -MINUTE),
    expiresAt: addMs(START, 60 * MINUTE),
  };
}

export function evidenceOf(story: Story, books: Partial<Books> = {}): Evidence {
  const { mandate, intent, run, approval } = story;
  return {
    installation: INSTALLATION,
    policy: STANDARD_ORACLE,
    listings: [aListing(story.machines)],
    entrances: [story.entrance],
    books: {
      readAt: addMs(ASKED, 1_000),
      intents: [intent],
      intentsSince: null,
      mandates: [mandate],
      stops: [],
      listings: [{ tenantId: TENANT, accountId: ACCOUNT, region: REGION, takenAt: ASKED, trusted: true }],
      runs: [run],
      approvals: [approval],
      outbox: [],
      alerts: [],
      acknowledged: [{ what: 'run', id: run.id, at: START, found: true }],
      audit: {
        records: [{ tenantId: TENANT, action: 'run.arm', targetId: run.id, at: START }],
        chains: [{ tenantId: TENANT, records: 1, broken: null, oldestUnsealedAt: null }],
      },
      ...books,
    },
  };
}

/** The intent with its first item changed. */
export function withItem(intent: Intent, change: Partial<EffectItem>): Intent {
  return {
    ...intent,
    items: intent.items.map((item, index) => (index === 0 ? { ...item, ...change } : item)),
  };
}

/** Everything of the story back and booked. */
export function closedStory(closedAt: Instant): Story {
  const story = aStory();
  const items = story.intent.items.map((item) => {
    return { ...item, state: 'gone' as const, releasingAt: closedAt, goneAt: closedAt };
  });
  const intent: Intent = { ...story.intent, state: 'released', reserved: money('CNY', '0'), items };
  const seconds = (Date.parse(closedAt) - Date.parse(START)) / 1_000;
  const each = (Math.round((0.39 * seconds * 1e10) / 3_600) / 1e10) * items.length;
  const mandate: Mandate = {
    ...story.mandate,
    state: 'closed',
    machines: 0,
    reserved: money('CNY', '0'),
    committed: money('CNY', each.toFixed(10)),
  };
  return { ...story, intent, mandate, machines: [], run: { ...story.run, state: 'closed', closedAt } };
}
