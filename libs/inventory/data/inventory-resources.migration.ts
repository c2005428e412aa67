import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** All kinds of resources, how they hang together, who changed what, and the views people keep. */
export class InventoryResources1760001100000 implements Migration {
  name = 'InventoryResources1760001100000';

  async up(runner: Runner): Promise<void> {
    for (const statements of [RESOURCE, FRESHNESS, DRIFT, RELATION, VIEW]) await runner.query(statements);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`drop table inventory_view, inventory_relation;
      alter table inventory_drift drop column who;
      alter table inventory_freshness drop column listed_at;
      drop index inventory_resource_in_flight;
      alter table inventory_resource drop column hash, drop column observed_at, drop column labels,
        drop constraint inventory_resource_resource_type_check;
      delete from inventory_resource where resource_type not in ('machine', 'network', 'image');
      alter table inventory_resource add constraint inventory_resource_resource_type_check
        check (resource_type in ('machine', 'network', 'image'))`);
  }
}

/**
 * `hash` tells without reading a row whether it changed; '' is no hash of anything, so what an older version stored is
 * compared once. `observed_at` is when the look began that `observed` comes from: an older look never overwrites it.
 */
const RESOURCE = `
  alter table inventory_resource
    drop constraint inventory_resource_resource_type_check,
    add constraint inventory_resource_resource_type_check
      check (resource_type in ('machine', 'network', 'image', 'host', 'disk', 'snapshot', 'address',
        'network-interface', 'router', 'security-group', 'load-balancer', 'cluster', 'node', 'workload', 'volume')),
    add column hash text not null default '',
    add column observed_at timestamptz,
    add column labels jsonb not null default '{}';
  update inventory_resource set observed_at = last_seen, labels = coalesce(observed -> 'labels', '{}');
  alter table inventory_resource alter column observed_at set not null;
  create index inventory_resource_in_flight on inventory_resource (tenant_id, account_id, region)
    where resource_type = 'machine' and gone_at is null and state in ('pending', 'stopping', 'terminating')`;

/** Start of the last listing that was stored: a feed confirms in between, and must not outdate a listing under way. */
const FRESHNESS = `
  alter table inventory_freshness add column listed_at timestamptz;
  update inventory_freshness set listed_at = attempted_at`;

const DRIFT = `
  alter table inventory_drift add column who jsonb not null default '{"by": "outside", "trail": null}'`;

/**
 * From the dependent to what it hangs on. What a resource hangs on stands in its row; this table answers the other way
 * round, by equality alone, which row-level security lets an index answer (containment in an array it does not).
 */
const RELATION = `
  create table inventory_relation (
    tenant_id uuid not null,
    to_type text not null,
    to_id text not null,
    account_id uuid not null,
    region text not null,
    from_type text not null,
    from_id text not null,
    kind text not null,
    primary key (tenant_id, to_type, to_id, account_id, region, from_type, from_id, kind)
  );
  ${tenantTable('inventory_relation', 'select, insert, delete')}`;

const VIEW = `
  create table inventory_view (
    id uuid primary key,
    tenant_id uuid not null,
    owner_id text not null,
    owner_name text not null,
    name text not null,
    shared boolean not null,
    query jsonb not null,
    version integer not null default 1,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    unique (tenant_id, owner_id, name)
  );
  create index inventory_view_shared on inventory_view (tenant_id, name, id) where shared;
  ${tenantTable('inventory_view')}`;
