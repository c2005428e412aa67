import { Controller } from '@nestjs/common';
import { ProbeDesk } from '@springtide/campaigns';
import { routes } from '@springtide/contracts';
import { ProbeService } from '@springtide/readiness';
import { Handle, type Parsed } from '../http/handle.decorator.js';

@Controller()
export class ProbesController {
  constructor(
    private readonly desk: ProbeDesk,
    private readonly probes: ProbeService,
  ) {}

  @Handle(routes.probeList)
  async list({ ctx, params }: Parsed<typeof routes.probeList>) {
    return { items: await this.desk.list(ctx, params.id) };
  }

  @Handle(routes.probeStart)
  async start({ ctx, params }: Parsed<typeof routes.probeStart>) {
    return { items: await this.desk.start(ctx, params.id) };
  }

  @Handle(routes.probeReport)
  async report({ params, body }: Parsed<typeof routes.probeReport>) {
    await this.probes.report(params.tenantId, params.id, body);
  }
}
