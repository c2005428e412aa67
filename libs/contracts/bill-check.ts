import { z } from 'zod';
import { Id, InstantText, MoneyBody } from './scalars.js';

/**
 * `clean`: everything is on the bill, and no money was paid unseen. `differs`: it names money that nobody expected.
 * `incomplete`: charges are missing. `not-told`: the cloud tells no charges, nothing was compared. `unreadable`: the cloud
 * was asked and did not answer.
 */
export const BILL_STATES = ['clean', 'differs', 'incomplete', 'not-told', 'unreadable'] as const;

/**
 * `after-end`, `before-start`: charged for time that the ledger knows nothing of. `above`: more than expected.
 * `other-currency`: charged in another one than its price. `no-price`: charged, and no price is known. `not-yet`,
 * `no-charge`: it ran and has no charge; may still come, should be there.
 */
export const BILL_FINDING_KINDS = [
  'after-end',
  'before-start',
  'above',
  'other-currency',
  'no-price',
  'not-yet',
  'no-charge',
] as const;

export const BillFindingBody = z
  .object({
    kind: z.enum(BILL_FINDING_KINDS),
    resource: z.enum(['machine', 'satellite']),
    resourceId: z.string(),
    /** The time it is about. */
    from: InstantText.nullable(),
    to: InstantText.nullable(),
    expected: MoneyBody.nullable(),
    billed: MoneyBody.nullable(),
    /** Of what was billed, how much nobody expected. */
    unseen: MoneyBody.nullable(),
  })
  .meta({ id: 'BillFinding' });

/** In one currency; nothing is ever converted. */
export const BillTotalBody = z
  .object({
    expected: MoneyBody,
    billed: MoneyBody,
    difference: MoneyBody,
    /** Of what was expected; null where nothing was. */
    percent: z.string().nullable(),
  })
  .meta({ id: 'BillTotal' });

/** One account as it was last held against its bill. */
export const AccountBill = z
  .object({
    accountId: Id,
    accountName: z.string(),
    provider: z.string(),
    checkedAt: InstantText,
    checkedBy: z.string(),
    state: z.enum(BILL_STATES),
    /** Why nothing was compared; null where something was. */
    reason: z.string().nullable(),
    /** Use before it is on the bill; null where nothing was compared. */
    toldUntil: InstantText.nullable(),
    machines: z.number().int(),
    totals: z.array(BillTotalBody),
    /** The worst first, at most 200 of them. */
    findings: z.array(BillFindingBody),
    findingsInAll: z.number().int(),
  })
  .meta({ id: 'AccountBill' });
export type AccountBill = z.infer<typeof AccountBill>;

export const CampaignBillCheck = z
  .object({
    campaignId: Id,
    /** When the bills should be complete; null before the campaign is closed. */
    dueAt: InstantText.nullable(),
    /** When bills are looked at next by themselves; null: no more, or not before the campaign is closed. */
    nextAt: InstantText.nullable(),
    /** Accounts that the campaign bought from and that were looked at. */
    accounts: z.array(AccountBill),
  })
  .meta({ id: 'CampaignBillCheck' });
export type CampaignBillCheck = z.infer<typeof CampaignBillCheck>;
