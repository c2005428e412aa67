import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class NodePools1763920000000 implements Migration {
  name = 'NodePools1763920000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table managed_node_pool (
        id uuid primary key,
        tenant_id uuid not null,
        account_id uuid not null,
        region text not null,
        cluster_id text not null,
        name text not null,
        nodes integer not null check (nodes >= 0),
        version integer not null,
        decided_at timestamptz(3) not null
      )`);
    await runner.query(`create unique index managed_node_pool_name
      on managed_node_pool (tenant_id, account_id, region, cluster_id, name)`);
    await runner.query(tenantTable('managed_node_pool'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table managed_node_pool');
  }
}
