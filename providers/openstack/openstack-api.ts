import { SpringtideError, type Instant } from '@springtide/kernel';
import type { ZodType } from 'zod';
import { z } from 'zod';
import type { HttpAnswer, HttpCall, HttpConnection } from './http-connection.js';
import type { Identity, Login, ServiceType } from './identity.js';

export type At = Readonly<{ region: string; deadline: Instant }>;

export type ServiceCall = Readonly<{
  service: ServiceType;
  /** Below the service's version: `/servers`. */
  path: string;
  doing: string;
}>;

type Sending = Omit<ServiceCall, 'doing'> & Pick<HttpCall, 'method' | 'body' | 'mutates' | 'doing'>;

export type ListCall = ServiceCall &
  Readonly<{ key: string; query?: readonly (readonly [string, string])[]; pageSize: number }>;

/**
 * Pike (2017) is the oldest that has everything used here: tags in the create call, hypervisors by their placement id.
 * Asked for exactly, every later cloud answers in the same shape.
 */
export const COMPUTE_MICROVERSION = '2.53';
const PLACEMENT_MICROVERSION = '1.29';

const LINKS = z.array(z.object({ rel: z.string(), href: z.string() })).optional();
const NEXT_PATH = z.string().optional();

/** Calls to the services of one cloud, each with a token that holds. */
export class OpenstackApi {
  readonly identity: Identity;
  readonly #http: HttpConnection;

  constructor(identity: Identity, http: HttpConnection) {
    this.identity = identity;
    this.#http = http;
  }

  async get<T>(at: At, call: ServiceCall, schema: ZodType<T>): Promise<T> {
    const answer = await this.#send(at, { ...call, method: 'GET', mutates: false });
    return understood(schema, answer.body, call);
  }

  async change(
    at: At,
    call: ServiceCall & Readonly<{ method: 'POST' | 'PUT' | 'DELETE'; body?: unknown }>,
  ): Promise<HttpAnswer> {
    return this.#send(at, { ...call, mutates: true });
  }

  /** Undefined where the catalog has no such service. */
  async has(at: At, service: ServiceType): Promise<boolean> {
    return (await this.identity.endpoint(service, at.region, at.deadline)) !== undefined;
  }

  /** Follows the links from page to page. A full page without a link is followed by its last id. */
  async *pages<T extends { id: string }>(
    at: At,
    call: ListCall,
    schema: ZodType<T>,
  ): AsyncGenerator<Readonly<{ items: readonly T[]; complete: boolean }>> {
    let marker: string | undefined;
    for (;;) {
      const { items, next } = await this.page(at, call, schema, marker);
      if (next !== undefined && next === marker) throw circling(call);
      yield { items, complete: next === undefined };
      if (next === undefined) return;
      marker = next;
    }
  }

  /**
   * One page and the marker of the next. The address in a link is not trusted, only its marker: behind a proxy it often
   * leads elsewhere.
   */
  async page<T extends { id: string }>(
    at: At,
    call: ListCall,
    schema: ZodType<T>,
    marker: string | undefined,
  ): Promise<Readonly<{ items: readonly T[]; next: string | undefined }>> {
    const query = new URLSearchParams(
      (call.query ?? []).map(([name, value]): [string, string] => [name, value]),
    );
    query.set('limit', String(call.pageSize));
    if (marker !== undefined) query.set('marker', marker);
    const path = `${call.path}?${query.toString()}`;
    const answer = await this.get(at, { ...call, path }, z.looseObject({ [call.key]: z.array(schema) }));
    const items = answer[call.key] as readonly T[];
    const last = items.at(-1)?.id;
    const link =
      LINKS.parse(answer[`${call.key}_links`])?.find(({ rel }) => rel === 'next')?.href ??
      NEXT_PATH.parse(answer['next']);
    if (link !== undefined) return { items, next: markerIn(link) ?? last };
    return { items, next: items.length >= call.pageSize ? last : undefined };
  }

  async all<T extends { id: string }>(at: At, call: ListCall, schema: ZodType<T>): Promise<readonly T[]> {
    const items: T[] = [];
    for await (const page of this.pages(at, call, schema)) items.push(...page.items);
    return items;
  }

  /** A token may die before its time; 401 means that nothing was done, so the call is sent again with a new one, once. */
  async #send(at: At, call: Sending): Promise<HttpAnswer> {
    const login = await this.identity.login(at.deadline);
    try {
      return await this.#sendAs(login, at, call);
    } catch (thrown) {
      if (!(thrown instanceof SpringtideError) || thrown.code !== 'unauthenticated') throw thrown;
      this.identity.forget(login);
      return await this.#sendAs(await this.identity.login(at.deadline), at, call);
    }
  }

  async #sendAs(login: Login, at: At, call: Sending): Promise<HttpAnswer> {
    const { service, path, ...rest } = call;
    const base = await this.identity.endpoint(service, at.region, at.deadline);
    if (base === undefined) {
      throw new SpringtideError(
        'unsupported',
        `the region ${at.region} of this OpenStack has no ${service} service`,
      );
    }
    return this.#http.send({
      ...rest,
      url: `${base}${path}`,
      headers: { 'x-auth-token': login.token, ...microversion(service) },
      deadline: at.deadline,
    });
  }
}

function microversion(service: ServiceType): Readonly<Record<string, string>> {
  if (service === 'compute') return { 'openstack-api-version': `compute ${COMPUTE_MICROVERSION}` };
  return service === 'placement' ? { 'openstack-api-version': `placement ${PLACEMENT_MICROVERSION}` } : {};
}

function understood<T>(schema: ZodType<T>, body: unknown, call: ServiceCall): T {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  throw new SpringtideError(
    'unknown',
    `OpenStack: ${call.doing} was answered in a shape that is not understood; nothing was changed`,
    { effect: 'none', facts: { where: read.error.issues[0]?.path.join('.') ?? '' } },
  );
}

function markerIn(href: string): string | undefined {
  const query = href.slice(href.indexOf('?') + 1);
  return new URLSearchParams(query).get('marker') ?? undefined;
}

function circling(call: ServiceCall): SpringtideError {
  return new SpringtideError(
    'unavailable',
    `OpenStack: ${call.doing} goes round in circles; the list is not whole`,
    {
      effect: 'none',
    },
  );
}
