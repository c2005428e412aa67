import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class Traffic1760000060000 implements Migration {
  name = 'Traffic1760000060000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table traffic_route (
        id uuid primary key,
        tenant_id uuid not null,
        name text not null,
        account_id uuid not null,
        service text not null,
        health_path text not null,
        home jsonb not null,
        version integer not null,
        created_at timestamptz(3) not null,
        unique (tenant_id, name)
      )`);
    await runner.query(tenantTable('traffic_route'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table traffic_route');
  }
}
