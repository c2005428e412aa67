import { Controller } from '@nestjs/common';
import { routes } from '@springtide/contracts';
import { BillCheckService, CampaignCostService } from '@springtide/finance';
import { costAsCsv } from '@springtide/finance/domain';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { TextAnswer } from '../http/text-answer.js';

@Controller()
export class CostController {
  constructor(
    private readonly costs: CampaignCostService,
    private readonly bills: BillCheckService,
  ) {}

  @Handle(routes.campaignCost)
  async campaignCost({ ctx, params, query }: Parsed<typeof routes.campaignCost>) {
    const cost = await this.costs.campaignCost(ctx, params.id);
    if (query.format === 'json') return cost;
    const fileName = `springtide-cost-${params.id}.csv`;
    return new TextAnswer('text/csv; charset=utf-8', costAsCsv(cost), { fileName });
  }

  @Handle(routes.billCheckGet)
  async billCheck({ ctx, params }: Parsed<typeof routes.billCheckGet>) {
    return await this.bills.latest(ctx, params.id);
  }

  @Handle(routes.billCheckNow)
  async billCheckNow({ ctx, params }: Parsed<typeof routes.billCheckNow>) {
    return await this.bills.check(ctx, params.id);
  }
}
