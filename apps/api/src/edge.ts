import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger, Metrics } from '@springtide/platform';
import { consolePages } from './console/console.middleware.js';
import { BearerGuard, type Gatekeeper } from './http/bearer.guard.js';
import { bodyReader } from './http/body.middleware.js';
import { requestEdge, securityHeaders } from './http/edge.middleware.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RouteInterceptor } from './http/route.interceptor.js';
import type { Idempotency } from './idempotency/idempotency.js';

export type EdgeParts = Readonly<{
  log: Logger;
  metrics: Metrics;
  gatekeeper: Gatekeeper;
  idempotency: Idempotency;
  /** Largest request body. */
  bodyLimitBytes: number;
  /** Where the built console lies; nothing is served when it is not there. */
  consoleFolder: string;
}>;

/** Everything that happens to a request on its way to a handler, in this order. */
export async function createEdge(root: DynamicModule, parts: EdgeParts): Promise<NestExpressApplication> {
  const { log, metrics } = parts;
  const app = await NestFactory.create<NestExpressApplication>(root, {
    bodyParser: false,
    logger: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(requestEdge(log, metrics), securityHeaders, consolePages(parts.consoleFolder));
  app.use(bodyReader(parts.bodyLimitBytes, log));
  app.useGlobalGuards(new BearerGuard(parts.gatekeeper, log));
  app.useGlobalInterceptors(new RouteInterceptor(parts.idempotency));
  app.useGlobalFilters(new ProblemFilter(log));
  return app;
}
