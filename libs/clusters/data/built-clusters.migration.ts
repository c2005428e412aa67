import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class BuiltClusters1763800110000 implements Migration {
  name = 'BuiltClusters1763800110000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table built_cluster (
        id uuid primary key,
        tenant_id uuid not null,
        account_id uuid not null,
        name text not null,
        spec jsonb not null,
        state text not null check (state in ('building', 'ready', 'releasing', 'gone')),
        problem text,
        secret jsonb,
        cluster_id uuid,
        ready_by timestamptz(3) not null,
        until timestamptz(3) not null,
        created_at timestamptz(3) not null
      )`);
    // A name is free again once all of its cluster is gone.
    await runner.query(
      `create unique index built_cluster_name on built_cluster (tenant_id, name) where state <> 'gone'`,
    );
    await runner.query(tenantTable('built_cluster'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table built_cluster');
  }
}
