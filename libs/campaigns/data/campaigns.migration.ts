import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class Campaigns1760000070000 implements Migration {
  name = 'Campaigns1760000070000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table campaign (
        id uuid primary key,
        tenant_id uuid not null,
        name text not null,
        status text not null,
        input jsonb not null,
        author_id text not null,
        author_name text not null,
        last_editor_id text not null,
        version integer not null,
        current_plan_id uuid,
        current_run_id uuid,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null
      )`);
    await runner.query(`create index campaign_listing on campaign (tenant_id, created_at desc, id)`);
    await runner.query(`
      create table campaign_plan (
        id uuid primary key,
        tenant_id uuid not null,
        campaign_id uuid not null references campaign (id),
        revision integer not null,
        campaign_version integer not null,
        status text not null check (status in ('solving', 'ready', 'infeasible', 'failed')),
        hash text not null,
        content jsonb,
        failure text,
        created_at timestamptz(3) not null,
        unique (tenant_id, campaign_id, revision)
      )`);
    await runner.query(`
      create table campaign_run (
        id uuid primary key,
        tenant_id uuid not null,
        campaign_id uuid not null references campaign (id),
        plan_id uuid not null references campaign_plan (id),
        state text not null,
        control text not null check (control in ('run', 'pause', 'abort')),
        phase text,
        phases jsonb not null,
        targets jsonb not null,
        revision integer not null,
        summary text not null,
        since timestamptz(3) not null,
        started_at timestamptz(3) not null,
        closed_at timestamptz(3)
      )`);
    await runner.query(`create unique index campaign_one_open_run on campaign_run (tenant_id, campaign_id)
      where closed_at is null`);
    await runner.query(`
      create table campaign_timeline (
        id bigint generated always as identity primary key,
        tenant_id uuid not null,
        run_id uuid not null references campaign_run (id),
        at timestamptz(3) not null,
        step text not null,
        level text not null check (level in ('info', 'warning', 'problem')),
        detail text not null,
        facts jsonb not null,
        -- An activity that is repeated says the same thing once.
        once_key text not null,
        unique (tenant_id, run_id, once_key)
      )`);
    await runner.query(
      `grant usage on sequence campaign_timeline_id_seq to springtide_app, springtide_system`,
    );
    for (const table of TABLES) await runner.query(tenantTable(table));
  }

  async down(runner: Runner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`drop table ${table}`);
  }
}

const TABLES = ['campaign', 'campaign_plan', 'campaign_run', 'campaign_timeline'];
