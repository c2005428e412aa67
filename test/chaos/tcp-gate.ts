import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * `open`: as if it were not there. `closed`: nobody answers, and what was open is cut. `dark`: connections stand, and
 * nothing passes, in no direction. `deaf`: what is asked arrives, and no answer comes back.
 */
export type GateState = 'open' | 'closed' | 'dark' | 'deaf';

/** Stands before a server and is the network between it and one kind of its clients. */
export class TcpGate {
  readonly #sockets = new Set<Socket>();
  #state: GateState = 'open';
  /** Added to the way back of every packet. */
  #delayMs = 0;

  private constructor(
    readonly port: number,
    private readonly target: number,
    private readonly server: Server,
  ) {
    server.on('connection', (client) => this.#connect(client));
  }

  static async start(target: number): Promise<TcpGate> {
    const server = createServer({ pauseOnConnect: false });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    return new TcpGate((server.address() as AddressInfo).port, target, server);
  }

  set(state: GateState): void {
    this.#state = state;
    if (state === 'closed') for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  delay(ms: number): void {
    this.#delayMs = ms;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #connect(client: Socket): void {
    if (this.#state === 'closed') {
      client.resetAndDestroy();
      return;
    }
    const server = connect(this.target, '127.0.0.1');
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    }
    client.on('data', (data) => {
      if (this.#state === 'open' || this.#state === 'deaf') server.write(data);
    });
    server.on('data', (data) => {
      if (this.#state !== 'open') return;
      if (this.#delayMs === 0) client.write(data);
      else setTimeout(() => client.write(data), this.#delayMs);
    });
    // What was swallowed in the dark is missing for ever: such a connection must not go on as if nothing had been.
    client.once('close', () => server.destroy());
    server.once('close', () => client.destroy());
  }
}
