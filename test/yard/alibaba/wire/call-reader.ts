import { actionMetadata, type ActionSpec } from '../metadata/action-metadata.js';
import { isAcs3, readAcs3 } from './acs3-signature.js';
import { readPairs } from './percent-encoding.js';
import { isRoa, readRoaSignature } from './roa-signature.js';
import { PROTOCOL_PARAMETERS, readRpcSignature } from './rpc-signature.js';
import { headerOf, type SignedClaim, type WireRequest } from './wire-request.js';
import { WireError } from './wire-error.js';

/** A request that has been read, before anybody looked whether its signature is true. */
export type ReadCall = Readonly<{
  spec: ActionSpec;
  claim: SignedClaim;
  format: 'json' | 'xml';
  parameters: ReadonlyMap<string, string>;
  path: Readonly<Record<string, string>>;
  body?: unknown;
}>;

/** @throws WireError for what is no call of a known action */
export function readCall(request: WireRequest): ReadCall {
  if (isAcs3(request)) return readCurrent(request);
  return isRoa(request) ? readOlderRoa(request) : readOlderRpc(request);
}

/** Product, action and version in headers; parameters in the query, in a form, or in a JSON body. */
function readCurrent(request: WireRequest): ReadCall {
  const action = headerOf(request, 'x-acs-action');
  const version = headerOf(request, 'x-acs-version');
  const { spec, path } =
    request.path === '/' || request.path === ''
      ? { spec: specOf(version, action), path: {} }
      : routedAction(version, request);
  const body = readJson(request);
  return {
    spec,
    claim: readAcs3(request),
    format: 'json',
    parameters: new Map([...readPairs(request.query), ...formPairs(request)]),
    path,
    ...(body === undefined ? {} : { body }),
  };
}

function readOlderRoa(request: WireRequest): ReadCall {
  const version = headerOf(request, 'x-acs-version');
  const body = readJson(request);
  return {
    ...routedAction(version, request),
    claim: readRoaSignature(request),
    format: 'json',
    parameters: new Map(readPairs(request.query)),
    ...(body === undefined ? {} : { body }),
  };
}

function readOlderRpc(request: WireRequest): ReadCall {
  const pairs = [...readPairs(request.query), ...formPairs(request)];
  const values = new Map(pairs);
  const spec = specOf(values.get('Version') ?? '', values.get('Action') ?? '');
  return {
    spec,
    claim: readRpcSignature(request.method, pairs),
    format: values.get('Format')?.toLowerCase() === 'json' ? 'json' : 'xml',
    parameters: new Map(pairs.filter(([name]) => !PROTOCOL_PARAMETERS.has(name))),
    path: {},
  };
}

function specOf(version: string, action: string): ActionSpec {
  const { productOf, actions } = actionMetadata();
  const product = productOf.get(version);
  if (action === '') throw new WireError(400, 'MissingAction', 'Action is mandatory for this request.');
  if (product === undefined) {
    throw new WireError(400, 'InvalidVersion', 'Specified parameter Version is not valid.');
  }
  const spec = actions.get(`${product}:${action}`);
  if (spec !== undefined && spec.route === undefined) return spec;
  throw unknownAction();
}

function routedAction(
  version: string,
  request: WireRequest,
): Readonly<{ spec: ActionSpec; path: Readonly<Record<string, string>> }> {
  const { productOf, actions } = actionMetadata();
  const product = productOf.get(version);
  const parts = request.path.split('/').map(decodeURIComponent);
  for (const spec of actions.values()) {
    if (spec.product !== product || spec.route === undefined) continue;
    if (!spec.route.methods.includes(request.method)) continue;
    const path = matchPath(spec.route.pattern.split('/'), parts);
    if (path !== undefined) return { spec, path };
  }
  throw unknownAction();
}

function matchPath(
  pattern: readonly string[],
  parts: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const path: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (expected.startsWith('[')) path[expected.slice(1, -1)] = part;
    else if (expected !== part) return undefined;
  }
  return path;
}

function formPairs(request: WireRequest): readonly (readonly [string, string])[] {
  const isForm = headerOf(request, 'content-type').startsWith('application/x-www-form-urlencoded');
  return isForm ? readPairs(request.body.toString('utf8')) : [];
}

function readJson(request: WireRequest): unknown {
  if (request.body.length === 0 || !headerOf(request, 'content-type').includes('json')) return undefined;
  try {
    return JSON.parse(request.body.toString('utf8')) as unknown;
  } catch {
    throw new WireError(400, 'InvalidParameter', 'The body is not JSON.');
  }
}

function unknownAction(): WireError {
  return new WireError(
    404,
    'InvalidAction.NotFound',
    'Specified api is not found, please check your url and method.',
  );
}
