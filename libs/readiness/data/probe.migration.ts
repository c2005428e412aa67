import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Machines that were bought to look out of a network, and what they saw. No row is ever taken away: it is evidence. */
export class ReadinessProbes1764400000000 implements Migration {
  name = 'ReadinessProbes1764400000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table readiness_probe (
        id uuid primary key,
        tenant_id uuid not null,
        campaign_id uuid not null,
        plan_id uuid not null,
        account_id uuid not null,
        place_key text not null,
        place text not null,
        launch jsonb not null,
        endpoints jsonb not null,
        report_url text not null,
        secret jsonb,
        token_hash text not null check (token_hash ~ '^[0-9a-f]{64}$'),
        state text not null check (state in ('buying', 'waiting', 'releasing', 'gone')),
        outcome text check (outcome in ('answered', 'silent', 'unbought', 'stopped')),
        problem text,
        machine_id text,
        machine_state text,
        requested_by text not null,
        requested_at timestamptz(3) not null,
        answer_by timestamptz(3) not null,
        reported_at timestamptz(3),
        ended_at timestamptz(3),
        gone_at timestamptz(3),
        answers jsonb not null default '[]'
      )`);
    await runner.query(
      `create index readiness_probe_listing on readiness_probe (tenant_id, campaign_id, requested_at desc)`,
    );
    // Asking twice buys once.
    await runner.query(
      `create unique index readiness_probe_place on readiness_probe (tenant_id, campaign_id, place_key)
         where outcome is null`,
    );
    await runner.query(tenantTable('readiness_probe', 'select, insert, update'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table readiness_probe');
  }
}
