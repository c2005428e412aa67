import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { newId, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { requirePermission } from './access.js';
import { recordAudit } from './audit.service.js';
import { insertTenant, insertUser, upsertBuiltInRoles } from './data/user.repository.js';
import { issueFirstToken } from './token.service.js';

export type NewTenant = Readonly<{ tenantName: string; adminName: string }>;

export type CreatedTenant = Readonly<{
  tenantId: string;
  adminId: string;
  /** Shown once, valid for a day: whoever holds it is the first administrator. */
  firstToken: string;
}>;

/**
 * Makes the first tenant and its administrator on an empty installation. There is no default password to forget.
 * @throws already-exists when the installation has a tenant.
 */
export async function bootstrapInstallation(
  database: Database,
  clock: Clock,
  input: NewTenant,
): Promise<CreatedTenant> {
  return await database.systemWork('bootstrap', async (tx) => {
    await tx.query('select pg_advisory_xact_lock(771303)');
    if ((await tx.query<unknown[]>('select 1 from tenant limit 1')).length > 0) {
      throw new SpringtideError('already-exists', 'this installation has an administrator already', {
        nextStep: 'Ask the administrator for a user, or use a token that you have.',
      });
    }
    return await createTenant(tx, toInstant(clock.now()), input, 'platform-admin', 'bootstrap');
  });
}

export class TenantService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** A further tenant with its own administrator, who knows nothing of the others. */
  async create(ctx: RequestContext, input: NewTenant): Promise<CreatedTenant> {
    requirePermission(ctx, 'installation:write');
    const at = toInstant(this.clock.now());
    return await this.database.systemWork('create-tenant', (tx) => {
      return createTenant(tx, at, input, 'tenant-admin', ctx.requestId);
    });
  }

  /** For schedules that visit every tenant. */
  async activeTenantIds(): Promise<readonly string[]> {
    return await this.database.systemWork('tenants', async (tx) => {
      const sql = `select id from tenant where status = 'active' order by id`;
      return (await tx.query<{ id: string }[]>(sql)).map((row) => row.id);
    });
  }

  /** After an upgrade: the built-in roles of every tenant become those of this version. */
  async refreshBuiltInRoles(): Promise<void> {
    for (const tenantId of await this.activeTenantIds()) {
      await this.database.systemWork('built-in-roles', (tx) => upsertBuiltInRoles(tx, tenantId));
    }
  }
}

async function createTenant(
  tx: EntityManager,
  at: string,
  input: NewTenant,
  role: string,
  requestId: string,
): Promise<CreatedTenant> {
  const tenantId = newId();
  const admin = { id: newId(), name: input.adminName, email: null, roles: [role], at };
  await insertTenant(tx, { id: tenantId, name: input.tenantName, at });
  await insertUser(tx, tenantId, admin);
  const { secret } = await issueFirstToken(tx, tenantId, admin.id, at);
  const ctx = {
    tenantId,
    actor: { kind: 'job', id: 'installation', name: 'installation' },
    requestId,
  } as const;
  await recordAudit(tx, ctx, {
    action: 'tenant.create',
    target: { kind: 'tenant', id: tenantId },
    after: { name: input.tenantName, roles: admin.roles },
    at,
  });
  return { tenantId, adminId: admin.id, firstToken: secret };
}
