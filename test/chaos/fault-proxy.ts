import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';

/** What becomes of a call. `times` left out: all of them, until the rule is taken back. */
export type FaultRule = Readonly<{
  /** Of the address; all calls when left out. */
  path?: RegExp;
  times?: number;
  /** From 0 to 1, drawn per call; the first one meets it in any case. Default 1. */
  share?: number;
  do: Fate;
}>;

/**
 * `lose`: carried out, and the connection ends without an answer. `hold`: carried out, and the answer waits for
 * `release()`. `late`: carried out, and the answer comes after so long. `slow`: it waits before it is carried out.
 * `refuse`: not carried out. `swallow`: not carried out, and never answered. `repeat`: carried out so often.
 */
type Fate =
  | Readonly<{ kind: 'lose' | 'hold' | 'swallow' }>
  | Readonly<{ kind: 'late' | 'slow'; ms: number }>
  | Readonly<{ kind: 'refuse'; status: number; body?: unknown }>
  | Readonly<{ kind: 'repeat'; times: number }>;

type Active = FaultRule & { left: number; readonly hits: Array<() => void>; count: number };

/** A rule in force. */
export type Fault = Readonly<{
  /** Resolves when a call has met the rule; for calls that are carried out, after they were. */
  met: Promise<void>;
  count(): number;
  /** Lets held answers go, and takes the rule back. */
  release(): void;
}>;

/** A call as its cloud carried it out. */
type CarriedOut = Readonly<{ path: string; /** When it came there; milliseconds since 1970. */ at: number }>;

/** Stands between the product and the clouds, and does to calls what we tell it. */
export class FaultProxy {
  readonly #agent = new Agent({ connections: 64 });
  readonly #sockets = new Set<Socket>();
  readonly #rules: Active[] = [];
  readonly #asked: string[] = [];
  readonly #carriedOut: CarriedOut[] = [];

  #target = '';

  private constructor(
    readonly url: string,
    private readonly server: Server,
  ) {
    server.keepAliveTimeout = 30_000;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
      this.#serve(asked, answer).catch(() => answer.destroy());
    });
  }

  static async start(): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    return new FaultProxy(`http://127.0.0.1:${port}`, server);
  }

  /** Sends everything on to there. @returns its own address. */
  before(target: string): string {
    this.#target = target;
    return this.url;
  }

  add(rule: FaultRule): Fault {
    const hits: Array<() => void> = [];
    const active: Active = { ...rule, left: rule.times ?? Number.POSITIVE_INFINITY, hits, count: 0 };
    const met = new Promise<void>((resolve) => hits.push(resolve));
    let letGo: () => void = () => undefined;
    this.#released.set(active, new Promise<void>((resolve) => (letGo = resolve)));
    this.#rules.push(active);
    return {
      met,
      count: () => active.count,
      release: () => {
        active.left = 0;
        letGo();
      },
    };
  }

  /** Calls that came, whatever became of them. */
  countOf(path: RegExp): number {
    return this.#asked.filter((url) => path.test(url)).length;
  }

  /** Calls that their cloud did not refuse, in the order of its answers. */
  carriedOut(path: RegExp): readonly CarriedOut[] {
    return this.#carriedOut.filter((call) => path.test(call.path));
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await this.#agent.destroy();
  }

  readonly #released = new Map<Active, Promise<void>>();

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.#asked.push(asked.url ?? '/');
    const body = await buffer(asked);
    const rule = this.#take(asked.url ?? '/');
    const fate = rule?.do;
    if (fate?.kind === 'refuse') {
      tell(rule);
      answer.writeHead(fate.status, { 'content-type': 'application/json' });
      answer.end(
        JSON.stringify(fate.body ?? { error: { code: 'Unavailable', message: 'refused by the yard' } }),
      );
      return;
    }
    if (fate?.kind === 'swallow') {
      tell(rule);
      return;
    }
    if (fate?.kind === 'slow') await wait(fate.ms);
    let forwarded = await this.#forward(asked, body);
    for (let sent = 1; fate?.kind === 'repeat' && sent < fate.times; sent += 1)
      forwarded = await this.#forward(asked, body);
    tell(rule);
    if (fate?.kind === 'lose') {
      asked.socket.resetAndDestroy();
      return;
    }
    if (fate?.kind === 'late') await wait(fate.ms);
    if (fate?.kind === 'hold' && rule !== undefined) await this.#released.get(rule);
    answer.writeHead(forwarded.status, { 'content-type': 'application/json' }).end(forwarded.text);
  }

  async #forward(asked: IncomingMessage, body: Buffer): Promise<{ status: number; text: string }> {
    const { authorization } = asked.headers;
    const call = { path: asked.url ?? '/', at: Date.now() };
    const answer = await request(`${this.#target}${asked.url ?? '/'}`, {
      dispatcher: this.#agent,
      method: (asked.method ?? 'GET') as 'GET',
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(body.length === 0 ? {} : { body }),
    });
    if (answer.statusCode < 300) this.#carriedOut.push(call);
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  #take(path: string): Active | undefined {
    const found = this.#rules.find(
      (rule) =>
        rule.left > 0 &&
        (rule.path?.test(path) ?? true) &&
        (rule.count === 0 || Math.random() < (rule.share ?? 1)),
    );
    if (found !== undefined) found.left -= 1;
    return found;
  }
}

function tell(rule: Active | undefined): void {
  if (rule === undefined) return;
  rule.count += 1;
  for (const hit of rule.hits) hit();
}
