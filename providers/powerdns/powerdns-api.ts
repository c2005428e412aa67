import { SpringtideError, parseInstant, type Clock, type ErrorCode } from '@springtide/kernel';
import type { CallOptions } from '@springtide/provider-kit';
import { request, type Dispatcher } from 'undici';
import { z } from 'zod';
import type { PowerdnsAccount } from './account.js';

const serverSchema = z.object({ daemon_type: z.string(), version: z.string() });
const settingsSchema = z.array(z.object({ name: z.string(), value: z.string().optional() }));
const zoneSchema = z.object({
  kind: z.string(),
  rrsets: z
    .array(
      z.object({
        name: z.string(),
        type: z.string(),
        ttl: z.number(),
        records: z.array(z.object({ content: z.string(), disabled: z.boolean().default(false) })),
      }),
    )
    .default([]),
});
const problemSchema = z.object({ error: z.string().optional() });

export type RecordSet = z.infer<typeof zoneSchema>['rrsets'][number];
/** What becomes of a record set: exactly these contents, or nothing. */
export type RecordChange = Readonly<{ name: string; ttl: number; contents: readonly string[] }>;

/** HTTP status → code. PowerDNS checks a change whole before it writes any of it. */
const ERROR_TABLE: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid-argument',
  401: 'unauthenticated',
  403: 'permission-denied',
  404: 'not-found',
  409: 'conflict',
  422: 'invalid-argument',
  429: 'rate-limited',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};
const NEXT_STEP: Readonly<Record<number, string>> = {
  401: 'Compare the API key with `api-key` in the configuration of PowerDNS.',
  403: 'Add the address of Springtide to `webserver-allow-from`.',
  404: 'Check the server id and the zone in the account settings.',
};
/** Nothing was sent when the connection did not come about. */
const NOT_SENT: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND']);

type Call = Readonly<{ method: 'GET' | 'PATCH'; path: string; body?: unknown }>;

/** PowerDNS's HTTP API: one call out, our errors back. */
export class PowerdnsApi {
  constructor(
    private readonly account: PowerdnsAccount,
    private readonly dispatcher: Dispatcher,
    private readonly clock: Clock,
  ) {}

  async version(options: CallOptions): Promise<string> {
    const found = serverSchema.parse(await this.#call({ method: 'GET', path: '' }, options));
    return `PowerDNS ${found.daemon_type} ${found.version}`;
  }

  async luaRecordsOn(options: CallOptions): Promise<boolean> {
    const found = settingsSchema.parse(await this.#call({ method: 'GET', path: '/config' }, options));
    const value = found.find(({ name }) => name === 'enable-lua-records')?.value ?? 'no';
    return value !== 'no' && value !== '';
  }

  /** @throws not-found without such a zone. */
  async zoneKind(zone: string, options: CallOptions): Promise<string> {
    const path = `/zones/${zone}.?rrsets=false`;
    return zoneSchema.parse(await this.#call({ method: 'GET', path }, options)).kind;
  }

  /** Every record set of the name. */
  async records(zone: string, name: string, options: CallOptions): Promise<readonly RecordSet[]> {
    const path = `/zones/${zone}.?rrset_name=${encodeURIComponent(`${name}.`)}`;
    const { rrsets } = zoneSchema.parse(await this.#call({ method: 'GET', path }, options));
    return rrsets.filter((set) => set.name.toLowerCase() === `${name}.`);
  }

  /** All of it or nothing: PowerDNS writes one call in one transaction. */
  async replaceLua(zone: string, changes: readonly RecordChange[], options: CallOptions): Promise<void> {
    const rrsets = changes.map(({ name, ttl, contents }) => ({
      name: `${name}.`,
      type: 'LUA',
      ttl,
      changetype: contents.length === 0 ? 'DELETE' : 'REPLACE',
      records: contents.map((content) => ({ content, disabled: false })),
    }));
    await this.#call({ method: 'PATCH', path: `/zones/${zone}.`, body: { rrsets } }, options);
  }

  async #call(call: Call, options: CallOptions): Promise<unknown> {
    const leftMs = parseInstant(options.deadline).getTime() - this.clock.now().getTime();
    if (leftMs <= 0) throw passed();
    const signal = AbortSignal.timeout(leftMs);
    const { url, server, apiKey } = this.account;
    const at = `${url.replace(/\/+$/, '')}/api/v1/servers/${encodeURIComponent(server)}${call.path}`;
    try {
      const answer = await request(at, {
        method: call.method,
        dispatcher: this.dispatcher,
        signal,
        headers: { 'x-api-key': apiKey, accept: 'application/json', 'content-type': 'application/json' },
        body: call.body === undefined ? null : JSON.stringify(call.body),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 200 && answer.statusCode < 300) return text === '' ? undefined : parse(text);
      throw refusal(call, answer.statusCode, text);
    } catch (thrown) {
      if (thrown instanceof SpringtideError) throw thrown;
      throw this.#unreachable(call, signal.aborted, thrown);
    }
  }

  #unreachable(call: Call, late: boolean, cause: unknown): SpringtideError {
    const sent = call.method !== 'GET' && !NOT_SENT.has((cause as { code?: string }).code ?? '');
    return new SpringtideError(
      late ? 'timeout' : 'unavailable',
      `PowerDNS's API at ${this.account.url} ${late ? 'did not answer in time' : 'cannot be reached'}; ` +
        (sent ? 'the name may have been changed nevertheless' : 'no traffic was moved'),
      {
        effect: sent ? 'maybe' : 'none',
        retry: 'same',
        cause,
        nextStep: 'Check that PowerDNS runs with `api=yes`; every change is absolute and safe to repeat.',
      },
    );
  }
}

function refusal(call: Call, status: number, text: string): SpringtideError {
  const said = problemSchema.safeParse(tryParse(text)).data?.error ?? '';
  const certain = call.method === 'GET' || (status >= 400 && status < 500);
  const words = said === '' ? '' : `: ${said.slice(0, 300)}`;
  return new SpringtideError(
    ERROR_TABLE[status] ?? 'unknown',
    `PowerDNS's API answered ${status}${words}; ${certain ? 'no traffic was moved' : 'the name may have been changed'}`,
    {
      effect: certain ? 'none' : 'maybe',
      facts: { status },
      ...(NEXT_STEP[status] === undefined ? {} : { nextStep: NEXT_STEP[status] }),
    },
  );
}

function passed(): SpringtideError {
  return new SpringtideError(
    'timeout',
    'the deadline passed before PowerDNS was asked; no traffic was moved',
    { effect: 'none', retry: 'same' },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SpringtideError('unknown', 'PowerDNS answered with something that is no JSON', { cause });
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
