import { createHmac, randomUUID } from 'node:crypto';
import { request } from 'undici';

export type CallAnswer = Readonly<{ status: number; code: string; body: Record<string, unknown> }>;

export type Caller = Readonly<{ endpoint: string; accessKeyId: string; secret: string; now?: () => Date }>;

const VERSIONS = {
  ecs: '2014-05-26',
  vpc: '2016-04-28',
  bssopenapi: '2017-12-14',
  alb: '2020-06-16',
  actiontrail: '2020-07-06',
};

/** The query string of a call in the older RPC style, signed. Sending it twice is a replay. */
export function signedQuery(
  { accessKeyId, secret, now = () => new Date() }: Caller,
  product: keyof typeof VERSIONS,
  action: string,
  parameters: Readonly<Record<string, string | number | boolean>>,
): string {
  const all: Readonly<Record<string, string | number | boolean>> = {
    Action: action,
    Version: VERSIONS[product],
    Format: 'JSON',
    AccessKeyId: accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: `${now().toISOString().slice(0, 19)}Z`,
    ...parameters,
  };
  const pairs = Object.entries(all)
    .map(([name, value]) => `${encode(name)}=${encode(String(value))}`)
    .toSorted((a, b) => (a < b ? -1 : 1));
  const text = `GET&%2F&${encode(pairs.join('&'))}`;
  const signature = createHmac('sha1', `${secret}&`).update(text).digest('base64');
  return [...pairs, `Signature=${encode(signature)}`].join('&');
}

export async function send(endpoint: string, query: string): Promise<CallAnswer> {
  const answer = await request(`${endpoint}/?${query}`);
  const body = (await answer.body.json()) as Record<string, unknown>;
  return { status: answer.statusCode, code: typeof body['Code'] === 'string' ? body['Code'] : '', body };
}

export function call(
  caller: Caller,
  product: keyof typeof VERSIONS,
  action: string,
  parameters: Readonly<Record<string, string | number | boolean>> = {},
): Promise<CallAnswer> {
  return send(caller.endpoint, signedQuery(caller, product, action, parameters));
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
