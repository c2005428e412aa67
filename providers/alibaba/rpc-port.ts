import type { Clock } from '@springtide/kernel';
import type { ProviderContext } from '@springtide/provider-kit';
import { timestamp } from './acs3.js';
import { canonicalPath } from './parameters.js';
import type { AlibabaPort, Credentials, WireAnswer, WireRequest } from './port.js';

/** What is used of the vendor's older SDK; its own typings leave half of it out. */
type PopCore = Readonly<{
  RPCClient: new (
    config: object,
    verbose: boolean,
  ) => {
    request(action: string, parameters: object, options: object): Promise<unknown>;
  };
  ROAClient: new (config: object) => {
    request(
      method: string,
      path: string,
      query: object,
      body: string,
      headers: object,
      options: object,
    ): Promise<unknown>;
  };
}>;

type Entry = Readonly<{ response?: Readonly<{ statusCode?: number; headers?: { date?: string } }> | null }>;
type PopFailure = Readonly<{ data?: unknown; result?: unknown; statusCode?: number; entry?: Entry }>;

/** The older signature, for private deployments that know no other. */
export class RpcPort implements AlibabaPort {
  readonly #agents;
  readonly #clock: Clock;
  readonly #core: Promise<PopCore>;

  constructor(
    private readonly credentials: Credentials,
    { gate, clock }: ProviderContext,
  ) {
    this.#agents = { http: gate.httpAgent(), https: gate.httpsAgent() };
    this.#clock = clock;
    this.#core = import('@alicloud/pop-core').then((core) => core.default as unknown as PopCore);
  }

  async send(request: WireRequest): Promise<WireAnswer> {
    const late = AbortSignal.timeout(request.timeoutMs);
    const over = new Promise<never>((_, reject) => {
      late.addEventListener('abort', () => reject(late.reason as Error), { once: true });
    });
    try {
      const sent = request.style === 'rpc' ? this.#rpc(request) : this.#roa(request);
      return await Promise.race([sent, over]);
    } catch (thrown) {
      return answerIn(thrown);
    }
  }

  async close(): Promise<void> {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    return Promise.resolve();
  }

  async #rpc(request: WireRequest): Promise<WireAnswer> {
    const { RPCClient } = await this.#core;
    const client = new RPCClient(this.#config(request), true);
    // Our clock and not the SDK's, so that a rehearsal owns time here too.
    const parameters = {
      ...request.query,
      ...request.form,
      Timestamp: timestamp(this.#clock.now()),
    };
    const options = { ...this.#options(request), method: 'POST', formatParams: false, headers: {} };
    return verboseAnswer(await client.request(request.action, parameters, options));
  }

  async #roa(request: WireRequest): Promise<WireAnswer> {
    const { ROAClient } = await this.#core;
    const client = new ROAClient(this.#config(request));
    const body = request.json === undefined ? '' : JSON.stringify(request.json);
    const answer = await client.request(
      request.method,
      canonicalPath(request.path),
      request.query,
      body,
      { 'content-type': 'application/json', date: this.#clock.now().toUTCString() },
      this.#options(request),
    );
    return { status: 200, body: answer === '' ? {} : answer };
  }

  #config({ endpoint, version }: WireRequest): object {
    const { securityToken, ...key } = this.credentials;
    return {
      endpoint,
      apiVersion: version,
      ...key,
      ...(securityToken === undefined ? {} : { securityToken }),
    };
  }

  #options({ endpoint, timeoutMs }: WireRequest): object {
    return {
      agent: endpoint.startsWith('https:') ? this.#agents.https : this.#agents.http,
      readTimeout: timeoutMs,
      connectTimeout: timeoutMs,
    };
  }
}

/** The SDK's own shape in verbose mode is a pair; it is made verbose so that the Date header comes with the answer. */
function verboseAnswer(answer: unknown): WireAnswer {
  const [body, entry] = answer as readonly [unknown, Entry];
  return withEntry(body, entry, 200);
}

/** A refusal is an answer. What is none is thrown on, without the SDK's signed request in it. */
function answerIn(thrown: unknown): WireAnswer {
  const { data, result, statusCode, entry } = thrown as PopFailure;
  const body = data ?? result;
  if (body !== undefined) return withEntry(body, entry, statusCode ?? 400);
  if (thrown instanceof SyntaxError) return { status: 502, body: undefined };
  throw thrown;
}

function withEntry(body: unknown, entry: Entry | undefined, status: number): WireAnswer {
  const { statusCode, headers } = entry?.response ?? {};
  const date = headers?.date;
  return { status: statusCode ?? status, body, ...(date === undefined ? {} : { date }) };
}
