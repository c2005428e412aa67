import { Controller } from '@nestjs/common';
import { CampaignsService } from '@springtide/campaigns';
import { routes } from '@springtide/contracts';
import { CampaignCostService } from '@springtide/finance';
import { costAsCsv } from '@springtide/finance/domain';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { TextAnswer } from '../http/text-answer.js';

@Controller()
export class CostController {
  constructor(
    private readonly costs: CampaignCostService,
    private readonly campaigns: CampaignsService,
  ) {}

  @Handle(routes.campaignCost)
  async campaignCost({ ctx, params, query }: Parsed<typeof routes.campaignCost>) {
    // A campaign that does not exist, or is another tenant's, must not read as one that cost nothing.
    const campaign = await this.campaigns.get(ctx, params.id);
    const cost = await this.costs.campaignCost(ctx, campaign.id);
    if (query.format === 'json') return cost;
    const fileName = `springtide-cost-${campaign.id}.csv`;
    return new TextAnswer('text/csv; charset=utf-8', costAsCsv(cost), { fileName });
  }
}
