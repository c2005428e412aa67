import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions, Page } from '@springtide/provider-kit';
import { request, type Dispatcher } from 'undici';
import { z } from 'zod';
import { refusalError, transportError, type Refusal } from './api-error.js';
import type { ClusterAccess } from './kubeconfig.js';

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export type KubeCall = Readonly<{
  method: Method;
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  body?: unknown;
  /** Of a PATCH; `apply` is server-side apply. Default `merge`. */
  patch?: 'apply' | 'merge';
  /** In the words of an operator, for errors. */
  what: string;
}>;

export type Answer = Readonly<{ status: number; body: unknown; date: string | undefined }>;

/** Who applied a field, in the cluster's own record of it. */
export const FIELD_MANAGER = 'springtide';

const PAGE_SIZE = 250;
const CONTENT: Readonly<Record<'apply' | 'merge', string>> = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
};

const listSchema = z.object({
  metadata: z.object({ continue: z.string().optional() }).default({}),
  items: z.array(z.unknown()).nullish(),
});

/**
 * The API server, one call at a time: no client library in between, because what matters here (the exact status,
 * Retry-After, the deadline, server-side apply, the gate's own connections) is what they hide.
 */
export class KubeApi {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(
    readonly access: ClusterAccess,
    private readonly dispatcher: Dispatcher,
    private readonly clock: Clock,
  ) {
    this.#base = access.server;
    this.#headers = access.token === undefined ? {} : { authorization: `Bearer ${access.token}` };
  }

  /** @throws by the error table for every answer that is no success. */
  async send(call: KubeCall, options: CallOptions): Promise<unknown> {
    return (await this.ask(call, options)).body;
  }

  /** Undefined where there is no such thing. */
  async find(path: string, what: string, options: CallOptions): Promise<unknown> {
    const answer = await this.attempt({ method: 'GET', path, what }, options);
    if ('refused' in answer) {
      if (answer.refused.status === 404) return undefined;
      throw refusalError(answer.refused, what, false);
    }
    return answer.body;
  }

  async ask(call: KubeCall, options: CallOptions): Promise<Answer> {
    const answer = await this.attempt(call, options);
    if ('refused' in answer) throw refusalError(answer.refused, call.what, call.method !== 'GET');
    return answer;
  }

  /** The server's refusal as an answer, for those who can do something about it. */
  async attempt(call: KubeCall, options: CallOptions): Promise<Answer | Readonly<{ refused: Refusal }>> {
    const leftMs = parseInstant(options.deadline).getTime() - this.clock.now().getTime();
    if (leftMs <= 0) {
      throw new SpringtideError('timeout', `${call.what} was not sent: its deadline has passed`, {
        effect: 'none',
      });
    }
    const signal = AbortSignal.timeout(leftMs);
    try {
      const answer = await request(this.#url(call), {
        dispatcher: this.dispatcher,
        method: call.method,
        signal,
        headers: this.#headersOf(call),
        ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      });
      const text = await answer.body.text();
      const body = parseJson(text);
      const { date, 'retry-after': retryAfter } = answer.headers;
      if (answer.statusCode >= 200 && answer.statusCode < 300) {
        return { status: answer.statusCode, body, date: typeof date === 'string' ? date : undefined };
      }
      const seconds = Number(retryAfter);
      return {
        refused: {
          status: answer.statusCode,
          retryAfter: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
          body,
        },
      };
    } catch (thrown) {
      const changes = call.method !== 'GET';
      throw transportError(thrown, call.what, { changes, late: signal.aborted, server: this.#base });
    }
  }

  /** A list to its end. A cursor that the server has forgotten ends it with an error, never with a short list. */
  async *pages<T extends z.ZodType>(
    path: string,
    item: T,
    what: string,
    query: KubeCall['query'],
    options: CallOptions,
  ): AsyncGenerator<Page<z.output<T>>> {
    let cursor: string | undefined;
    do {
      const call: KubeCall = {
        method: 'GET',
        path,
        what,
        query: { ...query, limit: PAGE_SIZE, continue: cursor },
      };
      const page = parseAnswer(listSchema, await this.send(call, options), what);
      cursor = page.metadata.continue === '' ? undefined : page.metadata.continue;
      const items = (page.items ?? []).map((each) => parseAnswer(item, each, what));
      yield { items, complete: cursor === undefined };
    } while (cursor !== undefined);
  }

  async all<T extends z.ZodType>(
    path: string,
    item: T,
    what: string,
    query: KubeCall['query'],
    options: CallOptions,
  ): Promise<readonly z.output<T>[]> {
    const items: z.output<T>[] = [];
    for await (const page of this.pages(path, item, what, query, options)) items.push(...page.items);
    return items;
  }

  #url(call: KubeCall): string {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) query.set(name, String(value));
    }
    const text = query.toString();
    return `${this.#base}${call.path}${text === '' ? '' : `?${text}`}`;
  }

  #headersOf(call: KubeCall): Record<string, string> {
    const type = call.method === 'PATCH' ? CONTENT[call.patch ?? 'merge'] : 'application/json';
    return { ...this.#headers, accept: 'application/json', 'content-type': type };
  }
}

/** @throws unknown when the server answers in a shape that it does not promise. */
export function parseAnswer<T extends z.ZodType>(schema: T, body: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new SpringtideError('unknown', `${what}: the API server’s answer lacks or misuses ${fields}`, {
    nextStep: 'Check that the server of the kubeconfig is a Kubernetes API server.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}
