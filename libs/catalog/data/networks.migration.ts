import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** What networks had free when a region was last read; nothing where they could not be listed. */
export class CatalogNetworks1763832000000 implements Migration {
  name = 'CatalogNetworks1763832000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table catalog_network (
        tenant_id uuid not null,
        account_id uuid not null,
        region text not null,
        cloud_id text not null,
        name text not null,
        zone text,
        free_addresses bigint,
        takes_unnamed boolean not null,
        observed_at timestamptz not null,
        primary key (tenant_id, account_id, region, cloud_id)
      );
      ${tenantTable('catalog_network')}`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table catalog_network');
  }
}
