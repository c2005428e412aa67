import { createHash, createHmac } from 'node:crypto';
import { canonicalPairs, percentEncode, readPairs } from './percent-encoding.js';
import { headerOf, type SignedClaim, type WireRequest } from './wire-request.js';
import { WireError } from './wire-error.js';

const ALGORITHM = 'ACS3-HMAC-SHA256';

export function isAcs3(request: WireRequest): boolean {
  return headerOf(request, 'authorization').startsWith(ALGORITHM);
}

/**
 * The current signature, written from the published algorithm and sharing no code with any SDK: method, path, sorted
 * query, signed headers and the hash of the body, hashed, and then HMAC-SHA256 with the secret itself.
 */
export function readAcs3(request: WireRequest): SignedClaim {
  const authorization = headerOf(request, 'authorization');
  const parts = /Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/.exec(
    authorization,
  );
  const [, accessKeyId = '', signedHeaders = '', signature = ''] = parts ?? [];
  if (signature === '') {
    throw new WireError(400, 'IncompleteSignature', 'The request signature does not conform to standards.');
  }
  checkSignedHeaders(request, signedHeaders.split(';'));
  checkBodyHash(request);
  const securityToken = headerOf(request, 'x-acs-security-token');
  return {
    accessKeyId,
    ...(securityToken === '' ? {} : { securityToken }),
    nonce: headerOf(request, 'x-acs-signature-nonce'),
    timestamp: headerOf(request, 'x-acs-date'),
    signature,
    expected: (secret) => {
      const canonical = canonicalRequest(request, signedHeaders.split(';'));
      const signedText = `${ALGORITHM}\n${sha256(canonical)}`;
      return { signature: createHmac('sha256', secret).update(signedText).digest('hex'), signedText };
    },
  };
}

/** What the signature must cover: the host and every header of the protocol. */
function checkSignedHeaders(request: WireRequest, signed: readonly string[]): void {
  const needed = ['host', ...Object.keys(request.headers).filter((name) => name.startsWith('x-acs-'))];
  const left = needed.filter((name) => !signed.includes(name));
  if (left.length === 0) return;
  throw new WireError(400, 'IncompleteSignature', `The signature does not cover ${left.join(', ')}.`);
}

/** The body is covered by the signature only through this header. */
function checkBodyHash(request: WireRequest): void {
  if (headerOf(request, 'x-acs-content-sha256') === sha256(request.body)) return;
  throw new WireError(
    400,
    'InvalidContentSHA256',
    'The x-acs-content-sha256 header is not the hash of the body.',
  );
}

function canonicalRequest(request: WireRequest, signed: readonly string[]): string {
  const path = request.path
    .split('/')
    .map((part) => percentEncode(decodeURIComponent(part)))
    .join('/');
  const headers = signed.map((name) => `${name}:${headerOf(request, name).trim()}\n`);
  return [
    request.method,
    path,
    canonicalPairs(readPairs(request.query)),
    headers.join(''),
    signed.join(';'),
    headerOf(request, 'x-acs-content-sha256'),
  ].join('\n');
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
