import { Controller, Inject } from '@nestjs/common';
import { routes } from '@springtide/contracts';
import { Metrics } from '@springtide/platform';
import { Handle, type Parsed } from '../http/handle.decorator.js';
import { TextAnswer } from '../http/text-answer.js';
import { openApiDocument } from '../openapi/document.js';
import { Readiness } from './readiness.js';

@Controller()
export class SystemController {
  private readonly document = openApiDocument();

  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    private readonly measurements: Metrics,
  ) {}

  @Handle(routes.healthLive)
  async live(_request: Parsed<typeof routes.healthLive>) {
    return await Promise.resolve({ status: 'ok' as const });
  }

  @Handle(routes.healthReady)
  async ready(_request: Parsed<typeof routes.healthReady>) {
    return { status: 'ok' as const, checks: await this.readiness.check() };
  }

  @Handle(routes.metrics)
  async metrics(_request: Parsed<typeof routes.metrics>) {
    const { contentType, body } = await this.measurements.text();
    return new TextAnswer(contentType, body);
  }

  @Handle(routes.openapi)
  async openapi(_request: Parsed<typeof routes.openapi>) {
    return await Promise.resolve(this.document);
  }
}
