import type { AccountSessions } from '@springtide/accounts';
import type { RunBook } from '@springtide/campaigns';
import { sentence, type AccountBill, type CampaignBillCheck } from '@springtide/contracts';
import { recordAudit, requirePermission } from '@springtide/identity';
import { HOUR, MINUTE, addMs, msBetween, toInstant, type Clock, type Instant } from '@springtide/kernel';
import { jobContext, type Database, type RequestContext } from '@springtide/platform';
import { accountBill, totalsText } from './account-bill.js';
import type { BillFacts, BillSubject } from './bill-facts.js';
import { readBill } from './bill-reader.js';
import { insertBill, lastBills, type KeptBill } from './data/bill-check.repository.js';
import { isBought, nextLook, type UsageInterval } from './domain/index.js';

export type BillCheckParts = Readonly<{
  database: Database;
  facts: BillFacts;
  sessions: Pick<AccountSessions, 'use'>;
  /** Where the story of a run is told. */
  book: Pick<RunBook, 'note'>;
  clock: Clock;
}>;

type Look = Readonly<{ accountId: string; at: Instant }>;

/** What was charged before the first machine is looked at too: a machine may have been there before the ledger knew. */
const BEFORE_MS = 24 * HOUR;
/** The bill of an account may have millions of lines; nobody waits for those before a screen. */
const WITHIN_MS = { person: MINUTE, schedule: 20 * MINUTE } as const;

/** That clouds count late is no news of anything wrong. */
const LEVELS = {
  clean: 'info',
  incomplete: 'info',
  'not-told': 'warning',
  unreadable: 'warning',
  differs: 'problem',
} as const satisfies Record<AccountBill['state'], string>;

/** Holds the bills of the accounts that a campaign bought from against what the ledger says ran. It changes no cloud. */
export class BillCheckService {
  constructor(private readonly parts: BillCheckParts) {}

  /** The last look at each account, and when bills are looked at next. */
  async latest(context: RequestContext, campaignId: string): Promise<CampaignBillCheck> {
    requirePermission(context, 'cost:read');
    const subject = await this.parts.facts.subject(context, campaignId);
    const kept = await this.kept(context, campaignId);
    const [next] = looksAhead(subject, kept);
    const accounts = kept.map(({ bill }) => bill);
    return { campaignId, dueAt: subject.dueAt, nextAt: next?.at ?? null, accounts };
  }

  /** Reads every account's bill now, also before it is due: what is missing then may still come. */
  async check(context: RequestContext, campaignId: string): Promise<CampaignBillCheck> {
    requirePermission(context, 'cost:write');
    const subject = await this.parts.facts.subject(context, campaignId);
    await this.lookAt(context, campaignId, subject, [...boughtBy(subject).keys()], WITHIN_MS.person);
    return await this.latest(context, campaignId);
  }

  /**
   * One turn of the schedule of a closed run: looks at the accounts that are due.
   * @returns ms until the next turn; null when nothing more can come of looking, or a newer run of the campaign
   * closed, whose turns look at everything.
   */
  async look({ tenantId, runId }: Readonly<{ tenantId: string; runId: string }>): Promise<{
    waitMs: number | null;
  }> {
    const context = jobContext('bill-check', tenantId, `bill-check/${runId}`);
    const campaignId = await this.parts.facts.campaignOf(tenantId, runId);
    const subject = await this.parts.facts.subject(context, campaignId, runId);
    if (subject.runId !== runId) return { waitMs: null };
    const due = looksAhead(subject, await this.kept(context, campaignId)).filter(
      ({ at }) => at <= this.now(),
    );
    if (due.length > 0) {
      const accounts = due.map(({ accountId }) => accountId);
      await this.lookAt(context, campaignId, subject, accounts, WITHIN_MS.schedule);
    }
    const [next] = looksAhead(subject, await this.kept(context, campaignId));
    return { waitMs: next === undefined ? null : Math.max(1, msBetween(this.now(), next.at)) };
  }

  private async lookAt(
    context: RequestContext,
    campaignId: string,
    subject: BillSubject,
    accountIds: readonly string[],
    withinMs: number,
  ): Promise<void> {
    const bought = boughtBy(subject);
    const bills = await Promise.all(
      accountIds.map(
        async (id) => await this.account(context, subject, id, { usage: bought.get(id) ?? [], withinMs }),
      ),
    );
    await this.parts.database.unitOfWork(context, async (tx) => {
      for (const bill of bills) await insertBill(tx, context.tenantId, campaignId, bill);
      const states = bills.map(({ bill }) => `${bill.accountName}: ${bill.state}`).join(', ');
      const target = { kind: 'campaign', id: campaignId };
      const after = { states };
      await recordAudit(tx, context, {
        action: 'bill.check',
        target,
        after,
        show: ['states'],
        at: this.now(),
      });
    });
    if (subject.runId === null || subject.dueAt === null) return;
    for (const { bill } of bills) await this.tell(context.tenantId, subject.runId, bill);
  }

  private async account(
    context: RequestContext,
    { satellites }: BillSubject,
    accountId: string,
    { usage, withinMs }: Readonly<{ usage: readonly UsageInterval[]; withinMs: number }>,
  ): Promise<KeptBill> {
    const at = this.now();
    const left = satellites.filter((satellite) => satellite.accountId === accountId);
    const first = usage.reduce((from, one) => (one.from < from ? one.from : from), at);
    const reading = await readBill(this.parts.sessions, {
      tenantId: context.tenantId,
      accountId,
      span: { from: addMs(first, -BEFORE_MS), to: at },
      resources: new Set([...usage.map(({ machine }) => machine), ...left.map(({ id }) => id)]),
      at,
      withinMs,
    });
    return accountBill({ accountId, usage, satellites: left, reading, at, by: context.actor.name });
  }

  /** Each state of each account once: forty days of the same would fill the story. */
  private async tell(tenantId: string, runId: string, bill: AccountBill): Promise<void> {
    const { state, accountName: account, reason, findingsInAll: count } = bill;
    const sums = { billed: totalsText(bill, 'billed'), expected: totalsText(bill, 'expected') };
    const told = sentence(`bill-check.${state}`, { account, count, reason: reason ?? '', ...sums });
    await this.parts.book.note(tenantId, runId, {
      step: 'bill-check',
      level: LEVELS[state],
      sentences: [told],
      once: `bill-check/${bill.accountId}/${state}`,
    });
  }

  private async kept(context: RequestContext, campaignId: string): Promise<readonly KeptBill[]> {
    return await this.parts.database.unitOfWork(context, async (tx) => await lastBills(tx, campaignId));
  }

  private now(): Instant {
    return toInstant(this.parts.clock.now());
  }
}

/** What the company owns has no bill. */
function boughtBy({ usage }: BillSubject): Map<string, UsageInterval[]> {
  return Map.groupBy(usage.filter(isBought), ({ accountId }) => accountId);
}

/** Accounts that are still to be looked at, the nearest first. */
function looksAhead(subject: BillSubject, kept: readonly KeptBill[]): Look[] {
  const { dueAt, policy } = subject;
  if (dueAt === null) return [];
  const known = new Map(kept.map(({ bill, over }) => [bill.accountId, { checkedAt: bill.checkedAt, over }]));
  return [...boughtBy(subject).keys()]
    .flatMap((accountId) => {
      const at = nextLook(dueAt, known.get(accountId), policy);
      return at === null ? [] : [{ accountId, at }];
    })
    .toSorted((a, b) => a.at.localeCompare(b.at));
}
