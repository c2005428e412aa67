import { Controller } from '@nestjs/common';
import { CampaignsService, ReportService } from '@springtide/campaigns';
import { routes } from '@springtide/contracts';
import { DemandService } from '@springtide/demand';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class CampaignsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly reports: ReportService,
    private readonly demand: DemandService,
  ) {}

  @Handle(routes.campaignCreate)
  async create({ ctx, body }: Parsed<typeof routes.campaignCreate>) {
    return await this.campaigns.create(ctx, await this.demand.written(ctx, body));
  }

  @Handle(routes.campaignList)
  async list({ ctx, query }: Parsed<typeof routes.campaignList>) {
    return await this.campaigns.list(ctx, query);
  }

  @Handle(routes.campaignGet)
  async get({ ctx, params }: Parsed<typeof routes.campaignGet>) {
    return await this.campaigns.get(ctx, params.id);
  }

  @Handle(routes.campaignUpdate)
  async update({ ctx, params, version, body }: Parsed<typeof routes.campaignUpdate>) {
    const written = await this.demand.written(ctx, body);
    return await this.campaigns.update(ctx, params.id, version, written);
  }

  @Handle(routes.campaignCancel)
  async cancel({ ctx, params, version }: Parsed<typeof routes.campaignCancel>) {
    return await this.campaigns.cancel(ctx, params.id, version);
  }

  @Handle(routes.campaignReport)
  async report({ ctx, params }: Parsed<typeof routes.campaignReport>) {
    return await this.reports.report(ctx, params.id);
  }
}
