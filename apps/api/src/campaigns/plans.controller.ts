import { Controller } from '@nestjs/common';
import { PlanComparisons, PlansService } from '@springtide/campaigns';
import { routes } from '@springtide/contracts';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { toldIn } from './told-in.js';

@Controller()
export class PlansController {
  constructor(
    private readonly plans: PlansService,
    private readonly comparisons: PlanComparisons,
  ) {}

  @Handle(routes.planRequest)
  async request({ ctx, params }: Parsed<typeof routes.planRequest>) {
    return await this.plans.request(ctx, params.id);
  }

  @Handle(routes.planList)
  async list({ ctx, params, query }: Parsed<typeof routes.planList>) {
    const plans = await this.plans.list(ctx, params.id);
    return { items: plans.map((plan) => toldIn(query.language, plan)) };
  }

  @Handle(routes.planGet)
  async get({ ctx, params, query }: Parsed<typeof routes.planGet>) {
    return toldIn(query.language, await this.plans.get(ctx, params.id));
  }

  @Handle(routes.planWhatIf)
  async whatIf({ ctx, params, query, body }: Parsed<typeof routes.planWhatIf>) {
    return toldIn(query.language, await this.comparisons.whatIf(ctx, params.id, body));
  }

  @Handle(routes.planCompare)
  async compare({ ctx, params, query }: Parsed<typeof routes.planCompare>) {
    return toldIn(query.language, await this.comparisons.compare(ctx, params.id, query.with));
  }

  @Handle(routes.approvalRequest)
  async requestApproval({ ctx, params }: Parsed<typeof routes.approvalRequest>) {
    return await this.plans.requestApproval(ctx, params.id);
  }

  @Handle(routes.approvalList)
  async listApprovals({ ctx, query }: Parsed<typeof routes.approvalList>) {
    return await this.plans.listApprovals(ctx, query);
  }

  @Handle(routes.approvalDecide)
  async decide({ ctx, params, body }: Parsed<typeof routes.approvalDecide>) {
    return await this.plans.decide(ctx, params.id, body);
  }
}
