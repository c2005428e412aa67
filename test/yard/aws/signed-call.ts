import type { AwsYardAccess } from './aws-yard.js';
import type { CallerKey } from './rights.js';
import { signedHeaders } from './sigv4.js';
import { parseXml, type XmlElement } from './xml-element.js';

/** A plain call to EC2 in somebody's name, as a tool of theirs would send it: no SDK, and nothing of the provider. */
export async function callEc2(
  yard: Pick<AwsYardAccess, 'endpoint' | 'region'>,
  caller: CallerKey,
  params: Readonly<Record<string, string>>,
): Promise<Readonly<{ status: number; root: XmlElement }>> {
  const body = Buffer.from(new URLSearchParams({ Version: '2016-11-15', ...params }).toString());
  const { host } = new URL(yard.endpoint);
  const key = { accessKeyId: caller.accessKeyId, secret: caller.secretAccessKey };
  const place = { service: 'ec2', region: yard.region };
  const { host: _sentByFetch, ...headers } = signedHeaders(
    { method: 'POST', path: '/', body, host },
    key,
    place,
  );
  const answer = await fetch(`${yard.endpoint}/`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body,
  });
  return { status: answer.status, root: parseXml(await answer.text()) };
}
