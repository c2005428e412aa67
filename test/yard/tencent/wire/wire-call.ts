import type { IncomingMessage } from 'node:http';
import { WireError } from './wire-error.js';

/** 10 MB is what the vendor takes with TC3. */
const LARGEST_BODY = 10 * 1024 * 1024;

export type Params = Readonly<Record<string, unknown>>;

/** A request as it came over the wire, before anything of it is believed. */
export type WireCall = Readonly<{
  method: string;
  path: string;
  query: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  action: string;
  version: string;
  region: string;
  secretId: string;
  /** The service that the client signed for: `cvm`, or what it made of an address. */
  scope: string;
  date: string;
}>;

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) throw new WireError('RequestSizeLimitExceeded', 'The request is too large.');
    parts.push(part);
  }
  return Buffer.concat(parts);
}

export function wireCallOf(request: IncomingMessage, body: Buffer): WireCall {
  const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value ?? '')]),
  );
  const credential = /Credential=([^/,\s]+)\/([^/,\s]+)\/([^/,\s]+)\/tc3_request/.exec(
    headers['authorization'] ?? '',
  );
  return {
    method: request.method ?? 'POST',
    path,
    query,
    headers,
    body,
    action: headers['x-tc-action'] ?? '',
    version: headers['x-tc-version'] ?? '',
    region: headers['x-tc-region'] ?? '',
    secretId: credential?.[1] ?? '',
    date: credential?.[2] ?? '',
    scope: credential?.[3] ?? '',
  };
}

/** Of a POST. @throws WireError for what is no JSON object. */
export function paramsOfBody(call: WireCall): Params {
  if (call.method !== 'POST' || !(call.headers['content-type'] ?? '').startsWith('application/json')) {
    throw new WireError('UnsupportedProtocol', 'This simulator takes GET, and POST with application/json.');
  }
  try {
    const params: unknown = call.body.length === 0 ? {} : JSON.parse(call.body.toString('utf8'));
    if (typeof params === 'object' && params !== null && !Array.isArray(params)) return params as Params;
  } catch {
    // Answered below like every other body that is no object.
  }
  throw new WireError('InvalidParameter', 'The request body is not a valid JSON object.');
}
