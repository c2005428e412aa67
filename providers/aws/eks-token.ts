import { createHash, createHmac } from 'node:crypto';

const PREFIX = 'k8s-aws-v1.';
/** How long the signed address itself holds; EKS takes the token made of it for fifteen minutes. */
const SIGNED_FOR_SECONDS = 60;

type Signer = Readonly<{
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
  /** `https://sts.<region>.amazonaws.com`. */
  endpoint: string;
  region: string;
  now: Date;
}>;

/**
 * The bearer token by which EKS knows an IAM identity: a signed, not sent, question to STS who one is, bound to the
 * cluster's name by a header. What `aws eks get-token` prints.
 */
export function eksToken(cluster: string, signer: Signer): string {
  const stamp = signer.now.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${stamp.slice(0, 8)}/${signer.region}/sts/aws4_request`;
  const query = queryOf({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${signer.accessKeyId}/${scope}`,
    'X-Amz-Date': stamp,
    'X-Amz-Expires': String(SIGNED_FOR_SECONDS),
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
    ...(signer.sessionToken === undefined ? {} : { 'X-Amz-Security-Token': signer.sessionToken }),
  });
  const { host } = new URL(signer.endpoint);
  const request = [
    'GET',
    '/',
    query,
    `host:${host}\nx-k8s-aws-id:${cluster}\n`,
    'host;x-k8s-aws-id',
    sha256(''),
  ].join('\n');
  const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(request)].join('\n');
  const key = scope
    .split('/')
    .reduce<Buffer>((at, part) => hmac(at, part), Buffer.from(`AWS4${signer.secretAccessKey}`));
  const url = `${new URL(signer.endpoint).origin}/?${query}&X-Amz-Signature=${hmac(key, text).toString('hex')}`;
  return PREFIX + Buffer.from(url, 'utf8').toString('base64url');
}

function queryOf(params: Readonly<Record<string, string>>): string {
  return Object.entries(params)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join('&');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
