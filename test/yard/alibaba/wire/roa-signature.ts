import { createHmac } from 'node:crypto';
import { headerOf, type SignedClaim, type WireRequest } from './wire-request.js';
import { WireError } from './wire-error.js';

export function isRoa(request: WireRequest): boolean {
  return headerOf(request, 'authorization').startsWith('acs ');
}

/** The older signature of actions that are called by path: HMAC-SHA1 over method, four headers, `x-acs-*` and path. */
export function readRoaSignature(request: WireRequest): SignedClaim {
  const [, accessKeyId = '', signature = ''] =
    /^acs ([^:]+):(.+)$/.exec(headerOf(request, 'authorization')) ?? [];
  if (signature === '') {
    throw new WireError(400, 'IncompleteSignature', 'The request signature does not conform to standards.');
  }
  const date = new Date(headerOf(request, 'date'));
  const securityToken = headerOf(request, 'x-acs-security-token');
  return {
    accessKeyId,
    ...(securityToken === '' ? {} : { securityToken }),
    nonce: headerOf(request, 'x-acs-signature-nonce'),
    timestamp: Number.isNaN(date.getTime()) ? '' : date.toISOString(),
    signature,
    expected: (secret) => {
      const signedText = textOf(request);
      return {
        signature: createHmac('sha1', secret).update(signedText, 'utf8').digest('base64'),
        signedText,
      };
    },
  };
}

function textOf(request: WireRequest): string {
  const names = Object.keys(request.headers)
    .filter((name) => name.startsWith('x-acs-'))
    .toSorted();
  const query = request.query
    .split('&')
    .filter((pair) => pair !== '')
    .map(decodeURIComponent)
    .toSorted();
  return [
    request.method,
    ...['accept', 'content-md5', 'content-type', 'date'].map((name) => headerOf(request, name)),
    ...names.map((name) => `${name}:${headerOf(request, name).trim()}`),
    query.length === 0 ? request.path : `${request.path}?${query.join('&')}`,
  ].join('\n');
}
