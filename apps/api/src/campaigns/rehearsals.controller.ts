import { Controller } from '@nestjs/common';
import { RehearsalService, ShareRehearsals } from '@springtide/campaigns';
import { routes } from '@springtide/contracts';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class RehearsalsController {
  constructor(
    private readonly rehearsals: RehearsalService,
    private readonly shares: ShareRehearsals,
  ) {}

  @Handle(routes.rehearsalRequest)
  async request({ ctx, params, body }: Parsed<typeof routes.rehearsalRequest>) {
    return await this.rehearsals.request(ctx, params.id, body);
  }

  @Handle(routes.shareRehearsalRequest)
  async requestShare({ ctx, params, body }: Parsed<typeof routes.shareRehearsalRequest>) {
    return await this.shares.request(ctx, params.id, body);
  }

  @Handle(routes.rehearsalList)
  async list({ ctx, params }: Parsed<typeof routes.rehearsalList>) {
    return { items: [...(await this.rehearsals.list(ctx, params.id))] };
  }

  @Handle(routes.rehearsalGet)
  async get({ ctx, params }: Parsed<typeof routes.rehearsalGet>) {
    return await this.rehearsals.get(ctx, params.id);
  }
}
