import { AccountBill } from '@springtide/contracts';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';

/** One look at one account. `over`: nothing more can come of looking again. */
export type KeptBill = Readonly<{ bill: AccountBill; over: boolean }>;

const Row = z
  .object({ bill: AccountBill, is_over: z.boolean() })
  .transform(({ bill, is_over: over }): KeptBill => ({ bill, over }));

export async function insertBill(
  tx: EntityManager,
  tenantId: string,
  campaignId: string,
  { bill, over }: KeptBill,
): Promise<void> {
  await tx.query(
    `insert into finance_bill_check (tenant_id, campaign_id, account_id, checked_at, state, is_over, bill)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, campaignId, bill.accountId, bill.checkedAt, bill.state, over, JSON.stringify(bill)],
  );
}

/** The last look at every account of the campaign, by name. */
export async function lastBills(tx: EntityManager, campaignId: string): Promise<readonly KeptBill[]> {
  const rows = await tx.query<unknown[]>(
    `select distinct on (account_id) bill, is_over from finance_bill_check
     where campaign_id = $1 order by account_id, id desc`,
    [campaignId],
  );
  return z
    .array(Row)
    .parse(rows)
    .toSorted((a, b) => a.bill.accountName.localeCompare(b.bill.accountName));
}
