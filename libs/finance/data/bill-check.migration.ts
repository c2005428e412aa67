import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class BillChecks1764430000000 implements Migration {
  name = 'BillChecks1764430000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(BILL_CHECK);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table finance_bill_check');
  }
}

/** Every look at the bill of an account of a campaign, as it was then: evidence, so it is only added to. */
const BILL_CHECK = `
  create table finance_bill_check (
    id bigint generated always as identity primary key,
    tenant_id uuid not null,
    campaign_id uuid not null,
    account_id uuid not null,
    checked_at timestamptz(3) not null,
    state text not null check (state in ('clean', 'differs', 'incomplete', 'not-told', 'unreadable')),
    -- Nothing more can come of looking again.
    is_over boolean not null,
    bill jsonb not null
  );
  create index finance_bill_check_latest on finance_bill_check (tenant_id, campaign_id, account_id, id desc);
  ${tenantTable('finance_bill_check', 'select, insert')}`;
