import { SpringtideError, toInstant, type Clock } from '@springtide/kernel';
import { asDatabaseError, newId, type Database, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { checkPermissions, requirePermission, requireUser } from './access.js';
import { recordAudit } from './audit.service.js';
import {
  findUser,
  insertRole,
  insertUser,
  listRoles,
  listUsers,
  permissionsOfUser,
  setUserRoles,
  updateRole,
  updateUser,
  type Role,
  type User,
  type UserStatus,
} from './data/user.repository.js';
import { issueFirstToken, refuseBeyond } from './token.service.js';

export type NewUser = Readonly<{ name: string; email?: string; roles: readonly string[] }>;

export type UserChange = Readonly<{
  version: number;
  status?: UserStatus;
  email?: string | null;
  roles?: readonly string[];
}>;

export type CreatedUser = Readonly<{
  user: User;
  /** Hand it to the user: valid for a day, shown once, enough to issue a token of their own. */
  firstToken: string;
}>;

export class UserService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async create(ctx: RequestContext, input: NewUser): Promise<CreatedUser> {
    requirePermission(ctx, 'user:write');
    const grantor = requireUser(ctx);
    const at = toInstant(this.clock.now());
    return await this.database.unitOfWork(ctx, async (tx) => {
      refuseBeyond(grantor.permissions, await permissionsOfRoles(tx, input.roles));
      const user = { id: newId(), name: input.name, email: input.email ?? null, roles: input.roles, at };
      await insertUser(tx, ctx.tenantId, user).catch(nameTaken(input.name));
      const { secret } = await issueFirstToken(tx, ctx.tenantId, user.id, at);
      await recordAudit(tx, ctx, {
        action: 'user.create',
        target: { kind: 'user', id: user.id },
        after: user,
        at,
      });
      return { user: await mustFind(tx, user.id), firstToken: secret };
    });
  }

  /** Takes effect with the user's next request. Nobody changes a user who may do more than they may. */
  async update(ctx: RequestContext, userId: string, change: UserChange): Promise<User> {
    requirePermission(ctx, 'user:write');
    const grantor = requireUser(ctx);
    const at = toInstant(this.clock.now());
    return await this.database.unitOfWork(ctx, async (tx) => {
      const before = await mustFind(tx, userId);
      refuseBeyond(grantor.permissions, await permissionsOfUser(tx, userId));
      if (change.roles) {
        refuseBeyond(grantor.permissions, await permissionsOfRoles(tx, change.roles));
        await setUserRoles(tx, ctx.tenantId, userId, change.roles);
      }
      const next = { ...before, ...change, email: change.email === undefined ? before.email : change.email };
      if (!(await updateUser(tx, next))) throw changedMeanwhile('user');
      const after = await mustFind(tx, userId);
      await recordAudit(tx, ctx, {
        action: 'user.update',
        target: { kind: 'user', id: userId },
        before,
        after,
        at,
      });
      return after;
    });
  }

  async get(ctx: RequestContext, userId: string): Promise<User> {
    if (ctx.actor.id !== userId) requirePermission(ctx, 'user:read');
    return await this.database.unitOfWork(ctx, (tx) => mustFind(tx, userId));
  }

  /** By name. `afterName` is the last name of the page before. */
  async list(
    ctx: RequestContext,
    page: Readonly<{ limit: number; afterName?: string }>,
  ): Promise<readonly User[]> {
    requirePermission(ctx, 'user:read');
    return await this.database.unitOfWork(ctx, (tx) => {
      return listUsers(tx, { limit: page.limit, afterName: page.afterName ?? '' });
    });
  }

  async listRoles(ctx: RequestContext): Promise<readonly Role[]> {
    requirePermission(ctx, 'user:read');
    return await this.database.unitOfWork(ctx, listRoles);
  }

  /** Makes or changes one of the tenant's own roles; built-in ones stay as they are. */
  async saveRole(
    ctx: RequestContext,
    role: Readonly<{ name: string; title: string; permissions: readonly string[] }>,
  ): Promise<void> {
    requirePermission(ctx, 'role:write');
    const grantor = requireUser(ctx);
    refuseBeyond(grantor.permissions, checkPermissions(role.permissions));
    const at = toInstant(this.clock.now());
    await this.database.unitOfWork(ctx, async (tx) => {
      const before = (await listRoles(tx)).find((one) => one.name === role.name);
      if (before?.builtIn) {
        throw new SpringtideError('failed-precondition', `the role "${role.name}" is built in`, {
          nextStep: 'Make a role of another name.',
        });
      }
      if (before) refuseBeyond(grantor.permissions, before.permissions);
      if (!(await updateRole(tx, role))) await insertRole(tx, ctx.tenantId, role);
      const target = { kind: 'role', id: role.name };
      await recordAudit(tx, ctx, { action: 'role.save', target, before, after: role, at });
    });
  }
}

async function permissionsOfRoles(tx: EntityManager, names: readonly string[]): Promise<readonly string[]> {
  const roles = await listRoles(tx);
  return names.flatMap((name) => {
    const role = roles.find((one) => one.name === name);
    if (role) return role.permissions;
    throw new SpringtideError('invalid-argument', `there is no role "${name}"; nothing was changed`, {
      nextStep: `Choose among: ${roles.map((one) => one.name).join(', ')}.`,
    });
  });
}

async function mustFind(tx: EntityManager, userId: string): Promise<User> {
  const user = await findUser(tx, userId);
  if (user) return user;
  throw new SpringtideError('not-found', 'there is no such user');
}

function nameTaken(name: string): (thrown: unknown) => never {
  return (thrown) => {
    const error = asDatabaseError(thrown);
    if (error.code !== 'already-exists') throw error;
    throw new SpringtideError('already-exists', `there is a user "${name}" already; nothing was changed`, {
      nextStep: 'Choose another name.',
    });
  };
}

function changedMeanwhile(what: string): SpringtideError {
  return new SpringtideError('conflict', `the ${what} was changed by somebody else; nothing was changed`, {
    retry: 'never',
    nextStep: 'Read it again and repeat your change.',
  });
}
