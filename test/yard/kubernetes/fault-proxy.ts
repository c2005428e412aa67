import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Agent, request } from 'undici';
import { freePort } from '../tools/free-port.js';

export type Fault = Readonly<{
  /** `change`: anything but a read or a question about ourselves. `page`: a later page of a listing. */
  on: 'change' | 'read' | 'page';
  /** `lose`: the cluster does it, and the connection ends without an answer. Otherwise the answer itself. */
  do: 'lose' | Readonly<{ status: number; reason: string; retryAfter?: number }>;
  times: number;
}>;

/** Headers that belong to one connection, or that the other side sets itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
]);

/** Stands between a client and the API server, with the server's own certificate, and does what we tell it. */
export class FaultProxy {
  readonly #agent: Agent;
  readonly #sockets = new Set<Socket>();
  #faults: Fault[] = [];
  /** Added to the clock that the answers tell. */
  skewMs = 0;

  private constructor(
    readonly url: string,
    private readonly target: string,
    private readonly server: Server,
    ca: string,
  ) {
    this.#agent = new Agent({ connect: { ca }, connections: 32 });
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
      this.#serve(asked, answer).catch(() => answer.destroy());
    });
  }

  static async start(target: string, folder: string): Promise<FaultProxy> {
    const read = async (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
    const port = await freePort();
    const server = createServer({ key: await read('apiserver.key'), cert: await read('apiserver.crt') });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    return new FaultProxy(`https://127.0.0.1:${port}`, target, server, await read('ca.crt'));
  }

  add(fault: Fault): void {
    this.#faults.push(fault);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await this.#agent.destroy();
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(asked);
    const fault = this.#take(asked);
    if (fault !== undefined && fault.do !== 'lose') return this.#refuse(answer, fault.do);
    const forwarded = await request(`${this.target}${asked.url ?? '/'}`, {
      dispatcher: this.#agent,
      method: (asked.method ?? 'GET') as 'GET',
      headers: Object.fromEntries(
        Object.entries(asked.headers).filter(
          ([name, value]) => !OWN_HEADERS.has(name) && value !== undefined,
        ),
      ),
      ...(body.length === 0 ? {} : { body }),
    });
    const text = await forwarded.body.text();
    if (fault !== undefined) {
      asked.socket.resetAndDestroy();
      return;
    }
    const retryAfter = forwarded.headers['retry-after'];
    answer.writeHead(forwarded.statusCode, {
      'content-type': 'application/json',
      date: new Date(Date.now() + this.skewMs).toUTCString(),
      ...(typeof retryAfter === 'string' ? { 'retry-after': retryAfter } : {}),
    });
    answer.end(text);
  }

  #refuse(answer: ServerResponse, { status, reason, retryAfter }: Exclude<Fault['do'], 'lose'>): void {
    answer.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
    const message = `the yard refuses this call (${reason})`;
    answer.end(
      JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message }),
    );
  }

  #take(asked: IncomingMessage): Fault | undefined {
    const kind = kindOf(asked);
    const found = this.#faults.find(({ on }) => on === kind || (on === 'read' && kind === 'page'));
    if (found === undefined) return undefined;
    this.#faults = this.#faults.flatMap((fault) => {
      if (fault !== found) return [fault];
      return fault.times > 1 ? [{ ...fault, times: fault.times - 1 }] : [];
    });
    return found;
  }
}

function kindOf({ method, url = '' }: IncomingMessage): Fault['on'] | 'question' {
  if (url.includes('/selfsubject')) return 'question';
  if (method !== 'GET') return 'change';
  return url.includes('continue=') ? 'page' : 'read';
}
