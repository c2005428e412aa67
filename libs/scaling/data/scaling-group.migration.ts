import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class ScalingGroups1763834031000 implements Migration {
  name = 'ScalingGroups1763834031000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table scaling_group (
        tenant_id uuid not null,
        service text not null,
        -- As the API shows it: the last decision of the group and what was made of it.
        content jsonb not null,
        decided_at timestamptz(3) not null,
        primary key (tenant_id, service)
      )`);
    await runner.query(tenantTable('scaling_group', 'select, insert, update'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`drop table scaling_group`);
  }
}
