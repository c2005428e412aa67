import { Controller } from '@nestjs/common';
import { AccountService } from '@springtide/accounts';
import { routes } from '@springtide/contracts';
import { InventoryService, TopologyService, ViewService, type SavedView } from '@springtide/inventory';
import type { RequestContext } from '@springtide/platform';
import { z } from 'zod';
import { AccountNames } from '../accounts/account-names.js';
import { cutPage, decodeCursor, encodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { InventoryPosition, filterOf, sortOf } from './inventory-query.js';
import { driftBody, nodeBody, resourceBody } from './resource-body.js';

const Event = z.object({ id: z.string().regex(/^\d+$/) });
const ViewPosition = z.object({ name: z.string(), id: z.uuid() });

/** Everything in all clouds, how it hangs together, what changed, and the views people keep of it. */
@Controller()
export class ResourcesController {
  constructor(
    private readonly inventory: InventoryService,
    private readonly topology: TopologyService,
    private readonly views: ViewService,
    private readonly accounts: AccountService,
  ) {}

  @Handle(routes.resourceList)
  async list({ ctx, query }: Parsed<typeof routes.resourceList>) {
    const after = decodeCursor(query.cursor, InventoryPosition);
    const page = { limit: query.limit, sort: sortOf(query.sort), ...(after ? { after } : {}) };
    const filter = filterOf(query);
    const found =
      query.type === undefined
        ? await this.inventory.listAll(ctx, filter, page)
        : await this.inventory.list(ctx, query.type, filter, page);
    const names = await this.names(ctx);
    return {
      items: found.items.map((row) => resourceBody(row, names)),
      next: found.next ? encodeCursor(found.next) : null,
    };
  }

  @Handle(routes.resourceGet)
  async get({ ctx, params }: Parsed<typeof routes.resourceGet>) {
    return resourceBody(await this.inventory.get(ctx, params.id), await this.names(ctx));
  }

  @Handle(routes.resourceCount)
  async count({ ctx, query }: Parsed<typeof routes.resourceCount>) {
    const counts = await this.inventory.count(ctx, query.type ?? null, filterOf(query), query.by);
    const items = [...counts].map(([key, count]) => ({ key, count }));
    return { items: items.toSorted((a, b) => b.count - a.count) };
  }

  @Handle(routes.labelList)
  async labels({ ctx, query }: Parsed<typeof routes.labelList>) {
    return { items: await this.inventory.labels(ctx, query.type ?? null) };
  }

  @Handle(routes.driftList)
  async drift({ ctx, query }: Parsed<typeof routes.driftList>) {
    const { limit, cursor, ...filter } = query;
    const before = decodeCursor(cursor, Event)?.id;
    const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    const page = { limit: limit + 1, ...(before === undefined ? {} : { before }) };
    const events = await this.inventory.listDrift(ctx, given, page);
    const names = await this.names(ctx);
    const { items, next } = cutPage(events, limit, ({ id }) => ({ id }));
    return { items: items.map((event) => driftBody(event, names)), next };
  }

  @Handle(routes.topologyAround)
  async around({ ctx, query }: Parsed<typeof routes.topologyAround>) {
    const { depth, limit } = query;
    const map = await this.topology.around(ctx, query.of, { depth, limit });
    const names = await this.names(ctx);
    return { ...map, nodes: map.nodes.map((node) => nodeBody(node, names)) };
  }

  @Handle(routes.topologySummary)
  async summary({ ctx, query }: Parsed<typeof routes.topologySummary>) {
    return await this.topology.summary(ctx, query.accountId);
  }

  @Handle(routes.viewList)
  async listViews({ ctx, query }: Parsed<typeof routes.viewList>) {
    const after = decodeCursor(query.cursor, ViewPosition);
    const views = await this.views.list(ctx, { limit: query.limit + 1, ...(after ? { after } : {}) });
    const { items, next } = cutPage(views, query.limit, ({ name, id }) => ({ name, id }));
    return { items: items.map((view) => viewBody(view, ctx)), next };
  }

  @Handle(routes.viewCreate)
  async createView({ ctx, body }: Parsed<typeof routes.viewCreate>) {
    return viewBody(await this.views.create(ctx, body), ctx);
  }

  @Handle(routes.viewUpdate)
  async updateView({ ctx, params, version, body }: Parsed<typeof routes.viewUpdate>) {
    return viewBody(await this.views.update(ctx, params.id, version, body), ctx);
  }

  @Handle(routes.viewDelete)
  async deleteView({ ctx, params }: Parsed<typeof routes.viewDelete>) {
    await this.views.remove(ctx, params.id);
  }

  private async names(ctx: RequestContext): Promise<AccountNames> {
    return await AccountNames.of(this.accounts, ctx);
  }
}

function viewBody(view: SavedView, ctx: RequestContext) {
  const { ownerId, ...rest } = view;
  return { ...rest, mine: ownerId === ctx.actor.id };
}
