import type { Migration } from './database.js';

type Runner = Parameters<Migration['up']>[0];

/**
 * The three roles. `springtide_app` serves requests and cannot bypass row-level security; `springtide_system` is for the
 * named cross-tenant jobs; the owner runs migrations. Roles belong to the server, not to one database: created if absent.
 */
export class Roles1760000000000 implements Migration {
  name = 'Roles1760000000000';

  async up(runner: Runner): Promise<void> {
    for (const role of ['springtide_app', 'springtide_system']) {
      await runner.query(`do $$ begin create role ${role} nologin nobypassrls;
        exception when duplicate_object or unique_violation then null; end $$`);
      await runner.query(`do $$ begin execute format('grant ${role} to %I', current_user);
        exception when unique_violation then null; end $$`);
      await runner.query(`grant usage on schema public to ${role}`);
    }
    await runner.query('revoke create on schema public from public');
  }

  async down(runner: Runner): Promise<void> {
    // Roles are shared by every database of the server, so only this database's grants go.
    await runner.query('revoke usage on schema public from springtide_app, springtide_system');
  }
}

/**
 * SQL that puts a table with a `tenant_id uuid` column under forced row-level security: the app role sees and writes
 * rows of the transaction's tenant only (none when no tenant is set); the system role sees all.
 */
export function tenantTable(table: string, appRights = 'select, insert, update, delete'): string {
  const own = `tenant_id = nullif(current_setting('springtide.tenant', true), '')::uuid`;
  return `
    alter table ${table} enable row level security;
    alter table ${table} force row level security;
    create policy tenant_rows on ${table} to springtide_app using (${own}) with check (${own});
    create policy system_rows on ${table} to springtide_system using (true) with check (true);
    grant ${appRights} on ${table} to springtide_app;
    grant select, insert, update, delete on ${table} to springtide_system;`;
}

/** SQL for a table without tenants: only the named jobs touch it, or with `appRights` the app too. */
export function sharedTable(table: string, appRights = ''): string {
  return `
    grant select, insert, update, delete on ${table} to springtide_system;
    ${appRights ? `grant ${appRights} on ${table} to springtide_app;` : ''}`;
}
