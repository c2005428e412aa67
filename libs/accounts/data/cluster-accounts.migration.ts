import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Kubernetes clusters are accounts too: they have a credential and an endpoint, and workloads in place of machines. */
export class ClusterAccounts1763800000000 implements Migration {
  name = 'ClusterAccounts1763800000000';

  async up(runner: Runner): Promise<void> {
    await runner.query('alter table cloud_account drop constraint cloud_account_kind_check');
    await runner.query(`alter table cloud_account add constraint cloud_account_kind_check
      check (kind in ('public-cloud', 'private-cloud', 'traffic', 'cluster'))`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('alter table cloud_account drop constraint cloud_account_kind_check');
    await runner.query(`alter table cloud_account add constraint cloud_account_kind_check
      check (kind in ('public-cloud', 'private-cloud', 'traffic'))`);
  }
}
