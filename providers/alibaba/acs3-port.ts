import { randomUUID } from 'node:crypto';
import type { Clock } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { request as send, type Dispatcher } from 'undici';
import { authorize, sha256, timestamp } from './acs3.js';
import { canonicalPath, canonicalQuery } from './parameters.js';
import type { AlibabaPort, Credentials, WireAnswer, WireRequest } from './port.js';

/** The public cloud's signature, over the endpoint gate's own connections. */
export class Acs3Port implements AlibabaPort {
  readonly #dispatcher: Dispatcher;
  readonly #clock: Clock;

  constructor(
    private readonly credentials: Credentials,
    { gate, clock }: ProviderContext,
  ) {
    this.#dispatcher = gate.dispatcher();
    this.#clock = clock;
  }

  async send(request: WireRequest): Promise<WireAnswer> {
    const { method, path, query } = request;
    const body = bodyOf(request);
    const search = canonicalQuery(query);
    const url = `${request.endpoint}${canonicalPath(path)}${search === '' ? '' : `?${search}`}`;
    const answer = await send(url, {
      method,
      headers: this.#headers(request, body),
      ...(body === undefined ? {} : { body: body.text }),
      dispatcher: this.#dispatcher,
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    const { date } = answer.headers;
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      body: jsonOf(text),
      ...(typeof date === 'string' ? { date } : {}),
    };
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  #headers(request: WireRequest, body: Body | undefined): Record<string, string> {
    const { securityToken } = this.credentials;
    const bodyHash = sha256(body?.text ?? '');
    const headers: Record<string, string> = {
      host: new URL(request.endpoint).host,
      'x-acs-action': request.action,
      'x-acs-version': request.version,
      'x-acs-date': timestamp(this.#clock.now()),
      'x-acs-signature-nonce': randomUUID(),
      'x-acs-content-sha256': bodyHash,
      ...(securityToken === undefined ? {} : { 'x-acs-security-token': securityToken }),
      ...(body === undefined ? {} : { 'content-type': body.type }),
    };
    const { method, path, query } = request;
    const authorization = authorize({ method, path, query, headers, bodyHash }, this.credentials);
    return { ...headers, accept: 'application/json', authorization };
  }
}

type Body = Readonly<{ text: string; type: string }>;

function bodyOf({ form, json }: WireRequest): Body | undefined {
  if (json !== undefined) return { text: JSON.stringify(json), type: 'application/json' };
  if (form === undefined) return undefined;
  return { text: canonicalQuery(form), type: 'application/x-www-form-urlencoded' };
}

function jsonOf(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    // A gateway in between may answer with a page of its own.
    return undefined;
  }
}
