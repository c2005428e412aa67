import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** A series never changes: a plan that was made from it can be made again. */
export class DemandTables1763830000000 implements Migration {
  name = 'DemandTables1763830000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table demand_series (
        tenant_id uuid not null,
        id uuid not null,
        name text not null,
        source text not null check (source in ('csv', 'prometheus')),
        starts_at timestamptz(3) not null,
        step_ms bigint not null check (step_ms > 0),
        steps integer not null,
        highest double precision not null,
        highest_step integer not null,
        mean double precision not null,
        demand double precision[] not null,
        created_at timestamptz(3) not null,
        created_by text not null,
        primary key (tenant_id, id)
      )`);
    await runner.query(
      `create index demand_series_listing on demand_series (tenant_id, created_at desc, id)`,
    );
    await runner.query(`
      create table demand_freeze (
        tenant_id uuid not null,
        id uuid not null,
        name text not null,
        starts_at timestamptz(3) not null,
        ends_at timestamptz(3) not null check (ends_at > starts_at),
        primary key (tenant_id, id)
      )`);
    await runner.query(tenantTable('demand_series', 'select, insert'));
    await runner.query(tenantTable('demand_freeze', 'select, insert, delete'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`drop table demand_series, demand_freeze`);
  }
}
