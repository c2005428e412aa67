import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RouteMember } from '../../contract/traffic.js';

const PORT_TRIES = 20;
let nextHost = 1;

/** A small machine that answers with its own id; `GET /slow?ms=…` answers late. */
export class AnsweringMember {
  readonly member: RouteMember;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  private constructor(
    readonly group: string,
    member: RouteMember,
  ) {
    this.member = member;
  }

  /** On a port of its own, unless one is given that all share. */
  static async start(group: string, id: string, shared?: number): Promise<AnsweringMember> {
    const host = nextHost++;
    const address = `127.${77 + (process.pid % 100)}.${Math.floor(host / 250)}.${(host % 250) + 1}`;
    for (let attempt = 1; ; attempt += 1) {
      const port = shared ?? 20_000 + Math.floor(Math.random() * 20_000);
      const candidate = new AnsweringMember(group, { id, address, port });
      try {
        await candidate.up();
        return candidate;
      } catch (thrown) {
        if (attempt === PORT_TRIES) throw thrown;
      }
    }
  }

  /** A member at an address where nobody listens. */
  static async dead(group: string, id: string, shared?: number): Promise<AnsweringMember> {
    const member = await AnsweringMember.start(group, id, shared);
    await member.down();
    return member;
  }

  async up(): Promise<void> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://member');
      const delayMs = Number(url.searchParams.get('ms') ?? 0);
      if (delayMs > 0) setTimeout(() => this.#answer(response), delayMs);
      else this.#answer(response);
    });
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.member.port, this.member.address, resolve);
    });
    this.#server = server;
  }

  /** As when the machine is switched off: no new connection, open ones reset. */
  async down(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  #answer(response: ServerResponse): void {
    const body = `${this.group}/${this.member.id}`;
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': body.length });
    response.end(body);
  }
}
