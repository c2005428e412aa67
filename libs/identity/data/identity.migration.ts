import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class Identity1760000200000 implements Migration {
  name = 'Identity1760000200000';

  async up(runner: Runner): Promise<void> {
    await createTenants(runner);
    await createUsers(runner);
    await createTokens(runner);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table api_token, user_role, role, app_user, tenant');
  }
}

async function createTenants(runner: Runner): Promise<void> {
  await runner.query(`
    create table tenant (
      id uuid primary key,
      name text not null unique check (length(name) between 1 and 120),
      status text not null check (status in ('active', 'suspended')),
      created_at timestamptz not null
    )`);
  // The tenant's key is its own id, so the policy differs from that of the tables below it.
  await runner.query(`
    alter table tenant enable row level security;
    alter table tenant force row level security;
    create policy own_tenant on tenant for select to springtide_app
      using (id = nullif(current_setting('springtide.tenant', true), '')::uuid);
    create policy system_rows on tenant to springtide_system using (true) with check (true);
    grant select on tenant to springtide_app;
    grant select, insert, update on tenant to springtide_system;`);
}

async function createUsers(runner: Runner): Promise<void> {
  await runner.query(`
    create table app_user (
      tenant_id uuid not null references tenant (id),
      id uuid not null,
      name text not null check (length(name) between 1 and 120),
      email text,
      status text not null check (status in ('active', 'disabled')),
      created_at timestamptz not null,
      version integer not null default 1,
      primary key (tenant_id, id),
      unique (tenant_id, name)
    )`);
  await runner.query(`
    create table role (
      tenant_id uuid not null references tenant (id),
      name text not null check (name ~ '^[a-z][a-z0-9-]{1,62}$'),
      title text not null,
      permissions text[] not null,
      built_in boolean not null,
      primary key (tenant_id, name)
    )`);
  await runner.query(`
    create table user_role (
      tenant_id uuid not null,
      user_id uuid not null,
      role_name text not null,
      primary key (tenant_id, user_id, role_name),
      foreign key (tenant_id, user_id) references app_user (tenant_id, id),
      foreign key (tenant_id, role_name) references role (tenant_id, name)
    )`);
  for (const table of ['app_user', 'role', 'user_role']) await runner.query(tenantTable(table));
}

async function createTokens(runner: Runner): Promise<void> {
  await runner.query(`
    create table api_token (
      tenant_id uuid not null,
      id uuid not null,
      user_id uuid not null,
      name text not null check (length(name) between 1 and 120),
      hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
      scopes text[] not null check (cardinality(scopes) > 0),
      created_at timestamptz not null,
      expires_at timestamptz not null check (expires_at <= created_at + interval '366 days'),
      revoked_at timestamptz,
      last_used_at timestamptz,
      primary key (tenant_id, id),
      foreign key (tenant_id, user_id) references app_user (tenant_id, id)
    )`);
  await runner.query('create index api_token_user on api_token (tenant_id, user_id)');
  await runner.query(tenantTable('api_token', 'select, insert, update'));
}
