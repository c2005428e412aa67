import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireCall } from './wire-call.js';
import { WireError } from './wire-error.js';

const ALGORITHM = 'TC3-HMAC-SHA256';
const MAX_SKEW_SECONDS = 300;

export type Credential = Readonly<{ secretId: string; secretKey: string; token?: string }>;

/**
 * Checks TC3-HMAC-SHA256, written from the published algorithm and sharing no code with any SDK. The service in the
 * scope is taken as the client signed it: SDKs make it from the first label of the host, which is `127` on loopback.
 * @throws WireError AuthFailure.*
 */
export function checkSignature(call: WireCall, credential: Credential | undefined, nowMs: number): void {
  const authorization = call.headers['authorization'] ?? '';
  const parts = /SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})/.exec(authorization);
  if (!authorization.startsWith(`${ALGORITHM} `) || !parts?.[1] || !parts[2] || call.secretId === '') {
    throw new WireError(
      'AuthFailure.InvalidAuthorization',
      'The Authorization header is not as TC3 wants it.',
    );
  }
  const stamp = Number(call.headers['x-tc-timestamp']);
  if (!Number.isInteger(stamp)) {
    throw new WireError('MissingParameter', 'The request is missing the header X-TC-Timestamp.');
  }
  checkAge(stamp, call.date, nowMs);
  if (credential === undefined) {
    throw new WireError(
      'AuthFailure.SecretIdNotFound',
      'The SecretId is not found, please ensure it is correct.',
    );
  }
  const signed = parts[1].split(';');
  const given = Buffer.from(parts[2]);
  const complete = signed.includes('content-type') && signed.includes('host');
  const fits = hostsOf(call).some((host) =>
    timingSafeEqual(Buffer.from(signatureOf(call, host, credential.secretKey, stamp, signed)), given),
  );
  if (!complete || !fits) {
    throw new WireError(
      'AuthFailure.SignatureFailure',
      'The provided credentials could not be validated. Please check your signature is correct.',
    );
  }
  if ((credential.token ?? '') !== (call.headers['x-tc-token'] ?? '')) {
    throw new WireError(
      'AuthFailure.TokenFailure',
      'The session token is wrong, missing, or no longer valid.',
    );
  }
}

function checkAge(stamp: number, date: string, nowMs: number): void {
  const age = Math.abs(stamp - nowMs / 1_000);
  const dated = new Date(stamp * 1_000).toISOString().slice(0, 10);
  if (age <= MAX_SKEW_SECONDS && date === dated) return;
  throw new WireError(
    'AuthFailure.SignatureExpire',
    age > MAX_SKEW_SECONDS
      ? `The request signature has expired. Your clock and the server's differ by ${Math.round(age)} s.`
      : `The credential date ${date} is not the UTC day ${dated} of the timestamp.`,
  );
}

/** The vendor's own clients do not agree on a port in the host: those for Node sign without it. */
function hostsOf(call: WireCall): readonly string[] {
  const host = call.headers['host'] ?? '';
  return [host, host.replace(/:\d+$/, '')];
}

function signatureOf(
  call: WireCall,
  host: string,
  secretKey: string,
  stamp: number,
  signed: readonly string[],
): string {
  const scope = `${call.date}/${call.scope}/tc3_request`;
  const text = [ALGORITHM, String(stamp), scope, sha256(canonicalRequest(call, host, signed))].join('\n');
  const key = [call.date, call.scope, 'tc3_request'].reduce<Buffer>(
    (at, part) => hmac(at, part),
    Buffer.from(`TC3${secretKey}`),
  );
  return hmac(key, text).toString('hex');
}

function canonicalRequest(call: WireCall, host: string, signed: readonly string[]): string {
  // Of all signed headers the vendor lowers the case of values too, except the two that every client sends as they are.
  const headers = signed.map((name) => {
    const value = (name === 'host' ? host : (call.headers[name] ?? '')).trim();
    return `${name}:${name === 'content-type' || name === 'host' ? value : value.toLowerCase()}\n`;
  });
  const unsigned = call.headers['x-tc-content-sha256'] === 'UNSIGNED-PAYLOAD';
  const payload = sha256(unsigned ? 'UNSIGNED-PAYLOAD' : call.body);
  return [call.method, call.path, call.query, headers.join(''), signed.join(';'), payload].join('\n');
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
