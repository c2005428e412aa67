import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { RouteSpec } from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';
import type { Logger, RequestContext } from '@springtide/platform';
import type { Request } from 'express';
import { stateOf } from './api-request.js';
import { ROUTE } from './handle.decorator.js';

/** What the guard needs from identity. */
export type Gatekeeper = Readonly<{
  /** @throws unauthenticated */
  authenticate(token: string, requestId: string): Promise<RequestContext>;
  /** Leaves an audit record of what was refused. */
  recordRefusal(context: RequestContext, route: RouteSpec): Promise<void>;
}>;

/** Default deny: no route of the table, no entry; no token, no entry; no permission, no entry. */
export class BearerGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly log: Logger,
  ) {}

  async canActivate(host: ExecutionContext): Promise<boolean> {
    const route = this.reflector.get<RouteSpec | undefined>(ROUTE, host.getHandler());
    if (!route) throw new SpringtideError('internal', 'a handler is not bound to a route of the table');
    const request = host.switchToHttp().getRequest<Request>();
    const state = stateOf(request);
    state.route = route;
    if (route.permission === 'public') return true;
    state.context = await this.gatekeeper.authenticate(bearerOf(request), state.requestId);
    await this.requirePermission(state.context, route);
    return true;
  }

  private async requirePermission(context: RequestContext, route: RouteSpec): Promise<void> {
    const { permission } = route;
    const { actor, requestId } = context;
    if (permission === 'signed-in' || permission === 'public') return;
    if (actor.kind === 'user' && actor.permissions.has(permission)) return;
    this.log.warn({ requestId, route: route.id, permission, actor: actor.id }, 'request refused');
    await this.gatekeeper.recordRefusal(context, route);
    throw new SpringtideError(
      'permission-denied',
      `"${actor.name}" may not do this: it needs the permission ${permission}; nothing was changed`,
      { nextStep: 'Ask an administrator of your tenant for a role that holds it.', facts: { permission } },
    );
  }
}

function bearerOf(request: Request): string {
  const token = /^Bearer +(\S{1,500})$/i.exec(request.get('authorization') ?? '')?.[1];
  if (token !== undefined) return token;
  throw new SpringtideError('unauthenticated', 'the request carries no token; nothing was changed', {
    nextStep: 'Send "Authorization: Bearer <token>"; `springtide login` keeps one for you.',
  });
}
