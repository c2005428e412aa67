import { Controller } from '@nestjs/common';
import { LinkService } from '@springtide/catalog';
import { routes } from '@springtide/contracts';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class LinksController {
  constructor(private readonly links: LinkService) {}

  @Handle(routes.linkPut)
  async put({ ctx, params, body }: Parsed<typeof routes.linkPut>) {
    return await this.links.put(ctx, params.name, body);
  }

  @Handle(routes.linkList)
  async list({ ctx }: Parsed<typeof routes.linkList>) {
    return { items: await this.links.list(ctx) };
  }

  @Handle(routes.linkDelete)
  async remove({ ctx, params }: Parsed<typeof routes.linkDelete>) {
    await this.links.remove(ctx, params.name);
  }
}
