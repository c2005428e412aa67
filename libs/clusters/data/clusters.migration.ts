import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class Clusters1763800100000 implements Migration {
  name = 'Clusters1763800100000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table cluster_workload (
        id uuid primary key,
        tenant_id uuid not null,
        account_id uuid not null,
        namespace text not null,
        name text not null,
        kind text not null check (kind in ('stateless', 'stateful')),
        spec jsonb not null,
        adopt boolean not null,
        version integer not null,
        removing_at timestamptz(3),
        removed_at timestamptz(3),
        created_at timestamptz(3) not null
      )`);
    // A name is free again once its workload is gone.
    await runner.query(`create unique index cluster_workload_name
      on cluster_workload (tenant_id, account_id, namespace, kind, name) where removed_at is null`);
    await runner.query(tenantTable('cluster_workload'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table cluster_workload');
  }
}
