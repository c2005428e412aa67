import type { EntityManager } from 'typeorm';
import { BUILT_IN_ROLES } from '../domain/index.js';

export type UserStatus = 'active' | 'disabled';

export type User = Readonly<{
  id: string;
  name: string;
  email: string | null;
  status: UserStatus;
  roles: readonly string[];
  createdAt: string;
  version: number;
}>;

export type Role = Readonly<{
  name: string;
  title: string;
  permissions: readonly string[];
  builtIn: boolean;
}>;

type UserRow = Omit<User, 'createdAt'> & Readonly<{ created_at: Date }>;
type RoleRow = Omit<Role, 'builtIn'> & Readonly<{ built_in: boolean }>;

const SELECT_USER = `
  select u.id, u.name, u.email, u.status, u.version, u.created_at,
    coalesce(array_agg(ur.role_name order by ur.role_name) filter (where ur.role_name is not null), '{}') as roles
  from app_user u left join user_role ur on ur.tenant_id = u.tenant_id and ur.user_id = u.id`;

export async function insertTenant(
  tx: EntityManager,
  tenant: Readonly<{ id: string; name: string; at: string }>,
): Promise<void> {
  await tx.query(`insert into tenant (id, name, status, created_at) values ($1, $2, 'active', $3)`, [
    tenant.id,
    tenant.name,
    tenant.at,
  ]);
  await upsertBuiltInRoles(tx, tenant.id);
}

/** Also brings a tenant that an older version made to this version's built-in roles. */
export async function upsertBuiltInRoles(tx: EntityManager, tenantId: string): Promise<void> {
  for (const role of BUILT_IN_ROLES) {
    await tx.query(
      `insert into role (tenant_id, name, title, permissions, built_in) values ($1, $2, $3, $4, true)
       on conflict (tenant_id, name) do update set title = excluded.title, permissions = excluded.permissions,
         built_in = true`,
      [tenantId, role.name, role.title, role.permissions],
    );
  }
}

export async function insertUser(
  tx: EntityManager,
  tenantId: string,
  user: Readonly<{ id: string; name: string; email: string | null; roles: readonly string[]; at: string }>,
): Promise<void> {
  await tx.query(
    `insert into app_user (tenant_id, id, name, email, status, created_at) values ($1, $2, $3, $4, 'active', $5)`,
    [tenantId, user.id, user.name, user.email, user.at],
  );
  await setUserRoles(tx, tenantId, user.id, user.roles);
}

export async function setUserRoles(
  tx: EntityManager,
  tenantId: string,
  userId: string,
  roles: readonly string[],
): Promise<void> {
  await tx.query('delete from user_role where tenant_id = $1 and user_id = $2', [tenantId, userId]);
  await tx.query('insert into user_role (tenant_id, user_id, role_name) select $1, $2, unnest($3::text[])', [
    tenantId,
    userId,
    [...new Set(roles)],
  ]);
}

/** @returns false when the version is no longer the expected one. */
export async function updateUser(
  tx: EntityManager,
  user: Readonly<{ id: string; status: UserStatus; email: string | null; version: number }>,
): Promise<boolean> {
  const [rows] = await tx.query<[unknown[], number]>(
    `update app_user set status = $2, email = $3, version = version + 1 where id = $1 and version = $4 returning id`,
    [user.id, user.status, user.email, user.version],
  );
  return rows.length === 1;
}

export async function findUser(tx: EntityManager, id: string): Promise<User | undefined> {
  const rows = await tx.query<UserRow[]>(`${SELECT_USER} where u.id = $1 group by u.tenant_id, u.id`, [id]);
  return rows[0] && toUser(rows[0]);
}

export async function listUsers(
  tx: EntityManager,
  page: Readonly<{ limit: number; afterName: string }>,
): Promise<readonly User[]> {
  const rows = await tx.query<UserRow[]>(
    `${SELECT_USER} where u.name > $1 group by u.tenant_id, u.id order by u.name limit $2`,
    [page.afterName, page.limit],
  );
  return rows.map(toUser);
}

export async function listRoles(tx: EntityManager): Promise<readonly Role[]> {
  const rows = await tx.query<RoleRow[]>('select name, title, permissions, built_in from role order by name');
  return rows.map(({ built_in, ...role }) => ({ ...role, builtIn: built_in }));
}

export async function insertRole(
  tx: EntityManager,
  tenantId: string,
  role: Readonly<{ name: string; title: string; permissions: readonly string[] }>,
): Promise<void> {
  await tx.query(
    'insert into role (tenant_id, name, title, permissions, built_in) values ($1, $2, $3, $4, false)',
    [tenantId, role.name, role.title, role.permissions],
  );
}

/** Only this tenant's own roles. @returns false when there is none of that name. */
export async function updateRole(
  tx: EntityManager,
  role: Readonly<{ name: string; title: string; permissions: readonly string[] }>,
): Promise<boolean> {
  const [rows] = await tx.query<[unknown[], number]>(
    'update role set title = $2, permissions = $3 where name = $1 and not built_in returning name',
    [role.name, role.title, role.permissions],
  );
  return rows.length === 1;
}

export async function permissionsOfUser(tx: EntityManager, userId: string): Promise<readonly string[]> {
  const rows = await tx.query<{ permission: string }[]>(
    `select distinct unnest(r.permissions) as permission
     from user_role ur join role r on r.tenant_id = ur.tenant_id and r.name = ur.role_name
     where ur.user_id = $1`,
    [userId],
  );
  return rows.map((row) => row.permission);
}

function toUser({ created_at, ...user }: UserRow): User {
  return { ...user, createdAt: created_at.toISOString() };
}
