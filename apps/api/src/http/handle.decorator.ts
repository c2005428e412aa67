import { RequestMapping, RequestMethod, Res, SetMetadata, createParamDecorator } from '@nestjs/common';
import type {
  Answer,
  HttpMethod,
  ParsedBody,
  ParsedParams,
  ParsedQuery,
  RouteSpec,
} from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';
import type { RequestContext } from '@springtide/platform';
import type { Request } from 'express';
import { stateOf } from './api-request.js';
import type { TextAnswer } from './text-answer.js';

export const ROUTE = 'springtide:route';

/** What a handler gets: everything parsed by the route's schemas, and who asks. */
export type Parsed<R extends RouteSpec> = Readonly<{
  /** Undefined on public routes only. */
  ctx: R['permission'] extends 'public' ? undefined : RequestContext;
  params: ParsedParams<R>;
  query: ParsedQuery<R>;
  body: ParsedBody<R>;
  /** The version the caller has seen, on routes that require or accept If-Match. */
  version: R['etag'] extends 'require' ? number : R['etag'] extends 'accept' ? number | undefined : undefined;
  /** Of a stream that a client resumes. */
  lastEventId: string | undefined;
}>;

type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

type Given<R> =
  | (R extends { response: unknown } ? DeepReadonly<Answer<R>> : never)
  | (R extends { textResponse: unknown } ? TextAnswer : never)
  | (R extends { status: 204 } ? void : never);

type Handler<R extends RouteSpec> = (request: Parsed<R>) => Promise<Given<R>>;

const METHODS: Readonly<Record<HttpMethod, RequestMethod>> = {
  GET: RequestMethod.GET,
  POST: RequestMethod.POST,
  PUT: RequestMethod.PUT,
  DELETE: RequestMethod.DELETE,
};

const ParsedRequest = createParamDecorator((_data: unknown, host) => {
  const request = host.switchToHttp().getRequest<Request>();
  const { context, parsed } = stateOf(request);
  if (!parsed) throw new SpringtideError('internal', 'a handler was called before its request was parsed');
  return { ctx: context, ...parsed, lastEventId: request.get('last-event-id') };
});

/**
 * Binds a controller method to a route of the table: address, permission, schemas and answer come from there, and the
 * compiler checks that the method fits. The answer is written by the route interceptor.
 */
export function Handle<R extends RouteSpec>(route: R) {
  return <H extends Handler<R>>(
    target: object,
    key: string,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    RequestMapping({ path, method: METHODS[route.method] })(target, key, descriptor);
    SetMetadata(ROUTE, route)(target, key, descriptor);
    ParsedRequest()(target, key, 0);
    Res()(target, key, 1);
  };
}
