import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Rehearsals of plans: what was asked, and what came of it. */
export class Rehearsals1763830070000 implements Migration {
  name = 'Rehearsals1763830070000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table campaign_rehearsal (
        id uuid primary key,
        tenant_id uuid not null,
        plan_id uuid not null references campaign_plan (id),
        plan_hash text not null,
        storm text not null,
        seed integer not null,
        status text not null check (status in ('running', 'done', 'failed')),
        failure text,
        result jsonb,
        requested_by text not null,
        requested_at timestamptz(3) not null,
        finished_at timestamptz(3)
      )`);
    await runner.query(
      'create index campaign_rehearsal_of_plan on campaign_rehearsal (tenant_id, plan_id, requested_at desc)',
    );
    await runner.query(tenantTable('campaign_rehearsal'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table campaign_rehearsal');
  }
}
