import type { EntityManager } from 'typeorm';

/** An API token as it may be shown: the token itself exists only once, in the answer that made it. */
export type ApiToken = Readonly<{
  id: string;
  userId: string;
  name: string;
  scopes: readonly string[];
  createdAt: string;
  expiresAt: string;
  revokedAt: string | null;
  lastUsedAt: string | null;
}>;

export type TokenOwner = Readonly<{
  tokenId: string;
  tenantId: string;
  userId: string;
  userName: string;
  scopes: readonly string[];
  permissions: readonly string[];
  expiresAt: Date;
  lastUsedAt: Date | null;
  revoked: boolean;
  /** Of the user and of the tenant. */
  active: boolean;
}>;

type TokenRow = Readonly<{
  id: string;
  user_id: string;
  name: string;
  scopes: string[];
  created_at: Date;
  expires_at: Date;
  revoked_at: Date | null;
  last_used_at: Date | null;
}>;

const COLUMNS = 'id, user_id, name, scopes, created_at, expires_at, revoked_at, last_used_at';

export async function insertToken(
  tx: EntityManager,
  tenantId: string,
  token: Pick<ApiToken, 'id' | 'userId' | 'name' | 'scopes' | 'createdAt' | 'expiresAt'> &
    Readonly<{ hash: string }>,
): Promise<void> {
  await tx.query(
    `insert into api_token (tenant_id, id, user_id, name, hash, scopes, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tenantId,
      token.id,
      token.userId,
      token.name,
      token.hash,
      token.scopes,
      token.createdAt,
      token.expiresAt,
    ],
  );
}

export async function findTokenOwner(tx: EntityManager, hash: string): Promise<TokenOwner | undefined> {
  const rows = await tx.query<TokenOwner[]>(
    `select t.id as "tokenId", t.tenant_id as "tenantId", u.id as "userId", u.name as "userName", t.scopes,
       t.expires_at as "expiresAt", t.last_used_at as "lastUsedAt", t.revoked_at is not null as revoked,
       u.status = 'active' and n.status = 'active' as active,
       array(select distinct unnest(r.permissions)
             from user_role ur join role r on r.tenant_id = ur.tenant_id and r.name = ur.role_name
             where ur.tenant_id = u.tenant_id and ur.user_id = u.id) as permissions
     from api_token t
     join app_user u on u.tenant_id = t.tenant_id and u.id = t.user_id
     join tenant n on n.id = t.tenant_id
     where t.hash = $1`,
    [hash],
  );
  return rows[0];
}

export async function touchToken(
  tx: EntityManager,
  owner: Pick<TokenOwner, 'tenantId' | 'tokenId'>,
  at: string,
): Promise<void> {
  await tx.query('update api_token set last_used_at = $3 where tenant_id = $1 and id = $2', [
    owner.tenantId,
    owner.tokenId,
    at,
  ]);
}

export async function listTokens(tx: EntityManager, userId: string): Promise<readonly ApiToken[]> {
  const rows = await tx.query<TokenRow[]>(
    `select ${COLUMNS} from api_token where user_id = $1 order by created_at, id`,
    [userId],
  );
  return rows.map(toToken);
}

export async function findToken(tx: EntityManager, id: string): Promise<ApiToken | undefined> {
  const rows = await tx.query<TokenRow[]>(`select ${COLUMNS} from api_token where id = $1`, [id]);
  return rows[0] && toToken(rows[0]);
}

export async function revokeToken(tx: EntityManager, id: string, at: string): Promise<void> {
  await tx.query('update api_token set revoked_at = $2 where id = $1 and revoked_at is null', [id, at]);
}

function toToken(row: TokenRow): ApiToken {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    scopes: row.scopes,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    revokedAt: row.revoked_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
