import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { BlockList, isIPv6, type AddressInfo } from 'node:net';
import {
  NOTHING,
  type BalancerMember,
  type BalancerRule,
  type BalancerState,
  type Forward,
  type MemberHealth,
  type PoolCounters,
} from './balancer-state.js';
import { HealthChecks, type HealthPolicy } from './health-checks.js';
import { WeightedTurns } from './weighted-turns.js';

const YARD_HEALTH: HealthPolicy = { path: '/healthz', everyMs: 200, timeoutMs: 1_000, rise: 2, fall: 2 };

/**
 * The body of a cloud's load balancer: what a simulated control plane says of a listener is done to real requests.
 *
 * Like the clouds' own: a pool keeps its share even when nobody in it is healthy (all its members are tried then), a pool
 * without members answers 503, a failed connection is a 502 and is not tried elsewhere, a removed member finishes what
 * it has begun.
 */
export class Balancer {
  #state: BalancerState = NOTHING;
  #server: Server | undefined;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #checks: HealthChecks;
  readonly #pools = new WeightedTurns();
  readonly #members = new WeightedTurns();
  readonly #counters = new Map<string, { requests: number; errors: number }>();

  private constructor(
    readonly host: string,
    public port: number,
    health: HealthPolicy,
  ) {
    this.#checks = new HealthChecks(health);
  }

  /** Port 0: any free one. */
  static async start(host: string, port: number, health: Partial<HealthPolicy> = {}): Promise<Balancer> {
    const balancer = new Balancer(host, port, { ...YARD_HEALTH, ...health });
    await balancer.#listen();
    return balancer;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  /** Absolute: from the next request on the balancer carries exactly this. */
  apply(state: BalancerState): void {
    if (JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#pools.forget();
    this.#members.forget();
    this.#checks.watch(state.pools.flatMap(({ members }) => members));
  }

  health(member: BalancerMember): MemberHealth {
    return this.#checks.of(member);
  }

  counters(pool: string): PoolCounters {
    return { ...(this.#counters.get(pool) ?? { requests: 0, errors: 0 }) };
  }

  async stop(): Promise<void> {
    this.#checks.stop();
    this.#agent.destroy();
    const server = this.#server;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async #listen(): Promise<void> {
    const server = createServer({ keepAliveTimeout: 60_000 }, (asked, answer) => this.#carry(asked, answer));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, this.host, resolve);
    });
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  #carry(asked: IncomingMessage, answer: ServerResponse): void {
    const chosen = this.#choose(asked);
    if (chosen === undefined) {
      answer.writeHead(503).end('no server is behind this load balancer\n');
      return;
    }
    const { pool, member } = chosen;
    const onward = request(
      {
        host: member.address,
        port: member.port,
        method: asked.method,
        path: asked.url,
        headers: asked.headers,
        agent: this.#agent,
      },
      (came) => {
        this.#count(pool, (came.statusCode ?? 500) >= 500);
        answer.writeHead(came.statusCode ?? 502, came.headers);
        came.pipe(answer);
      },
    );
    onward.on('error', () => {
      this.#count(pool, true);
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end('the server behind this load balancer did not answer\n');
    });
    asked.pipe(onward);
  }

  #choose(asked: IncomingMessage): Readonly<{ pool: string; member: BalancerMember }> | undefined {
    const rule = this.#state.rules.find((one) => fits(one, asked));
    const forward: Forward = rule?.forward ?? this.#state.forward;
    const pool = this.#pools.next(forward, (one) => one.pool)?.pool;
    const members = this.#state.pools.find(({ name }) => name === pool)?.members ?? [];
    const healthy = members.filter((member) => this.health(member) === 'healthy');
    const open = healthy.some(({ weight }) => weight > 0) ? healthy : members;
    const member = this.#members.next(open, ({ id }) => `${pool} ${id}`);
    return pool === undefined || member === undefined ? undefined : { pool, member };
  }

  #count(pool: string, failed: boolean): void {
    const counters = this.#counters.get(pool) ?? { requests: 0, errors: 0 };
    counters.requests += 1;
    if (failed) counters.errors += 1;
    this.#counters.set(pool, counters);
  }
}

function fits({ when }: BalancerRule, asked: IncomingMessage): boolean {
  if ('header' in when) {
    const value = asked.headers[when.header.toLowerCase()];
    return [value].flat().some((one) => one !== undefined && when.values.includes(one));
  }
  const source = (asked.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const ranges = new BlockList();
  for (const range of when.sourceRanges) {
    const [network = '', prefix] = range.split('/');
    const family = isIPv6(network) ? 'ipv6' : 'ipv4';
    ranges.addSubnet(network, Number(prefix ?? (family === 'ipv6' ? 128 : 32)), family);
  }
  return ranges.check(source, isIPv6(source) ? 'ipv6' : 'ipv4');
}
