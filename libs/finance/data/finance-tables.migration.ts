import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class FinanceTables1760001000000 implements Migration {
  name = 'FinanceTables1760001000000';

  async up(runner: Runner): Promise<void> {
    for (const statements of [USAGE, SETTLEMENT]) await runner.query(statements);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table finance_usage_interval, finance_settlement');
  }
}

/** What settled campaigns ran, copied from the ledger: the rows that later bills are held against. */
const USAGE = `
  create table finance_usage_interval (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null,
    campaign_id uuid not null,
    account_id uuid not null,
    account_name text not null,
    provider text not null,
    region text not null,
    zone text not null,
    machine text not null,
    machine_type text not null,
    purchase_option text not null check (purchase_option in ('private', 'reserved', 'on-demand', 'spot')),
    service text not null,
    pool text not null,
    price_amount numeric,
    price_currency char(3),
    minimum_billing_seconds integer not null check (minimum_billing_seconds >= 0),
    market_snapshot_id uuid,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    settled_at timestamptz not null,
    unique (tenant_id, campaign_id, account_id, region, machine),
    check ((price_amount is null) = (price_currency is null)),
    check (ended_at >= started_at)
  );
  ${tenantTable('finance_usage_interval', 'select, insert, update')}`;

/** What the campaign cost in the end, revision after revision; \`cost\` is the report as it was then. */
const SETTLEMENT = `
  create table finance_settlement (
    id bigint generated always as identity primary key,
    tenant_id uuid not null,
    campaign_id uuid not null,
    settled_at timestamptz not null,
    settled_by text not null,
    usage_hash text not null,
    currency char(3) not null,
    bought numeric not null,
    private numeric not null,
    cost jsonb not null
  );
  create index finance_settlement_latest on finance_settlement (tenant_id, campaign_id, id desc);
  ${tenantTable('finance_settlement', 'select, insert')}`;
