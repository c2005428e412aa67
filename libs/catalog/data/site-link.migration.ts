import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Lines between home and places of clouds, as people declare them; one for each place. */
export class SiteLinks1763870000000 implements Migration {
  name = 'SiteLinks1763870000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table catalog_site_link (
        tenant_id uuid not null,
        name text not null,
        account_id uuid not null,
        region text not null,
        free_mbps double precision not null check (free_mbps > 0),
        evidence text not null,
        updated_at timestamptz(3) not null,
        updated_by text not null,
        primary key (tenant_id, name),
        unique (tenant_id, account_id, region)
      );
      ${tenantTable('catalog_site_link')}`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table catalog_site_link');
  }
}
