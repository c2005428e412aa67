import { createHash, createHmac } from 'node:crypto';
import { WireError } from './wire/wire-error.js';

export type WireAccess = Readonly<{ endpoint: string; secretId: string; secretKey: string; token?: string }>;

export type WireRequest = Readonly<{
  version: string;
  action: string;
  params?: unknown;
  region?: string;
  /** Service in the signature's scope; default what an SDK makes of the address. */
  scope?: string;
  /** When the request claims to be signed. */
  at?: number;
  /** Sent instead of the parameters' JSON, after that was signed. */
  forgedBody?: string;
}>;

export type WireAnswer = Readonly<Record<string, unknown> & { RequestId: string }>;

/** The smallest client of this wire, for the simulator's own specs; vendor-clients.medium.spec.ts has the vendor's. */
export async function callWire(access: WireAccess, request: WireRequest): Promise<WireAnswer> {
  const body = JSON.stringify(request.params ?? {});
  const response = await fetch(access.endpoint, {
    method: 'POST',
    headers: headersOf(access, request, body),
    body: request.forgedBody ?? body,
  });
  const { Response: answer } = (await response.json()) as {
    Response: WireAnswer & { Error?: { Code: string; Message: string } };
  };
  if (answer.Error !== undefined) throw new WireError(answer.Error.Code, answer.Error.Message);
  return answer;
}

function headersOf(access: WireAccess, request: WireRequest, body: string): Record<string, string> {
  const stamp = Math.floor((request.at ?? Date.now()) / 1_000);
  const date = new Date(stamp * 1_000).toISOString().slice(0, 10);
  const scope = `${date}/${request.scope ?? '127'}/tc3_request`;
  const host = new URL(access.endpoint).host;
  const canonical = [
    'POST',
    '/',
    '',
    `content-type:application/json\nhost:${host}\n`,
    'content-type;host',
    sha(body),
  ];
  const text = ['TC3-HMAC-SHA256', stamp, scope, sha(canonical.join('\n'))].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer>((at, part) => hmac(at, part), Buffer.from(`TC3${access.secretKey}`));
  const credential = `Credential=${access.secretId}/${scope}, SignedHeaders=content-type;host`;
  return {
    'content-type': 'application/json',
    authorization: `TC3-HMAC-SHA256 ${credential}, Signature=${hmac(key, text).toString('hex')}`,
    'x-tc-action': request.action,
    'x-tc-version': request.version,
    'x-tc-timestamp': String(stamp),
    'x-tc-region': request.region ?? 'ap-guangzhou',
    ...(access.token === undefined ? {} : { 'x-tc-token': access.token }),
  };
}

function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
