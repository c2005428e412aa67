import type { z } from 'zod';
import type { Permission } from '../permission.js';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * One operation of the HTTP interface. Server, client, documentation and tests are all derived from it.
 */
export type RouteSpec = Readonly<{
  /** Stable name, `noun.verb`; the OpenAPI operationId. */
  id: string;
  method: HttpMethod;
  /** With `{name}` for parameters; each one is a key of `params`. */
  path: string;
  summary: string;
  /** `public`: without a token. `signed-in`: any valid token. */
  permission: Permission | 'public' | 'signed-in';
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** The body is text as sent, in one of these media types, instead of JSON by `body`. */
  textBody?: readonly string[];
  /** Where less is taken than every route takes. */
  bodyLimitBytes?: number;
  /** JSON of the answer; left out when there is none. */
  response?: z.ZodType;
  /** Media types of an answer that is text or a stream, beside or instead of JSON. */
  textResponse?: readonly string[];
  status: 200 | 201 | 202 | 204;
  /** A POST takes an Idempotency-Key; `once-only` answers hold a secret that is not kept for a replay. */
  idempotent?: 'replay' | 'once-only';
  /**
   * The handler only works with the database, so that its answer is kept in the very transaction that makes the change:
   * no crash can come between them. Elsewhere a repetition finds out by itself what was done before.
   */
  atomic?: true;
  /**
   * `send`: the answer has an ETag from its `version`. `accept`: the request may carry it as If-Match as well, and is
   * refused with 412 when it is an old one. `require`: it must.
   */
  etag?: 'send' | 'accept' | 'require';
}>;

type Key = 'params' | 'query' | 'body';
type Sent<R, K extends Key> =
  R extends Readonly<Record<K, infer S extends z.ZodType>> ? z.input<S> : undefined;
type Parsed<R, K extends Key> =
  R extends Readonly<Record<K, infer S extends z.ZodType>> ? z.output<S> : undefined;

/** The body as a caller writes it: defaults may be left out. */
export type SentBody<R> = R extends { textBody: readonly string[] } ? string : Sent<R, 'body'>;
export type SentParams<R> = Sent<R, 'params'>;
export type SentQuery<R> = Sent<R, 'query'>;

/** The parts as the server has parsed them: defaults filled in. */
export type ParsedBody<R> = R extends { textBody: readonly string[] } ? string : Parsed<R, 'body'>;
export type ParsedParams<R> = Parsed<R, 'params'>;
export type ParsedQuery<R> = Parsed<R, 'query'>;

/** JSON answer as a client reads it. */
export type Answer<R> = R extends { response: infer S extends z.ZodType } ? z.output<S> : undefined;

/** Adds nothing but the check of the shape; the literal types stay. */
export function defineRoute<const R extends RouteSpec>(route: R): R {
  return route;
}

/** The path with its parameters filled in and escaped. */
export function pathOf(route: RouteSpec, params: Readonly<Record<string, unknown>> = {}): string {
  return route.path.replace(/\{(\w+)\}/g, (_match, name: string) => encodeURIComponent(String(params[name])));
}
