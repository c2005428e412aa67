import { Controller } from '@nestjs/common';
import { CampaignsService } from '@springtide/campaigns';
import { TemplateService } from '@springtide/catalog';
import { routes, type CampaignBody } from '@springtide/contracts';
import { CalendarService, DemandService } from '@springtide/demand';
import type { CalendarCampaign } from '@springtide/demand/domain';
import type { RequestContext } from '@springtide/platform';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../http/cursor.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';

const SeriesCursor = z.object({ at: z.iso.datetime(), id: z.uuid() });
const OVER: readonly CampaignBody['status'][] = ['closed', 'cancelled'];
const PAGE = 200;

@Controller()
export class DemandController {
  constructor(
    private readonly demand: DemandService,
    private readonly calendars: CalendarService,
    private readonly campaigns: CampaignsService,
    private readonly templates: TemplateService,
  ) {}

  @Handle(routes.demandImport)
  async import({ ctx, body }: Parsed<typeof routes.demandImport>) {
    return await this.demand.import(ctx, body);
  }

  @Handle(routes.demandList)
  async list({ ctx, query }: Parsed<typeof routes.demandList>) {
    const after = decodeCursor(query.cursor, SeriesCursor);
    const found = await this.demand.list(ctx, { limit: query.limit + 1, ...(after ? { after } : {}) });
    const items = found.slice(0, query.limit);
    const last = found.length > query.limit ? items.at(-1) : undefined;
    return { items, next: last === undefined ? null : encodeCursor({ at: last.createdAt, id: last.id }) };
  }

  @Handle(routes.demandGet)
  async get({ ctx, params }: Parsed<typeof routes.demandGet>) {
    const { summary, series } = await this.demand.get(ctx, params.id);
    return { ...summary, values: series.values };
  }

  @Handle(routes.demandForecast)
  async forecast({ ctx, body }: Parsed<typeof routes.demandForecast>) {
    return await this.demand.forecast(ctx, body);
  }

  @Handle(routes.capacityFit)
  async fitCapacity({ ctx, body }: Parsed<typeof routes.capacityFit>) {
    return await this.demand.fitCapacity(ctx, body);
  }

  @Handle(routes.calendar)
  async calendar({ ctx, query }: Parsed<typeof routes.calendar>) {
    return await this.calendars.year(ctx, query.year, await this.liveCampaigns(ctx));
  }

  @Handle(routes.freezeCreate)
  async freeze({ ctx, body }: Parsed<typeof routes.freezeCreate>) {
    return await this.calendars.addFreeze(ctx, body);
  }

  @Handle(routes.freezeDelete)
  async unfreeze({ ctx, params }: Parsed<typeof routes.freezeDelete>) {
    await this.calendars.removeFreeze(ctx, params.id);
  }

  private async liveCampaigns(ctx: RequestContext): Promise<readonly CalendarCampaign[]> {
    const live: CalendarCampaign[] = [];
    const routesOf = this.routesByTemplate(ctx);
    let cursor: string | undefined;
    do {
      const page = await this.campaigns.list(ctx, { limit: PAGE, cursor });
      for (const { id, name, phases, accountIds, status, templateId, follows } of page.items) {
        const [startsAt, endsAt] = [phases[0]?.startsAt, phases.at(-1)?.endsAt];
        if (OVER.includes(status) || startsAt === undefined || endsAt === undefined) continue;
        const routes = follows === 'strategies' ? [] : await routesOf(templateId);
        live.push({ id, name, startsAt, endsAt, accountIds, routes });
      }
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return live;
  }

  /** Many campaigns come from few templates: each is read once. */
  private routesByTemplate(ctx: RequestContext): (templateId: string) => Promise<readonly string[]> {
    const known = new Map<string, readonly string[]>();
    return async (templateId) => {
      const routes =
        known.get(templateId) ??
        (await this.templates.getById(ctx, templateId)).document.services.map(({ route }) => route);
      known.set(templateId, routes);
      return routes;
    };
  }
}
