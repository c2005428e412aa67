import { SpringtideError } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import { isPermission, type Permission } from './domain/index.js';

/**
 * The one gate of every service method. Background jobs act for the tenant with the rights of the command that
 * started them, which was checked when it was accepted.
 * @throws permission-denied, naming the permission that is missing.
 */
export function requirePermission(ctx: RequestContext, permission: Permission): void {
  if (mayDo(ctx, permission)) return;
  throw new SpringtideError(
    'permission-denied',
    `"${ctx.actor.name}" may not do this: it needs the permission ${permission}; nothing was changed`,
    { nextStep: 'Ask an administrator of your tenant for a role that holds it.', facts: { permission } },
  );
}

export function mayDo(ctx: RequestContext, permission: Permission): boolean {
  return ctx.actor.kind === 'job' || ctx.actor.permissions.has(permission);
}

/** The user who asks, where only a person can. @throws permission-denied for a job. */
export function requireUser(ctx: RequestContext): Readonly<{ id: string; permissions: ReadonlySet<string> }> {
  if (ctx.actor.kind === 'user') return ctx.actor;
  throw new SpringtideError('permission-denied', `the job "${ctx.actor.name}" cannot act as a person`);
}

/** @throws invalid-argument for a permission that does not exist. */
export function checkPermissions(names: readonly string[]): readonly Permission[] {
  return names.map((name) => {
    if (isPermission(name)) return name;
    throw new SpringtideError('invalid-argument', `there is no permission "${name}"`);
  });
}
