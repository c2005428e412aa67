import { Controller } from '@nestjs/common';
import { AccountService } from '@springtide/accounts';
import { StuckDesk } from '@springtide/campaigns';
import { routes } from '@springtide/contracts';
import { z } from 'zod';
import { AccountNames } from '../accounts/account-names.js';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class StuckController {
  constructor(
    private readonly desk: StuckDesk,
    private readonly accounts: AccountService,
  ) {}

  @Handle(routes.stuckList)
  async list({ ctx, query }: Parsed<typeof routes.stuckList>) {
    const names = await AccountNames.of(this.accounts, ctx);
    const { limit, runId } = query;
    const cursor = decodeCursor(query.cursor, z.string());
    const page = await this.desk.list(ctx, { limit, runId, cursor }, (id) => names.of(id).accountName);
    return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) };
  }

  @Handle(routes.stuckResolve)
  async resolve({ ctx, params, body }: Parsed<typeof routes.stuckResolve>) {
    return await this.desk.resolve(ctx, params.id, body);
  }
}
