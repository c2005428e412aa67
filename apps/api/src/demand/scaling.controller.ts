import { Controller } from '@nestjs/common';
import { routes } from '@springtide/contracts';
import { ScalingService } from '@springtide/scaling';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class ScalingController {
  constructor(private readonly scaling: ScalingService) {}

  @Handle(routes.scalingPut)
  async put({ ctx, params, body, version }: Parsed<typeof routes.scalingPut>) {
    return await this.scaling.put(ctx, params.service, body, version);
  }

  @Handle(routes.scalingGet)
  async get({ ctx, params, query }: Parsed<typeof routes.scalingGet>) {
    return await this.scaling.get(ctx, params.service, query.at);
  }

  @Handle(routes.scalingReturn)
  async comesBack({ ctx, params, body }: Parsed<typeof routes.scalingReturn>) {
    return await this.scaling.letComeBack(ctx, params.service, body.comesBack);
  }

  @Handle(routes.scalingReadyTimes)
  async readyTimes({ ctx, params }: Parsed<typeof routes.scalingReadyTimes>) {
    return { items: await this.scaling.readyTimes(ctx, params.service) };
  }

  @Handle(routes.scalingList)
  async list({ ctx }: Parsed<typeof routes.scalingList>) {
    return { items: await this.scaling.list(ctx) };
  }
}
