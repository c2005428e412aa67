import {
  ApiProblem,
  createClient,
  type Answer,
  type ApiClient,
  type CallArguments,
  type CallParts,
  type ReportLanguage,
  type RouteSpec,
} from '@springtide/contracts';
import { CliFailure } from '../output/cli-failure.js';
import { EXIT } from '../output/exit-code.js';
import { render, type Format, type Section } from '../output/render.js';
import { ContextStore } from './context-store.js';
import type { Terminal } from './terminal.js';

export type CommonOptions = Readonly<{
  context?: string;
  output: Format;
  idempotencyKey?: string;
  /** Seconds. */
  timeout: number;
  /** Of what is told to people; data stays as it is. */
  language: ReportLanguage;
}>;

/** So often a request that did not get through is sent again, with the same idempotency key. */
const TRIES = 4;
const FIRST_PAUSE_MS = 500;

/** One command's connection to the server and to the person before it. */
export class Session {
  #client: ApiClient | undefined;

  constructor(
    readonly terminal: Terminal,
    readonly options: CommonOptions,
  ) {}

  /** The answer of one route. What did not get through is repeated; what was refused is thrown. */
  async call<R extends RouteSpec>(route: R, ...[parts]: CallArguments<R>): Promise<Answer<R>> {
    const client = await this.client();
    const answer = await this.persist(route, (keyed) => client.call<RouteSpec>(route, keyed), parts);
    return answer as Answer<R>;
  }

  /** The answer as text: CSV, JSON lines. */
  async text<R extends RouteSpec>(route: R, ...[parts]: CallArguments<R>): Promise<string> {
    const client = await this.client();
    return await this.persist(route, (keyed) => client.text<RouteSpec>(route, keyed), parts);
  }

  /** The answer as a file: PDF. */
  async file<R extends RouteSpec>(route: R, ...[parts]: CallArguments<R>): Promise<Uint8Array> {
    const client = await this.client();
    return await this.persist(route, (keyed) => client.file<RouteSpec>(route, keyed), parts);
  }

  /** All pages of a list. */
  async all<T>(
    list: (cursor: string | undefined) => Promise<{ items: T[]; next: string | null }>,
    limit = 10_000,
  ): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(cursor);
      items.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined && items.length < limit);
    return items;
  }

  /** Prints data in the format asked for. */
  print(data: unknown, sections: () => readonly Section[]): void {
    this.terminal.out(render(this.options.output, data, sections));
  }

  progress(text: string): void {
    this.terminal.err(`${text}\n`);
  }

  /** Asks until it is done. @throws CliFailure with exit code 6 when the time is over. */
  async waitFor<T>(what: string, ask: () => Promise<T>, done: (value: T) => boolean): Promise<T> {
    const until = this.terminal.now().getTime() + this.options.timeout * 1_000;
    for (;;) {
      const value = await ask();
      if (done(value)) return value;
      if (this.terminal.now().getTime() >= until) {
        throw new CliFailure(
          `${what} did not end within ${this.options.timeout} s; it goes on without this command.`,
          EXIT.timedOut,
          'Look again later, or wait longer with --timeout.',
        );
      }
      await this.terminal.sleep(1_000);
    }
  }

  private async persist<T>(
    route: RouteSpec,
    send: (parts: CallParts<RouteSpec>) => Promise<T>,
    parts: object = {},
  ): Promise<T> {
    const key = route.idempotent ? (this.options.idempotencyKey ?? this.terminal.newKey()) : undefined;
    const repeatable = route.method === 'GET' || key !== undefined;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await send({ ...parts, ...(key === undefined ? {} : { idempotencyKey: key }) });
      } catch (thrown) {
        if (!repeatable || attempt >= TRIES || !mayPass(thrown)) throw thrown;
        this.progress(`The server does not answer; trying again (${attempt} of ${TRIES - 1}) …`);
        await this.terminal.sleep(FIRST_PAUSE_MS * 2 ** attempt);
      }
    }
  }

  private async client(): Promise<ApiClient> {
    if (this.#client) return this.#client;
    const { url, token } = await new ContextStore(this.terminal).endpoint(this.options.context);
    this.#client = createClient({ baseUrl: url, token, fetch: this.terminal.fetch });
    return this.#client;
  }
}

/** Not reached, or not ready: the same request with the same key may pass in a moment. */
function mayPass(thrown: unknown): boolean {
  return thrown instanceof ApiProblem && (thrown.status === 0 || thrown.status === 503);
}
