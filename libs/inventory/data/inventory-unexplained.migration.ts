import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Looked for every few seconds in each place, and nearly always empty: without it the whole history would be read. */
export class InventoryUnexplained1764440000000 implements Migration {
  name = 'InventoryUnexplained1764440000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(
      `create index inventory_drift_of_machines on inventory_drift (tenant_id, account_id, region, at)
       where resource_type = 'machine'`,
    );
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop index inventory_drift_of_machines');
  }
}
