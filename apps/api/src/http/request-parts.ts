import { unknownNames, type RouteSpec } from '@springtide/contracts';
import type { Request } from 'express';
import { z } from 'zod';
import { stateOf, type ParsedParts } from './api-request.js';
import { HttpRefusal, invalidRequest, tooLarge, type FieldError } from './http-refusal.js';

/**
 * Parses everything that the route declares. A name that it does not know is wrong as well, but who reads a thing, changes it
 * and sends it back may leave in the body what only the answer has.
 * @throws HttpRefusal naming every wrong place.
 */
export function parseRequest(route: RouteSpec, request: Request): ParsedParts {
  const errors: FieldError[] = [];
  const params = parsePart(route.params, request.params, '', errors);
  const query = parsePart(route.query, { ...request.query }, 'query.', errors);
  const body = parseBody(route, request, errors);
  if (errors.length > 0) {
    const count = errors.length === 1 ? 'one place' : `${errors.length} places`;
    throw invalidRequest(`The request is wrong in ${count}.`, errors);
  }
  return { params, query, body, version: versionOf(route, request) };
}

function parsePart(
  schema: z.ZodType | undefined,
  value: unknown,
  prefix: string,
  errors: FieldError[],
  answered: ReadonlySet<string> = new Set(),
): unknown {
  if (!schema) return undefined;
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      errors.push({ path: `${prefix}${issue.path.map(String).join('.')}`, message: issue.message });
    }
    return undefined;
  }
  for (const place of unknownNames(value, parsed.data)) {
    if (!answered.has(place))
      errors.push({ path: `${prefix}${place}`, message: 'nothing of that name is known here' });
  }
  return parsed.data;
}

function namesIn(answer: z.ZodType | undefined): ReadonlySet<string> {
  return new Set(answer instanceof z.ZodObject ? Object.keys(answer.shape) : []);
}

function parseBody(route: RouteSpec, request: Request, errors: FieldError[]): unknown {
  const { bodyText } = stateOf(request);
  const { bodyLimitBytes = Infinity } = route;
  if (Buffer.byteLength(bodyText ?? '') > bodyLimitBytes) throw tooLarge(bodyLimitBytes);
  if (route.textBody) {
    requireMediaType(request, route.textBody);
    if (bodyText === undefined) throw invalidRequest('The body is missing.');
    return bodyText;
  }
  if (!route.body) return undefined;
  if (bodyText !== undefined) requireMediaType(request, ['application/json']);
  const given = bodyText === undefined ? {} : parseJson(bodyText);
  return parsePart(route.body, given, '', errors, namesIn(route.response));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, dropPrototypeKeys);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw invalidRequest(`The body is not valid JSON: ${why}.`);
  }
}

/** A key of this name would reach the prototype of whatever it is merged into. */
function dropPrototypeKeys(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

function requireMediaType(request: Request, accepted: readonly string[]): void {
  const sent = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (accepted.includes(sent) || (sent === '' && accepted.length === 1)) return;
  throw new HttpRefusal({
    status: 415,
    code: 'unsupported',
    title: 'Unsupported media type',
    detail: `The body is sent as "${sent || 'nothing'}", which is not accepted here; nothing was changed.`,
    nextStep: `Send it with Content-Type ${accepted.join(' or ')}.`,
  });
}

function versionOf(route: RouteSpec, request: Request): number | undefined {
  if (route.etag !== 'require' && route.etag !== 'accept') return undefined;
  const header = request.get('if-match');
  if (header === undefined && route.etag === 'accept') return undefined;
  if (header === undefined) {
    throw new HttpRefusal({
      status: 428,
      code: 'failed-precondition',
      title: 'If-Match required',
      detail: 'This change must say which version it was made from; nothing was changed.',
      nextStep: 'Read the object again and send its ETag as If-Match.',
    });
  }
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim())?.[1];
  if (version === undefined) throw invalidRequest(`If-Match ${header} is not an ETag of this interface.`);
  return Number(version);
}

/** 412 for what services call a conflict, on routes whose caller names a version. */
export function preconditionFailed(detail: string): HttpRefusal {
  return new HttpRefusal({
    status: 412,
    code: 'conflict',
    title: 'Changed by someone else',
    detail,
    nextStep: 'Read the object again, look at what changed, and repeat the change with its new ETag.',
  });
}
