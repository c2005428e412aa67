import { ApiProblem, ProblemBody } from './problem.js';
import {
  pathOf,
  type Answer,
  type RouteSpec,
  type SentBody,
  type SentParams,
  type SentQuery,
} from './route.js';

/** As much of the platform's `fetch` as is needed here; the real one fits. */
export type FetchLike = (
  url: string,
  init: { method: string; headers: Record<string, string>; body?: string },
) => Promise<FetchAnswer>;

export type FetchAnswer = Readonly<{
  status: number;
  headers: { get(name: string): string | null };
  text(): Promise<string>;
  /** For files; left out where nobody asks for any. */
  arrayBuffer?(): Promise<ArrayBuffer>;
}>;

export type ClientOptions = Readonly<{
  /** Without a trailing slash; empty for the page's own origin. */
  baseUrl: string;
  token?: string | undefined;
  fetch: FetchLike;
}>;

type Part<K extends string, T> = undefined extends T ? { [P in K]?: T } : { [P in K]: T };
type Prettify<T> = { [K in keyof T]: T[K] };

/** What a call of this route needs: only the parts that the route declares are required. */
export type CallParts<R> = Prettify<
  Part<'params', SentParams<R>> &
    ([SentQuery<R>] extends [undefined] ? { query?: undefined } : { query?: SentQuery<R> }) &
    Part<'body', SentBody<R>> & {
      idempotencyKey?: string | undefined;
      /** The ETag, as the last answer gave it, or the bare version. */
      ifMatch?: string | number | undefined;
      headers?: Readonly<Record<string, string>>;
    }
>;

/** The parts may be left out where none is required. */
export type CallArguments<R> =
  Partial<CallParts<R>> extends CallParts<R> ? [parts?: CallParts<R>] : [parts: CallParts<R>];

export interface ApiClient {
  /** The parsed JSON answer. @throws ApiProblem */
  call<R extends RouteSpec>(route: R, ...parts: CallArguments<R>): Promise<Answer<R>>;
  /** The answer as text, for CSV, JSON lines and metrics. @throws ApiProblem */
  text<R extends RouteSpec>(route: R, ...parts: CallArguments<R>): Promise<string>;
  /** The answer as it is, for PDF. @throws ApiProblem */
  file<R extends RouteSpec>(route: R, ...parts: CallArguments<R>): Promise<Uint8Array<ArrayBuffer>>;
}

type LooseParts = Readonly<{
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  ifMatch?: string | number;
  headers?: Record<string, string>;
}>;

export function createClient(options: ClientOptions): ApiClient {
  return {
    call: async (route, ...[parts]) => {
      const answer = await send(options, route, (parts ?? {}) as LooseParts);
      return readAnswer(route, answer.text, answer.status) as Answer<typeof route>;
    },
    text: async (route, ...[parts]) => (await send(options, route, (parts ?? {}) as LooseParts)).text,
    file: async (route, ...[parts]) => {
      const loose = (parts ?? {}) as LooseParts;
      return await exchange(options, route, loose, async (answer) => {
        if (answer.arrayBuffer === undefined) throw new Error('this client cannot take files');
        return new Uint8Array(await answer.arrayBuffer());
      });
    },
  };
}

async function send(
  options: ClientOptions,
  route: RouteSpec,
  parts: LooseParts,
): Promise<{ status: number; text: string }> {
  return await exchange(options, route, parts, async (answer) => ({
    status: answer.status,
    text: await answer.text(),
  }));
}

/** Sends, and reads a good answer as it is told to. @throws ApiProblem */
async function exchange<T>(
  options: ClientOptions,
  route: RouteSpec,
  parts: LooseParts,
  read: (answer: FetchAnswer) => Promise<T>,
): Promise<T> {
  const url = `${options.baseUrl}${pathOf(route, parts.params)}${queryText(parts.query)}`;
  const body = bodyText(route, parts.body);
  let refused: ApiProblem;
  try {
    const answer = await options.fetch(url, {
      method: route.method,
      headers: headersOf(options, route, parts),
      ...(body === undefined ? {} : { body }),
    });
    if (answer.status >= 200 && answer.status < 300) return await read(answer);
    refused = new ApiProblem(readProblem(answer.status, await answer.text()));
  } catch (cause) {
    throw notReached(options, route, cause);
  }
  throw refused;
}

function headersOf(options: ClientOptions, route: RouteSpec, parts: LooseParts): Record<string, string> {
  const { body, ifMatch, idempotencyKey } = parts;
  const headers: Record<string, string> = { accept: 'application/json, application/problem+json, */*;q=0.1' };
  if (options.token) headers['authorization'] = `Bearer ${options.token}`;
  if (body !== undefined) headers['content-type'] = route.textBody?.[0] ?? 'application/json';
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
  if (ifMatch !== undefined) headers['if-match'] = typeof ifMatch === 'number' ? `"${ifMatch}"` : ifMatch;
  return { ...headers, ...parts.headers };
}

function bodyText(route: RouteSpec, body: unknown): string | undefined {
  if (body === undefined) return undefined;
  return route.textBody && typeof body === 'string' ? body : JSON.stringify(body);
}

function queryText(query: Record<string, unknown> = {}): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function readAnswer(route: RouteSpec, text: string, status: number): unknown {
  if (!route.response) return undefined;
  const parsed = route.response.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new ApiProblem({
    type: 'about:blank',
    title: 'Unreadable answer',
    status,
    code: 'unknown',
    detail: `The server answered "${route.id}" in a shape this version does not know; the request itself succeeded.`,
    nextStep: 'Check that this client and the server are of the same version.',
    correlationId: '',
    errors: parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
  });
}

function readProblem(status: number, text: string): ProblemBody {
  const parsed = ProblemBody.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  return {
    type: 'about:blank',
    title: 'Unexpected answer',
    status,
    code: status === 401 ? 'unauthenticated' : status >= 500 ? 'unavailable' : 'unknown',
    detail: `Something answered with HTTP status ${status} that is not Springtide’s API, perhaps a proxy in between.`,
    nextStep: 'Check the address of the server.',
    correlationId: '',
  };
}

function notReached(options: ClientOptions, route: RouteSpec, cause: unknown): ApiProblem {
  const changes = route.method === 'GET' ? '' : ' Whether the request was carried out is not known.';
  return new ApiProblem(
    {
      type: 'about:blank',
      title: 'Not reached',
      status: 0,
      code: 'unavailable',
      detail: `The Springtide server at ${options.baseUrl || 'this address'} did not answer.${changes}`,
      nextStep: 'Check the address and that the server runs, then repeat with the same idempotency key.',
      correlationId: '',
    },
    { cause },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
