import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class ScalingRest1763910031000 implements Migration {
  name = 'ScalingRest1763910031000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table scaling_rest (
        tenant_id uuid not null,
        -- The run of the group that gave way.
        run_id uuid not null,
        services jsonb not null,
        -- As they were approved, before the run was ended early.
        phases jsonb not null,
        reason text not null,
        -- As the API shows it.
        content jsonb not null,
        since timestamptz(3) not null,
        primary key (tenant_id, run_id)
      )`);
    await runner.query(`create index scaling_rest_latest on scaling_rest (tenant_id, since desc)`);
    await runner.query(tenantTable('scaling_rest', 'select, insert, update'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`drop table scaling_rest`);
  }
}
