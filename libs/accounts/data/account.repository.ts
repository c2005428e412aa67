import type { EntityManager } from 'typeorm';
import type { AccountHealth, AccountStatus, CloudAccount, ProviderKind } from '../domain/index.js';

type Row = Readonly<{
  id: string;
  name: string;
  provider: string;
  kind: ProviderKind;
  status: AccountStatus;
  settings: Record<string, unknown>;
  credential_version: number;
  credential_created_at: Date;
  credential_last_used_at: Date | null;
  health: AccountHealth | null;
  verified_at: Date | null;
  version: number;
  created_at: Date;
}>;

const SELECT = `
  select a.id, a.name, a.provider, a.kind, a.status, a.settings, a.credential_version, a.health, a.verified_at,
    a.version, a.created_at, c.created_at as credential_created_at, c.last_used_at as credential_last_used_at
  from cloud_account a
  join cloud_credential c
    on c.tenant_id = a.tenant_id and c.account_id = a.id and c.version = a.credential_version`;

export async function insertAccount(
  tx: EntityManager,
  tenantId: string,
  account: Pick<CloudAccount, 'id' | 'name' | 'provider' | 'kind' | 'settings' | 'createdAt'>,
): Promise<void> {
  await tx.query(
    `insert into cloud_account
       (tenant_id, id, name, provider, kind, status, settings, credential_version, created_at)
     values ($1, $2, $3, $4, $5, 'unverified', $6::jsonb, 1, $7)`,
    [
      tenantId,
      account.id,
      account.name,
      account.provider,
      account.kind,
      JSON.stringify(account.settings),
      account.createdAt,
    ],
  );
}

/** @returns false when the version is no longer the expected one. */
export async function updateAccount(
  tx: EntityManager,
  account: Pick<
    CloudAccount,
    'id' | 'name' | 'status' | 'settings' | 'credentialVersion' | 'health' | 'verifiedAt' | 'version'
  >,
): Promise<boolean> {
  const [rows] = await tx.query<[unknown[], number]>(
    `update cloud_account set name = $2, status = $3, settings = $4::jsonb, credential_version = $5,
       health = $6::jsonb, verified_at = $7, version = version + 1
     where id = $1 and version = $8 returning id`,
    [
      account.id,
      account.name,
      account.status,
      JSON.stringify(account.settings),
      account.credentialVersion,
      account.health === null ? null : JSON.stringify(account.health),
      account.verifiedAt,
      account.version,
    ],
  );
  return rows.length === 1;
}

export async function findAccount(tx: EntityManager, id: string): Promise<CloudAccount | undefined> {
  const rows = await tx.query<Row[]>(`${SELECT} where a.id = $1`, [id]);
  return rows[0] && toAccount(rows[0]);
}

/** By name. */
export async function listAccounts(
  tx: EntityManager,
  page: Readonly<{ limit: number; afterName: string }>,
): Promise<readonly CloudAccount[]> {
  const rows = await tx.query<Row[]>(`${SELECT} where a.name > $1 order by a.name limit $2`, [
    page.afterName,
    page.limit,
  ]);
  return rows.map(toAccount);
}

function toAccount(row: Row): CloudAccount {
  return {
    id: row.id,
    name: row.name,
    provider: row.provider,
    kind: row.kind,
    status: row.status,
    settings: row.settings,
    credentialVersion: row.credential_version,
    credentialCreatedAt: row.credential_created_at.toISOString(),
    credentialLastUsedAt: row.credential_last_used_at?.toISOString() ?? null,
    health: row.health,
    verifiedAt: row.verified_at?.toISOString() ?? null,
    version: row.version,
    createdAt: row.created_at.toISOString(),
  };
}
