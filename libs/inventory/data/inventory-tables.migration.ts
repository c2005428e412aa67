import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class InventoryTables1760000400000 implements Migration {
  name = 'InventoryTables1760000400000';

  async up(runner: Runner): Promise<void> {
    for (const statements of [RESOURCE, FRESHNESS, DRIFT]) await runner.query(statements);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table inventory_resource, inventory_freshness, inventory_drift');
  }
}

/** `observed` is what the cloud said; the columns beside it are what lists filter and sort by. */
const RESOURCE = `
  create table inventory_resource (
    id uuid primary key default gen_random_uuid(),
    tenant_id uuid not null,
    account_id uuid not null,
    region text not null,
    resource_type text not null check (resource_type in ('machine', 'network', 'image')),
    cloud_id text not null,
    name text not null,
    state text,
    zone text,
    owner_installation text,
    owner_intent text,
    campaign text,
    service text,
    search text not null,
    observed jsonb not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    missed integer not null default 0,
    released_at timestamptz,
    gone_at timestamptz,
    unique (tenant_id, account_id, region, resource_type, cloud_id)
  );
  create index inventory_resource_by_name on inventory_resource (tenant_id, resource_type, name, id);
  create index inventory_resource_by_campaign on inventory_resource (tenant_id, campaign)
    where campaign is not null;
  ${tenantTable('inventory_resource')}`;

const FRESHNESS = `
  create table inventory_freshness (
    tenant_id uuid not null,
    account_id uuid not null,
    region text not null,
    resource_type text not null,
    attempted_at timestamptz not null,
    confirmed_at timestamptz,
    complete boolean not null,
    reason text,
    primary key (tenant_id, account_id, region, resource_type)
  );
  ${tenantTable('inventory_freshness')}`;

const DRIFT = `
  create table inventory_drift (
    id bigint generated always as identity primary key,
    tenant_id uuid not null,
    account_id uuid not null,
    region text not null,
    resource_type text not null,
    cloud_id text not null,
    name text not null,
    kind text not null check (kind in ('appeared', 'changed', 'gone')),
    changes jsonb not null,
    at timestamptz not null
  );
  create index inventory_drift_recent on inventory_drift (tenant_id, id desc);
  create index inventory_drift_of_resource on inventory_drift (tenant_id, account_id, cloud_id, id desc);
  ${tenantTable('inventory_drift', 'select, insert')}`;
