import type { RouteSpec } from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import type { Request } from 'express';

/** What the edge learns about a request, step by step. */
export type RequestState = {
  readonly requestId: string;
  readonly startedAt: number;
  /** Text of the body as sent; undefined when there was none. */
  bodyText?: string;
  /** Set when a route of the table matched. */
  route?: RouteSpec;
  /** Set when a token was accepted. */
  context?: RequestContext;
  parsed?: ParsedParts;
};

export type ParsedParts = Readonly<{
  params: unknown;
  query: unknown;
  body: unknown;
  /** From If-Match; set on routes that require it. */
  version: number | undefined;
}>;

const states = new WeakMap<object, RequestState>();

export function openState(request: Request, state: RequestState): void {
  states.set(request, state);
}

export function stateOf(request: Request): RequestState {
  const state = states.get(request);
  if (state) return state;
  throw new SpringtideError('internal', 'a request reached a handler without passing the edge');
}
