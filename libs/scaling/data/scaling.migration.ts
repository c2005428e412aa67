import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class Scaling1763831000000 implements Migration {
  name = 'Scaling1763831000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table scaling_service (
        tenant_id uuid not null,
        service text not null,
        input jsonb not null,
        version integer not null,
        updated_at timestamptz(3) not null,
        primary key (tenant_id, service)
      )`);
    await runner.query(tenantTable('scaling_service', 'select, insert, update'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`drop table scaling_service`);
  }
}
