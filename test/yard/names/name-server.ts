import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { AUTHORITATIVE_ANSWER, decode, encode, type Answer, type DecodedPacket } from 'dns-packet';
import { WeightedTurns } from '../balancers/weighted-turns.js';

/** One address behind a name, answered as often as its weight says among those of its name and type. */
export type WeightedAddress = Readonly<{ id: string; type: 'A' | 'AAAA'; address: string; weight: number }>;

export type NameBook = Readonly<
  Record<string, Readonly<{ ttlSeconds: number; addresses: readonly WeightedAddress[] }>>
>;

const NAME_ERROR = 3;

/**
 * The body of a cloud's name service: answers real queries from its books, one address at a time, by weight. Where all
 * weights are 0 every address has the same chance, as Route 53 documents it.
 */
export class NameServer {
  #book: NameBook = {};
  readonly #turns = new WeightedTurns();

  private constructor(
    readonly address: string,
    readonly port: number,
    private readonly socket: Socket,
  ) {
    socket.on('message', (message, from) => this.#answer(message, from));
  }

  static async start(address = '127.0.0.1'): Promise<NameServer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(0, address, resolve);
    });
    return new NameServer(address, socket.address().port, socket);
  }

  /** `address:port`, as resolvers take it. */
  get server(): string {
    return `${this.address}:${this.port}`;
  }

  apply(book: NameBook): void {
    if (JSON.stringify(book) === JSON.stringify(this.#book)) return;
    this.#book = book;
    this.#turns.forget();
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(() => resolve()));
  }

  #answer(message: Buffer, from: RemoteInfo): void {
    const query = decode(message);
    const name = (query.questions?.[0]?.name ?? '').toLowerCase();
    const known = Object.hasOwn(this.#book, name);
    const answers = known ? this.#choose(name, query) : [];
    const answer = encode({
      type: 'response',
      id: query.id ?? 0,
      flags: AUTHORITATIVE_ANSWER | (known ? 0 : NAME_ERROR),
      questions: query.questions ?? [],
      answers,
    });
    this.socket.send(answer, from.port, from.address);
  }

  #choose(name: string, query: DecodedPacket): Answer[] {
    const wanted = query.questions?.[0]?.type;
    const { ttlSeconds = 0, addresses = [] } = this.#book[name] ?? {};
    const fitting = addresses.filter(({ type }) => type === wanted);
    const silent = fitting.every(({ weight }) => weight === 0);
    const candidates = silent ? fitting.map((one) => ({ ...one, weight: 1 })) : fitting;
    const chosen = this.#turns.next(candidates, ({ id, type }) => `${name} ${type} ${id}`);
    return chosen === undefined ? [] : [{ type: chosen.type, name, ttl: ttlSeconds, data: chosen.address }];
  }
}
