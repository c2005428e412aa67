import type { AuditService, TokenService } from '@springtide/identity';
import type { Gatekeeper } from './http/bearer.guard.js';

export function gatekeeperOf(tokens: TokenService, audit: AuditService): Gatekeeper {
  return {
    authenticate: (token, requestId) => tokens.authenticate(token, requestId),
    recordRefusal: async (context, route) => {
      await audit.record(context, {
        action: route.id,
        target: { kind: 'route', id: route.path },
        result: 'refused',
      });
    },
  };
}
