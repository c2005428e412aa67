import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/**
 * What a cloud said is written often and read whole: what lists filter by has columns of its own. As text it costs a
 * quarter less to write than taken apart.
 */
export class InventoryObserved1760001120000 implements Migration {
  name = 'InventoryObserved1760001120000';

  async up(runner: Runner): Promise<void> {
    await runner.query('alter table inventory_resource alter column observed type json using observed::json');
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(
      'alter table inventory_resource alter column observed type jsonb using observed::jsonb',
    );
  }
}
