import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@springtide/platform';
import type { Request, Response } from 'express';
import { stateOf } from './api-request.js';
import { problemOf } from './problem.js';

/** Everything that fails on the way leaves as application/problem+json, through here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(thrown, http.getRequest<Request>(), http.getResponse<Response>(), this.log);
  }
}

export function sendProblem(thrown: unknown, request: Request, response: Response, log: Logger): void {
  const { requestId, route } = stateOf(request);
  const { body, fault, retryAfterSeconds, closeConnection } = problemOf(thrown, requestId);
  if (fault) {
    const cause = thrown instanceof Error ? thrown.cause : undefined;
    log.error({ requestId, route: route?.id, error: thrown, cause: textOf(cause) }, 'request failed');
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  if (body.status === 401) response.setHeader('www-authenticate', 'Bearer realm="springtide"');
  if (closeConnection) response.setHeader('connection', 'close');
  response.statusCode = body.status;
  response.setHeader('content-type', 'application/problem+json; charset=utf-8');
  response.end(JSON.stringify(body));
}

function textOf(cause: unknown): string | undefined {
  return cause instanceof Error ? cause.message : undefined;
}
