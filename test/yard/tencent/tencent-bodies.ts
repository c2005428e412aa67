import { Balancer } from '../balancers/balancer.js';
import type { BalancerMember } from '../balancers/balancer-state.js';
import { NameServer, type NameBook, type WeightedAddress } from '../names/name-server.js';
import type { TencentYardAdmin } from './tencent-yard-admin.js';
import type { YardTraffic } from './tencent-yard.js';

type Followed = Readonly<{ rule: string; body: Balancer }>;

const LOOK_EVERY_MS = 50;

/**
 * Bodies of the simulator's load balancers and names: what its books say is done to real requests and queries, and what
 * the bodies' own checks see of the targets is told back to it.
 */
export class TencentBodies {
  readonly names: NameServer;
  readonly #followed: Followed[] = [];
  readonly #told = new Map<string, boolean>();
  #said: YardTraffic = { balancers: [], names: [] };
  #timer: NodeJS.Timeout | undefined;

  private constructor(names: NameServer) {
    this.names = names;
  }

  static async start(): Promise<TencentBodies> {
    return new TencentBodies(await NameServer.start());
  }

  /** Carries the requests of a forwarding rule from now on. Its address. */
  async carry(rule: string): Promise<string> {
    const body = await Balancer.start('127.0.0.1', 0);
    this.#followed.push({ rule, body });
    return body.url;
  }

  follow(said: YardTraffic): void {
    this.#said = said;
    for (const { rule, body } of this.#followed) {
      const pool = { name: rule, members: this.#membersOf(rule) };
      body.apply({ pools: [pool], rules: [], forward: [{ pool: rule, weight: 1 }] });
    }
    this.names.apply(bookOf(said));
  }

  tellHealthTo(admin: TencentYardAdmin): void {
    this.#timer = setInterval(() => void this.#tell(admin).catch(() => undefined), LOOK_EVERY_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#followed.map(async ({ body }) => body.stop()));
    await this.names.stop();
  }

  async #tell(admin: TencentYardAdmin): Promise<void> {
    for (const { rule, body } of this.#followed) {
      for (const member of this.#membersOf(rule)) {
        const health = body.health(member);
        const alive = health === 'healthy';
        if (health === 'initial' || this.#told.get(member.id) === alive) continue;
        this.#told.set(member.id, alive);
        await admin.tellHealth(member.address, member.port, alive);
      }
    }
  }

  #membersOf(rule: string): readonly BalancerMember[] {
    return this.#said.balancers
      .flatMap(({ listeners }) => listeners.flatMap(({ rules }) => rules))
      .filter(({ id }) => id === rule)
      .flatMap(({ targets }) =>
        targets.map(({ ip, port, weight }) => ({ id: `${ip}:${port}`, address: ip, port, weight })),
      );
  }
}

/** Paused records answer nobody. A record without a weight counts as one with the least. */
function bookOf({ names }: YardTraffic): NameBook {
  const book: Record<string, { ttlSeconds: number; addresses: WeightedAddress[] }> = {};
  for (const { domain, name, type, value, ttl, weight, enabled } of names) {
    if (!enabled || (type !== 'A' && type !== 'AAAA')) continue;
    const own = (book[name === '@' ? domain : `${name}.${domain}`] ??= { ttlSeconds: ttl, addresses: [] });
    own.addresses.push({ id: value, type, address: value, weight: weight ?? 1 });
  }
  return book;
}
