import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

export class Accounts1760000230000 implements Migration {
  name = 'Accounts1760000230000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table cloud_account (
        tenant_id uuid not null references tenant (id),
        id uuid not null,
        name text not null check (length(name) between 1 and 120),
        provider text not null,
        kind text not null check (kind in ('public-cloud', 'private-cloud', 'traffic')),
        status text not null check (status in ('unverified', 'healthy', 'failing', 'disabled')),
        settings jsonb not null,
        credential_version integer not null,
        health jsonb,
        verified_at timestamptz,
        version integer not null default 1,
        created_at timestamptz not null,
        primary key (tenant_id, id),
        constraint cloud_account_name unique (tenant_id, name)
      )`);
    // Apart from the account, so that no query of accounts can bring a secret along. A retired version keeps no blob.
    await runner.query(`
      create table cloud_credential (
        tenant_id uuid not null,
        account_id uuid not null,
        version integer not null check (version > 0),
        envelope jsonb,
        created_at timestamptz not null,
        last_used_at timestamptz,
        retired_at timestamptz,
        primary key (tenant_id, account_id, version),
        foreign key (tenant_id, account_id) references cloud_account (tenant_id, id),
        check ((envelope is null) = (retired_at is not null))
      )`);
    await runner.query(tenantTable('cloud_account', 'select, insert, update'));
    await runner.query(tenantTable('cloud_credential', 'select, insert, update'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table cloud_credential, cloud_account');
  }
}
