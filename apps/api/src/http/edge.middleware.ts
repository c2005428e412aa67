import { randomUUID } from 'node:crypto';
import type { Logger, Metrics } from '@springtide/platform';
import type { NextFunction, Request, Response } from 'express';
import { openState, stateOf } from './api-request.js';

type Middleware = (request: Request, response: Response, next: NextFunction) => void;

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;

/** Gives every request its id and closes it with one log line and one measurement. */
export function requestEdge(log: Logger, metrics: Metrics): Middleware {
  return (request, response, next) => {
    const given = request.get('x-request-id');
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    openState(request, { requestId, startedAt: performance.now() });
    response.setHeader('x-request-id', requestId);
    response.once('close', () => finish(request, response, log, metrics));
    next();
  };
}

function finish(request: Request, response: Response, log: Logger, metrics: Metrics): void {
  const { requestId, startedAt, route, context } = stateOf(request);
  const durationMs = Math.round(performance.now() - startedAt);
  const labels = {
    method: request.method,
    route: route?.path ?? 'none',
    status: String(response.statusCode),
  };
  metrics.httpSeconds.observe(labels, durationMs / 1_000);
  if (route === undefined || route.permission === 'public') return;
  const who = { tenant: context?.tenantId, actor: context?.actor.id };
  log.info({ requestId, route: route.id, status: response.statusCode, durationMs, ...who }, 'request');
}

const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** For answers that are data: nothing in them may run or be cached. Pages set their own policy. */
export const securityHeaders: Middleware = (_request, response, next) => {
  for (const [name, value] of Object.entries(COMMON_HEADERS)) response.setHeader(name, value);
  response.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('cache-control', 'no-store');
  next();
};
