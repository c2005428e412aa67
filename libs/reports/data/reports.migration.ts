import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Revisions and signatures are added, never changed. One signature for each role, and one for each person. */
export class Reports1763820000000 implements Migration {
  name = 'Reports1763820000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table campaign_report (
        tenant_id uuid not null,
        id uuid not null,
        campaign_id uuid not null,
        run_id uuid not null,
        revision integer not null,
        hash text not null check (hash ~ '^[0-9a-f]{64}$'),
        content jsonb not null,
        created_at timestamptz(3) not null,
        created_by text not null,
        primary key (tenant_id, id),
        unique (tenant_id, run_id, revision)
      )`);
    await runner.query(`
      create table campaign_report_signature (
        tenant_id uuid not null,
        report_id uuid not null,
        role text not null check (role in ('operations', 'infrastructure', 'finance')),
        by_id text not null,
        by_name text not null,
        at timestamptz(3) not null,
        comment text not null,
        report_hash text not null,
        digest text not null,
        primary key (tenant_id, report_id, role),
        unique (tenant_id, report_id, by_id),
        foreign key (tenant_id, report_id) references campaign_report (tenant_id, id)
      )`);
    for (const table of TABLES) await runner.query(tenantTable(table, 'select, insert'));
  }

  async down(runner: Runner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`drop table ${table}`);
  }
}

const TABLES = ['campaign_report', 'campaign_report_signature'];
