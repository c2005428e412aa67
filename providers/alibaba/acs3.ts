import { createHash, createHmac } from 'node:crypto';
import { canonicalPath, canonicalQuery } from './parameters.js';
import type { Credentials } from './port.js';

const ALGORITHM = 'ACS3-HMAC-SHA256';

export type Unsigned = Readonly<{
  method: string;
  path: string;
  query: Readonly<Record<string, string>>;
  /** Lower-case names; all of them are signed. */
  headers: Readonly<Record<string, string>>;
  bodyHash: string;
}>;

/** The `authorization` header of the vendor's third signature. */
export function authorize(request: Unsigned, key: Credentials): string {
  const names = Object.keys(request.headers).toSorted();
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query),
    names.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`).join(''),
    names.join(';'),
    request.bodyHash,
  ].join('\n');
  const signature = createHmac('sha256', key.accessKeySecret)
    .update(`${ALGORITHM}\n${sha256(canonical)}`)
    .digest('hex');
  return `${ALGORITHM} Credential=${key.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Whole seconds, as both signatures want their time. */
export function timestamp(now: Date): string {
  return now.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
