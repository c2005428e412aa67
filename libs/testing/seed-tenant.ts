import { randomBytes } from 'node:crypto';
import {
  TenantService,
  TokenService,
  UserService,
  bootstrapInstallation,
  type User,
} from '@springtide/identity';
import { SpringtideError, type Clock } from '@springtide/kernel';
import { jobContext, systemClock, type Database, type RequestContext } from '@springtide/platform';

export type SeededTenant = Readonly<{
  tenantId: string;
  /** The tenant's administrator. */
  admin: RequestContext;
  adminToken: string;
  /** A context of one of the worker's jobs. */
  job: RequestContext;
  /** A further user with these built-in roles, as a request of theirs would have it. */
  user(roles: readonly string[], name?: string): Promise<SeededUser>;
}>;

export type SeededUser = Readonly<{ ctx: RequestContext; token: string; user: User }>;

/** A tenant through the front doors: the first one by bootstrap, further ones by the first one's rules. */
export async function seedTenant(database: Database, clock: Clock = systemClock): Promise<SeededTenant> {
  const tokens = new TokenService(database, clock);
  const users = new UserService(database, clock);
  const made = await makeTenant(database, clock);
  const admin = await tokens.authenticate(made.firstToken);
  return {
    tenantId: made.tenantId,
    admin,
    adminToken: made.firstToken,
    job: jobContext('test', made.tenantId, 'test'),
    user: async (roles, name = `user-${randomBytes(4).toString('hex')}`) => {
      const { firstToken, user } = await users.create(admin, { name, roles });
      return { ctx: await tokens.authenticate(firstToken), token: firstToken, user };
    },
  };
}

async function makeTenant(
  database: Database,
  clock: Clock,
): Promise<Readonly<{ tenantId: string; firstToken: string }>> {
  const tenantName = `tenant-${randomBytes(4).toString('hex')}`;
  const input = { tenantName, adminName: 'admin' };
  try {
    return await bootstrapInstallation(database, clock, input);
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError) || thrown.code !== 'already-exists') throw thrown;
  }
  const operator: RequestContext = {
    tenantId: '00000000-0000-0000-0000-000000000000',
    actor: { kind: 'user', id: 'test', name: 'test', permissions: new Set(['installation:write']) },
    requestId: 'test',
  };
  return await new TenantService(database, clock).create(operator, input);
}
