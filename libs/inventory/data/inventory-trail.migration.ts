import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Who did something is asked of the cloud after it was noticed, so this one column is written once more. */
export class InventoryTrail1764420000000 implements Migration {
  name = 'InventoryTrail1764420000000';

  async up(runner: Runner): Promise<void> {
    await runner.query('grant update (who) on inventory_drift to springtide_app');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('revoke update (who) on inventory_drift from springtide_app');
  }
}
