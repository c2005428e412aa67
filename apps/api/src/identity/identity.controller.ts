import { Controller } from '@nestjs/common';
import { routes } from '@springtide/contracts';
import { CLOCK } from '@springtide/platform';
import { TokenService, UserService } from '@springtide/identity';
import { HOUR, addMs, toInstant, type Clock } from '@springtide/kernel';
import { Inject } from '@nestjs/common';
import { z } from 'zod';
import { cutPage, decodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class IdentityController {
  constructor(
    private readonly tokens: TokenService,
    private readonly users: UserService,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Handle(routes.whoAmI)
  async whoAmI({ ctx }: Parsed<typeof routes.whoAmI>) {
    const { actor, tenantId } = ctx;
    const permissions = actor.kind === 'user' ? [...actor.permissions].toSorted() : [];
    return await Promise.resolve({ user: { id: actor.id, name: actor.name }, tenantId, permissions });
  }

  @Handle(routes.tokenCreate)
  async createToken({ ctx, body }: Parsed<typeof routes.tokenCreate>) {
    const { name, scopes, expiresInDays } = body;
    const expiresAt = addMs(toInstant(this.clock.now()), expiresInDays * 24 * HOUR);
    return await this.tokens.issue(ctx, { name, scopes, expiresAt });
  }

  @Handle(routes.tokenList)
  async listTokens({ ctx }: Parsed<typeof routes.tokenList>) {
    return { items: await this.tokens.list(ctx) };
  }

  @Handle(routes.tokenRevoke)
  async revokeToken({ ctx, params }: Parsed<typeof routes.tokenRevoke>) {
    await this.tokens.revoke(ctx, params.id);
  }

  @Handle(routes.userList)
  async listUsers({ ctx, query }: Parsed<typeof routes.userList>) {
    const afterName = decodeCursor(query.cursor, z.string());
    const rows = await this.users.list(ctx, {
      limit: query.limit + 1,
      ...(afterName === undefined ? {} : { afterName }),
    });
    return cutPage(rows, query.limit, (user) => user.name);
  }

  @Handle(routes.userCreate)
  async createUser({ ctx, body }: Parsed<typeof routes.userCreate>) {
    const { name, roles, email } = body;
    return await this.users.create(ctx, { name, roles, ...(email === undefined ? {} : { email }) });
  }
}
