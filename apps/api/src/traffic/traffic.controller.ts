import { Controller } from '@nestjs/common';
import { routes } from '@springtide/contracts';
import { GrayReleases, RoutesService } from '@springtide/traffic';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class TrafficController {
  constructor(
    private readonly entrances: RoutesService,
    private readonly releases: GrayReleases,
  ) {}

  @Handle(routes.routeCreate)
  async create({ ctx, body }: Parsed<typeof routes.routeCreate>) {
    return await this.entrances.create(ctx, body);
  }

  @Handle(routes.routeList)
  async list({ ctx, query }: Parsed<typeof routes.routeList>) {
    const cursor = decodeCursor(query.cursor, z.string());
    const page = await this.entrances.list(ctx, { limit: query.limit, cursor });
    return { items: page.items, next: page.next === null ? null : encodeCursor(page.next) };
  }

  @Handle(routes.routeGet)
  async get({ ctx, params }: Parsed<typeof routes.routeGet>) {
    return await this.entrances.get(ctx, params.id);
  }

  @Handle(routes.routeRelease)
  async release({ ctx, params, version, body }: Parsed<typeof routes.routeRelease>) {
    return await this.releases.step(ctx, params.id, version, body);
  }
}
