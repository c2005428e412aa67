import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { CapacityMeter, type MachineCapacity } from './capacity.js';

export type MachineIdentity = Readonly<{ id: string; source: string; machineType: string }>;

/** Longer than a proxy keeps an idle connection, so that a reused one is never just closed. */
const KEEP_ALIVE_MS = 75_000;

/** The service on one machine: an HTTP server with the capacity of its machine type. `/healthz` costs nothing. */
export class AnsweringMachine {
  readonly #meter: CapacityMeter;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answer: string;

  constructor(identity: MachineIdentity, capacity: MachineCapacity) {
    this.#meter = new CapacityMeter(capacity);
    this.#answer = JSON.stringify({
      machine: identity.id,
      type: identity.machineType,
      cloud: identity.source,
    });
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) =>
      this.#serve(request, response),
    );
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get served(): number {
    return this.#meter.served;
  }

  get refused(): number {
    return this.#meter.refused;
  }

  async start(address: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, address, () => {
        this.#server.removeListener('error', reject);
        resolve();
      });
    });
  }

  /** As when power goes: connections break, running requests included. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.resetAndDestroy();
    await closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    if (request.url === '/healthz') {
      send(response, 200, '{"status":"ok"}');
      return;
    }
    const admission = this.#meter.admit(performance.now());
    if (admission === undefined) {
      send(response, 503, '{"error":"this machine is at its capacity"}');
      return;
    }
    setTimeout(() => send(response, 200, this.#answer), admission.delayMs).unref();
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
