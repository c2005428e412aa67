import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireCall } from './query-protocol.js';

const MAX_SKEW_MS = 5 * 60_000;

export type SignatureVerdict = 'valid' | 'unknown-key' | 'wrong-signature' | 'expired';

/**
 * Checks an AWS Signature Version 4 in the Authorization header, written from the published algorithm and
 * sharing no code with any SDK. `secrets` maps access key ids to secrets; `now` is the cloud's own clock.
 */
export function checkSignature(
  call: WireCall,
  secrets: ReadonlyMap<string, string>,
  now: Date,
): SignatureVerdict {
  const secret = secrets.get(call.accessKeyId);
  if (secret === undefined) return 'unknown-key';
  const parts = /SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})/.exec(call.headers.authorization ?? '');
  const scope = /Credential=[^/]+\/([^,\s]+)/.exec(call.headers.authorization ?? '')?.[1];
  const stamp = String(call.headers['x-amz-date'] ?? '');
  if (!parts?.[1] || !parts[2] || scope === undefined || stamp === '') return 'wrong-signature';
  const wanted = sign(call, secret, scope, stamp, parts[1].split(';'));
  if (!timingSafeEqual(Buffer.from(wanted), Buffer.from(parts[2]))) return 'wrong-signature';
  return Math.abs(readStamp(stamp) - now.getTime()) > MAX_SKEW_MS ? 'expired' : 'valid';
}

/** What is needed to sign in somebody's name. */
export type SigningKey = Readonly<{ accessKeyId: string; secret: string }>;
type Unsigned = Readonly<{ method: string; path: string; body: Buffer; host: string }>;

/** Headers that make a request of the yard itself, or one that it had to change, valid to the emulator. */
export function signedHeaders(
  request: Unsigned,
  key: SigningKey,
  place: Readonly<{ service: string; region: string }>,
): Record<string, string> {
  const stamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${stamp.slice(0, 8)}/${place.region}/${place.service}/aws4_request`;
  // With the hash of the body among them: without it the emulator takes a query string for the body.
  const headers = {
    host: request.host,
    'x-amz-content-sha256': sha256(request.body),
    'x-amz-date': stamp,
  };
  const names = Object.keys(headers);
  const call = { ...request, target: request.path, headers, service: place.service };
  const signature = sign(call, key.secret, scope, stamp, names);
  const credential = `Credential=${key.accessKeyId}/${scope}`;
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
  };
}

type Signable = Pick<WireCall, 'method' | 'target' | 'headers' | 'body' | 'service'>;

function sign(
  call: Signable,
  secret: string,
  scope: string,
  stamp: string,
  signed: readonly string[],
): string {
  const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonicalRequest(call, signed))].join('\n');
  const [date = '', region = '', service = '', ending = ''] = scope.split('/');
  const key = [date, region, service, ending].reduce<Buffer>(
    (at, part) => hmac(at, part),
    Buffer.from(`AWS4${secret}`),
  );
  return hmac(key, text).toString('hex');
}

function canonicalRequest(call: Signable, signed: readonly string[]): string {
  const [path = '/', query = ''] = call.target.split('?', 2);
  const headers = signed.map(
    (name) =>
      `${name}:${String(call.headers[name] ?? '')
        .trim()
        .replace(/\s+/g, ' ')}\n`,
  );
  // S3 alone signs the path as sent; the others encode it once more.
  const uri = call.service === 's3' ? path : path.split('/').map(encode).join('/');
  const payload = call.headers['x-amz-content-sha256'];
  return [
    call.method,
    uri,
    canonicalQuery(query),
    headers.join(''),
    signed.join(';'),
    typeof payload === 'string' ? payload : sha256(call.body),
  ].join('\n');
}

function canonicalQuery(query: string): string {
  return [...new URLSearchParams(query)]
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .toSorted()
    .join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** `20261111T000000Z` in milliseconds. */
function readStamp(stamp: string): number {
  return Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
