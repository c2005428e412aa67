import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** What was found and who answered for it is evidence: rows are added, never changed. */
export class Readiness1763810000000 implements Migration {
  name = 'Readiness1763810000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table readiness_check (
        tenant_id uuid not null,
        id uuid not null,
        campaign_id uuid not null,
        plan_id uuid not null,
        plan_hash text not null,
        checked_at timestamptz(3) not null,
        checked_by text not null,
        hash text not null check (hash ~ '^[0-9a-f]{64}$'),
        findings jsonb not null,
        primary key (tenant_id, id)
      )`);
    await runner.query(
      `create index readiness_check_listing on readiness_check (tenant_id, campaign_id, checked_at desc)`,
    );
    await runner.query(`
      create table readiness_override (
        tenant_id uuid not null,
        id uuid not null,
        campaign_id uuid not null,
        plan_id uuid not null,
        line_key text not null,
        finding_code text not null,
        reason text not null check (reason <> ''),
        by_id text not null,
        by_name text not null,
        at timestamptz(3) not null,
        primary key (tenant_id, id)
      )`);
    await runner.query(
      `create index readiness_override_listing on readiness_override (tenant_id, campaign_id, at)`,
    );
    for (const table of TABLES) await runner.query(tenantTable(table, 'select, insert'));
  }

  async down(runner: Runner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`drop table ${table}`);
  }
}

const TABLES = ['readiness_check', 'readiness_override'];
