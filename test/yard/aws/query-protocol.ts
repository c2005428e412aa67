import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { escapeXml } from './xml-element.js';

/** One call as it came over the wire, with what the front needs to know of it. */
export type WireCall = Readonly<{
  method: string;
  /** Path with query, as sent. */
  target: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** From the credential scope, for instance `ec2`; empty when the call is unsigned. */
  service: string;
  region: string;
  accessKeyId: string;
  /** The form's `Action` or the target's last word; empty for services that speak in paths. */
  action: string;
  params: ReadonlyMap<string, string>;
}>;

export type WireAnswer = Readonly<{
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer | string;
}>;

export function readCall(
  method: string,
  target: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): WireCall {
  const isForm = (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const params = new Map(isForm ? new URLSearchParams(body.toString('utf8')) : []);
  const scope = /Credential=([^/]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/.exec(headers.authorization ?? '');
  return {
    method,
    target,
    headers,
    body,
    accessKeyId: scope?.[1] ?? '',
    region: scope?.[2] ?? '',
    service: scope?.[3] ?? '',
    action:
      params.get('Action') ??
      String(headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ??
      '',
    params,
  };
}

/** Services that speak in paths read by GET. */
export function isReading({ action, method }: WireCall): boolean {
  return action === '' ? method === 'GET' : /^(Describe|Get|List|Lookup)/.test(action);
}

/** Values of `InstanceId.1`, `InstanceId.2` … */
export function listParam(params: ReadonlyMap<string, string>, name: string): string[] {
  const values: string[] = [];
  for (let n = 1; ; n += 1) {
    const value = params.get(`${name}.${n}`);
    if (value === undefined) return values;
    values.push(value);
  }
}

export type QueryFilter = Readonly<{ name: string; values: readonly string[] }>;

export function readFilters(params: ReadonlyMap<string, string>): QueryFilter[] {
  const filters: QueryFilter[] = [];
  for (let n = 1; ; n += 1) {
    const name = params.get(`Filter.${n}.Name`);
    if (name === undefined) return filters;
    filters.push({ name, values: listParam(params, `Filter.${n}.Value`) });
  }
}

/** The parameters with these filters in place of all others. */
export function withFilters(
  params: ReadonlyMap<string, string>,
  filters: readonly QueryFilter[],
): Map<string, string> {
  const result = new Map([...params].filter(([key]) => !key.startsWith('Filter.')));
  filters.forEach((filter, f) => {
    result.set(`Filter.${f + 1}.Name`, filter.name);
    filter.values.forEach((value, v) => result.set(`Filter.${f + 1}.Value.${v + 1}`, value));
  });
  return result;
}

export function xmlAnswer(text: string, status = 200): WireAnswer {
  return { status, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: text };
}

/** An error in the form of the service that was called: EC2 has its own. */
export function errorAnswer(service: string, status: number, code: string, message: string): WireAnswer {
  if (['servicequotas', 'pricing', 'eks', 'cloudtrail'].includes(service))
    return jsonError(status, code, message);
  const error = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(message)}</Message>`;
  const id = randomUUID();
  const text =
    service === 'ec2'
      ? `<Response><Errors><Error>${error}</Error></Errors><RequestID>${id}</RequestID></Response>`
      : `<ErrorResponse><Error><Type>Sender</Type>${error}</Error><RequestId>${id}</RequestId></ErrorResponse>`;
  return xmlAnswer(`<?xml version="1.0" encoding="UTF-8"?>\n${text}`, status);
}

export function jsonAnswer(value: unknown, status = 200): WireAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: JSON.stringify(value),
  };
}

export function jsonError(status: number, code: string, message: string): WireAnswer {
  return jsonAnswer({ __type: code, message }, status);
}

export function formBody(params: ReadonlyMap<string, string>): Buffer {
  return Buffer.from(new URLSearchParams([...params]).toString(), 'utf8');
}
