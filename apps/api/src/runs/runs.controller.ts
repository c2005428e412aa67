import { Controller } from '@nestjs/common';
import { RunsService } from '@springtide/campaigns';
import { routes } from '@springtide/contracts';
import { invalidRequest } from '../http/http-refusal.js';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { TextAnswer } from '../http/text-answer.js';
import { RunEvents } from './run-events.js';

@Controller()
export class RunsController {
  constructor(
    private readonly runs: RunsService,
    private readonly events: RunEvents,
  ) {}

  @Handle(routes.runArm)
  async arm({ ctx, params }: Parsed<typeof routes.runArm>) {
    return await this.runs.arm(ctx, params.id);
  }

  @Handle(routes.runGet)
  async get({ ctx, params }: Parsed<typeof routes.runGet>) {
    return await this.runs.get(ctx, params.id);
  }

  @Handle(routes.runTimeline)
  async timeline({ ctx, params, query }: Parsed<typeof routes.runTimeline>) {
    return { items: await this.runs.timeline(ctx, params.id, query.after, query.limit) };
  }

  @Handle(routes.runEvents)
  async follow({ ctx, params, lastEventId }: Parsed<typeof routes.runEvents>) {
    const run = await this.runs.get(ctx, params.id);
    const stream = this.events.follow(ctx, run.id, eventNumber(lastEventId));
    return new TextAnswer('text/event-stream; charset=utf-8', stream);
  }

  @Handle(routes.runCommand)
  async command({ ctx, params, body, version }: Parsed<typeof routes.runCommand>) {
    return await this.runs.command(ctx, params.id, body, version);
  }

  @Handle(routes.stopSwitch)
  async stopSwitch({ ctx, body }: Parsed<typeof routes.stopSwitch>) {
    return await this.runs.stopSwitch(ctx, { engaged: body.engaged, reason: body.reason });
  }
}

function eventNumber(lastEventId: string | undefined): number {
  if (lastEventId === undefined || lastEventId === '') return 0;
  if (/^\d{1,15}$/.test(lastEventId)) return Number(lastEventId);
  throw invalidRequest('Last-Event-ID is not the id of an event of this stream.');
}
