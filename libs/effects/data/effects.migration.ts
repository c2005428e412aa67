import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class Effects1760000050000 implements Migration {
  name = 'Effects1760000050000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table effect_mandate (
        id uuid primary key,
        tenant_id uuid not null,
        campaign_id uuid,
        run_id uuid not null,
        approval_id uuid,
        plan_hash text not null,
        pool_ids jsonb not null,
        max_machines integer not null,
        currency char(3) not null,
        budget numeric not null,
        max_per_hour numeric not null,
        valid_until timestamptz(3) not null,
        state text not null check (state in ('open', 'frozen', 'closed')),
        machines integer not null check (machines >= 0),
        reserved numeric not null check (reserved >= 0),
        committed numeric not null check (committed >= 0),
        per_hour numeric not null check (per_hour >= 0),
        unique (tenant_id, run_id)
      )`);
    await runner.query(`
      create table effect_intent (
        id uuid primary key,
        tenant_id uuid not null,
        run_id uuid not null,
        campaign_id uuid,
        step text not null,
        batch integer not null,
        kind text not null check (kind in ('create', 'set', 'delete')),
        account_id uuid not null,
        region text not null,
        service text,
        pool_id text,
        spec jsonb not null,
        spec_hash text not null,
        count integer not null check (count >= 0),
        state text not null check (state in ('written', 'sent', 'settled', 'released')),
        generation integer not null,
        fence integer not null,
        sent_at timestamptz(3),
        deadline timestamptz(3),
        first_absent_at timestamptz(3),
        release_by timestamptz(3),
        mandate_id uuid,
        currency char(3),
        price_per_hour numeric,
        minimum_billing_seconds integer not null,
        reserved numeric,
        problem jsonb,
        created_at timestamptz(3) not null,
        unique (tenant_id, run_id, step, batch)
      )`);
    await runner.query(`create index effect_intent_open on effect_intent (tenant_id, account_id, region)
      where state <> 'released'`);
    await runner.query(`
      create table effect_item (
        tenant_id uuid not null,
        intent_id uuid not null references effect_intent (id),
        index integer not null,
        state text not null,
        machine_id text,
        address text,
        refusal jsonb,
        accepted_at timestamptz(3),
        running_at timestamptz(3),
        ready_at timestamptz(3),
        releasing_at timestamptz(3),
        gone_at timestamptz(3),
        primary key (intent_id, index)
      )`);
    await runner.query(`create table effect_fence (
        tenant_id uuid not null, run_id uuid not null, owner text not null, fence integer not null,
        primary key (tenant_id, run_id))`);
    await runner.query(`create table effect_stop (
        tenant_id uuid primary key, engaged boolean not null, reason text not null, at timestamptz(3) not null)`);
    await runner.query(`create table effect_listing (
        tenant_id uuid not null, account_id uuid not null, region text not null, taken_at timestamptz(3) not null,
        trusted boolean not null, count integer not null, sightings jsonb not null,
        primary key (tenant_id, account_id, region))`);
    for (const table of TABLES) await runner.query(tenantTable(table));
  }

  async down(runner: Runner): Promise<void> {
    for (const table of TABLES.toReversed()) await runner.query(`drop table ${table}`);
  }
}

const TABLES = [
  'effect_mandate',
  'effect_intent',
  'effect_item',
  'effect_fence',
  'effect_stop',
  'effect_listing',
];
