import { ProblemBody, routes, type RouteSpec } from '@springtide/contracts';
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponseObject } from 'zod-openapi';

const INFO = {
  title: 'Springtide',
  version: '1.0.0',
  description:
    'Plans, rehearses, runs and accounts for a peak across private and public clouds. Failures are RFC 9457 problems ' +
    'with a stable `code`; a POST may be repeated with the same Idempotency-Key; lists go on with `next` as `cursor`.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

/** The interface as data, derived from the route table alone. */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of Object.values<RouteSpec>(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  const document = createDocument({
    openapi: '3.1.0',
    info: INFO,
    security: [{ token: [] }],
    paths: paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  });
  return { ...document };
}

function operation(route: RouteSpec): ZodOpenApiOperationObject {
  const requestParams = {
    ...(route.params ? { path: route.params } : {}),
    ...(route.query ? { query: route.query } : {}),
    ...headerParams(route),
  };
  return {
    operationId: route.id,
    tags: [route.id.split('.')[0] ?? route.id],
    summary: route.summary,
    'x-permission': route.permission,
    ...(route.permission === 'public' ? { security: [] } : {}),
    ...(Object.keys(requestParams).length > 0 ? { requestParams } : {}),
    ...requestBody(route),
    responses: { [route.status]: success(route), default: PROBLEM },
  };
}

const PROBLEM: ZodOpenApiResponseObject = {
  id: 'Problem',
  description: 'What went wrong, what it means and what to do',
  content: { 'application/problem+json': { schema: ProblemBody } },
};

const IDEMPOTENCY_KEY = z
  .string()
  .max(128)
  .optional()
  .meta({ description: 'A repeat with the same key within 24 hours gets the first answer' });
const IF_MATCH = z.string().meta({ description: 'ETag of the version that this change was made from' });
const LAST_EVENT_ID = z.string().optional().meta({ description: 'Resume after this event' });

function headerParams(route: RouteSpec): { header?: z.ZodObject } {
  const headers = {
    ...(route.idempotent ? { 'Idempotency-Key': IDEMPOTENCY_KEY } : {}),
    ...(route.etag === 'require' ? { 'If-Match': IF_MATCH } : {}),
    ...(route.etag === 'accept' ? { 'If-Match': IF_MATCH.optional() } : {}),
    ...(route.textResponse?.includes('text/event-stream') ? { 'Last-Event-ID': LAST_EVENT_ID } : {}),
  };
  return Object.keys(headers).length > 0 ? { header: z.object(headers) } : {};
}

function requestBody(route: RouteSpec): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (route.textBody) {
    const content = Object.fromEntries(route.textBody.map((type) => [type, { schema: z.string() }]));
    return { requestBody: { required: true, content } };
  }
  if (!route.body) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } };
}

function success(route: RouteSpec): ZodOpenApiResponseObject {
  const texts = (route.textResponse ?? []).map((type) => [type, { schema: z.string() }] as const);
  const content = {
    ...(route.response ? { 'application/json': { schema: route.response } } : {}),
    ...Object.fromEntries(texts),
  };
  return {
    description: route.summary,
    ...(route.etag ? { headers: { ETag: { schema: { type: 'string' as const } } } } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  };
}
