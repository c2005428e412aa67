import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class CatalogTables1760000300000 implements Migration {
  name = 'CatalogTables1760000300000';

  async up(runner: Runner): Promise<void> {
    for (const statements of [OFFERING, QUOTA, FRESHNESS, SNAPSHOT, TEMPLATE]) await runner.query(statements);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(
      `drop table catalog_offering, catalog_quota, catalog_market_freshness, catalog_market_snapshot,
        catalog_template_version`,
    );
  }
}

const OFFERING = `
  create table catalog_offering (
    tenant_id uuid not null,
    account_id uuid not null,
    region text not null,
    zone text not null,
    machine_type text not null,
    purchase_option text not null check (purchase_option in ('private', 'reserved', 'on-demand', 'spot')),
    family text not null,
    arch text not null,
    vcpu numeric not null,
    memory_mib numeric not null,
    price_amount numeric,
    price_currency char(3),
    minimum_billing_seconds integer not null,
    stock_level text not null,
    stock_machines integer,
    quota_group text,
    interruption_per_hour numeric not null,
    observed_at timestamptz not null,
    withdrawn_at timestamptz,
    primary key (tenant_id, account_id, region, zone, machine_type, purchase_option),
    check ((price_amount is null) = (price_currency is null))
  );
  ${tenantTable('catalog_offering')}`;

const QUOTA = `
  create table catalog_quota (
    tenant_id uuid not null,
    account_id uuid not null,
    region text not null,
    quota_group text not null,
    limit_vcpu numeric not null,
    used_vcpu numeric not null,
    observed_at timestamptz not null,
    primary key (tenant_id, account_id, region, quota_group)
  );
  ${tenantTable('catalog_quota')}`;

const FRESHNESS = `
  create table catalog_market_freshness (
    tenant_id uuid not null,
    account_id uuid not null,
    region text not null,
    attempted_at timestamptz not null,
    confirmed_at timestamptz,
    complete boolean not null,
    reason text,
    primary key (tenant_id, account_id, region)
  );
  ${tenantTable('catalog_market_freshness')}`;

/** Evidence: the app may add snapshots and template versions, never change or remove them. */
const SNAPSHOT = `
  create table catalog_market_snapshot (
    id uuid primary key,
    tenant_id uuid not null,
    taken_at timestamptz not null,
    hash text not null,
    market jsonb not null
  );
  create index catalog_market_snapshot_recent on catalog_market_snapshot (tenant_id, taken_at desc, id);
  ${tenantTable('catalog_market_snapshot', 'select, insert')}`;

const TEMPLATE = `
  create table catalog_template_version (
    id uuid primary key,
    tenant_id uuid not null,
    name text not null,
    version integer not null check (version > 0),
    hash text not null,
    document jsonb not null,
    created_at timestamptz not null,
    created_by text not null,
    unique (tenant_id, name, version)
  );
  ${tenantTable('catalog_template_version', 'select, insert')}`;
