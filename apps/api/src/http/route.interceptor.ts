import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { RouteSpec } from '@springtide/contracts';
import { SpringtideError, canonicalJson } from '@springtide/kernel';
import type { Request, Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { StoredAnswer } from '../idempotency/idempotency.js';
import type { Idempotency } from '../idempotency/idempotency.js';
import { stateOf, type ParsedParts, type RequestState } from './api-request.js';
import { invalidRequest } from './http-refusal.js';
import { parseRequest, preconditionFailed } from './request-parts.js';
import { TextAnswer } from './text-answer.js';

/** Parse → once per idempotency key → call → answer by the route's schema. */
export class RouteInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  intercept(host: ExecutionContext, next: CallHandler): Observable<void> {
    const http = host.switchToHttp();
    return from(this.serve(http.getRequest<Request>(), http.getResponse<Response>(), next));
  }

  private async serve(request: Request, response: Response, next: CallHandler): Promise<void> {
    const state = stateOf(request);
    const route = routeOf(state);
    const parsed = parseRequest(route, request);
    state.parsed = parsed;
    const call = async () => await callHandler(parsed, route, next);
    const key = request.get('idempotency-key');
    if (key === undefined || !route.idempotent || !state.context) {
      await send(await call(), route, response);
      return;
    }
    const answer = await this.idempotency.once(
      state.context,
      { key: checkKey(key), route, requestHash: hashRequest(request, parsed, key) },
      async () => toStored(await call(), route),
    );
    if (answer.replayed) response.setHeader('idempotency-replayed', 'true');
    sendJson(answer, response);
  }
}

function routeOf(state: RequestState): RouteSpec {
  if (state.route) return state.route;
  throw new SpringtideError('internal', 'a request has no route');
}

async function callHandler(parsed: ParsedParts, route: RouteSpec, next: CallHandler): Promise<unknown> {
  try {
    return await lastValueFrom(next.handle(), { defaultValue: undefined });
  } catch (thrown) {
    if (parsed.version !== undefined && thrown instanceof SpringtideError && thrown.code === 'conflict') {
      throw preconditionFailed(thrown.message);
    }
    throw thrown;
  }
}

async function send(result: unknown, route: RouteSpec, response: Response): Promise<void> {
  if (result instanceof TextAnswer) await sendText(result, route, response);
  else sendJson(toStored(result, route), response);
}

/** The answer by its schema: a field that the contract does not know never leaves. */
function toStored(result: unknown, route: RouteSpec): StoredAnswer {
  if (!route.response) return { status: route.status, body: null, etag: null };
  const parsed = route.response.safeParse(result);
  if (!parsed.success) {
    throw new SpringtideError(
      'internal',
      `the answer of ${route.id} breaks its contract: ${parsed.error.message}`,
    );
  }
  return { status: route.status, body: JSON.stringify(parsed.data), etag: etagOf(route, parsed.data) };
}

function etagOf(route: RouteSpec, body: unknown): string | null {
  if (!route.etag) return null;
  const { version } = body as { version?: unknown };
  return typeof version === 'number' ? `"${version}"` : null;
}

function sendJson(answer: StoredAnswer, response: Response): void {
  response.statusCode = answer.status;
  if (answer.etag !== null) response.setHeader('etag', answer.etag);
  if (answer.body !== null) response.setHeader('content-type', 'application/json; charset=utf-8');
  response.end(answer.body ?? undefined);
}

async function sendText(answer: TextAnswer, route: RouteSpec, response: Response): Promise<void> {
  response.statusCode = route.status;
  response.setHeader('content-type', answer.contentType);
  const { fileName } = answer.options;
  if (fileName) response.setHeader('content-disposition', `attachment; filename="${fileName}"`);
  if (typeof answer.content === 'string' || answer.content instanceof Uint8Array) {
    response.end(answer.content);
    return;
  }
  for await (const piece of answer.content) {
    if (response.destroyed) return;
    if (!response.write(piece)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}

function checkKey(key: string): string {
  if (/^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw invalidRequest('The Idempotency-Key must be 1 to 128 visible ASCII characters.');
}

/** Keyed by what only the caller holds: a body may carry a password, which a plain hash would let others guess. */
function hashRequest(request: Request, parsed: ParsedParts, key: string): string {
  const { params, query, body, version } = parsed;
  return createHmac('sha256', key)
    .update(canonicalJson({ path: request.path, params, query, body, version }))
    .digest('hex');
}
