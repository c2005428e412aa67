import { Controller } from '@nestjs/common';
import { ReadinessGate } from '@springtide/campaigns';
import { routes } from '@springtide/contracts';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class ReadinessController {
  constructor(private readonly gate: ReadinessGate) {}

  @Handle(routes.readinessGet)
  async get({ ctx, params }: Parsed<typeof routes.readinessGet>) {
    return await this.gate.show(ctx, params.id);
  }

  @Handle(routes.readinessCheck)
  async check({ ctx, params }: Parsed<typeof routes.readinessCheck>) {
    return await this.gate.check(ctx, params.id);
  }

  @Handle(routes.readinessOverride)
  async override({ ctx, params, body }: Parsed<typeof routes.readinessOverride>) {
    return await this.gate.override(ctx, params.id, body);
  }

  @Handle(routes.readinessAttest)
  async attest({ ctx, params, body }: Parsed<typeof routes.readinessAttest>) {
    return await this.gate.attest(ctx, params.id, body);
  }
}
