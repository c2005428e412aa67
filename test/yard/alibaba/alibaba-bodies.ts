import { Balancer } from '../balancers/balancer.js';
import type { BalancerPool, BalancerRule, Forward } from '../balancers/balancer-state.js';
import { NameServer, type NameBook, type WeightedAddress } from '../names/name-server.js';
import type { AlibabaYardAdmin } from './alibaba-yard-admin.js';
import type { TrafficTruth } from './traffic-truth.js';

const LOOK_EVERY_MS = 20;

type Rule = TrafficTruth['listeners'][number]['rules'][number];
type Carried = Readonly<{ rules: readonly BalancerRule[]; forward: Forward }>;
type Followed = Readonly<{ body: Balancer; carriedBy: (truth: TrafficTruth) => Carried }>;

/** Nobody asks the simulator how long an answer may be kept: the yard's clients keep none. */
const TTL_SECONDS = 1;

/**
 * Bodies of the simulator's load balancers and names: what its books say is done to real requests and queries, and what
 * the bodies' own checks see of the members is told back to it.
 */
export class AlibabaBodies {
  #names: NameServer | undefined;
  readonly #followed: Followed[] = [];
  #looking: Promise<void> = Promise.resolve();
  readonly #told = new Map<string, boolean>();
  #stopped = false;

  /** What was answered at once is carried at once; what the cloud does later is looked for. */
  follow(truth: TrafficTruth): void {
    for (const { body, carriedBy } of this.#followed) {
      body.apply({ pools: poolsOf(truth), ...carriedBy(truth) });
    }
    this.#names?.apply(bookOf(truth));
  }

  /** Carries the requests of a listener from now on. Its address. */
  async carry(listenerId: string): Promise<string> {
    return await this.#carryBy((truth) => {
      const rules = truth.listeners.find(({ id }) => id === listenerId)?.rules ?? [];
      const catchAll = rules.find((rule) => matchOf(rule) === undefined);
      return {
        rules: rules.flatMap((rule) => matchOf(rule) ?? []),
        forward: catchAll === undefined ? [] : forwardOf(catchAll),
      };
    });
  }

  /** The same for a listener of a classic load balancer that leads to one server group. */
  async carryGroup(groupId: string): Promise<string> {
    return await this.#carryBy(() => ({ rules: [], forward: [{ pool: groupId, weight: 1 }] }));
  }

  /** Answers queries for names from now on. `address:port`, as resolvers take it. */
  async answerNames(): Promise<string> {
    this.#names = await NameServer.start();
    return this.#names.server;
  }

  start(admin: AlibabaYardAdmin): void {
    this.#looking = this.#look(admin);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
    await Promise.all(this.#followed.map(async ({ body }) => body.stop()));
    await this.#names?.stop();
  }

  async #carryBy(carriedBy: Followed['carriedBy']): Promise<string> {
    const body = await Balancer.start('127.0.0.1', 0);
    this.#followed.push({ body, carriedBy });
    return body.url;
  }

  async #look(admin: AlibabaYardAdmin): Promise<void> {
    while (!this.#stopped) {
      const truth = await admin.traffic();
      this.follow(truth);
      await this.#tellHealth(admin, poolsOf(truth));
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** One that was not checked yet is not healthy yet. */
  async #tellHealth(admin: AlibabaYardAdmin, pools: readonly BalancerPool[]): Promise<void> {
    const [watcher] = this.#followed;
    for (const member of pools.flatMap(({ members }) => members)) {
      const healthy = watcher?.body.health(member) === 'healthy';
      if (this.#told.get(member.id) === healthy) continue;
      this.#told.set(member.id, healthy);
      await admin.setHealth(member.address, member.port, healthy);
    }
  }
}

function poolsOf({ groups }: TrafficTruth): readonly BalancerPool[] {
  return Object.entries(groups).map(([name, members]) => ({
    name,
    members: members.map(({ address, port, weight }) => ({
      id: `${address}:${port}`,
      address,
      port,
      weight,
    })),
  }));
}

/** A name whose weights are switched off is answered with each of its records alike. */
function bookOf({ names }: TrafficTruth): NameBook {
  const book: Record<string, { ttlSeconds: number; addresses: WeightedAddress[] }> = {};
  for (const [key, { weighted, records }] of Object.entries(names)) {
    const [name = '', type] = key.split(' ');
    if (type !== 'A' && type !== 'AAAA') continue;
    const own = (book[name] ??= { ttlSeconds: TTL_SECONDS, addresses: [] });
    for (const { value, weight } of records) {
      own.addresses.push({ id: value, type, address: value, weight: weighted ? weight : 1 });
    }
  }
  return book;
}

function forwardOf({ actions }: Rule): Forward {
  const tuples = actions.flatMap(({ ForwardGroupConfig }) => ForwardGroupConfig?.ServerGroupTuples ?? []);
  return tuples.map(({ ServerGroupId, Weight }) => ({ pool: ServerGroupId, weight: Weight ?? 100 }));
}

/** Undefined for a rule that takes every request. */
function matchOf(rule: Rule): BalancerRule | undefined {
  for (const { HeaderConfig, SourceIpConfig } of rule.conditions) {
    const forward = forwardOf(rule);
    if (HeaderConfig !== undefined) {
      return { when: { header: HeaderConfig.Key, values: HeaderConfig.Values }, forward };
    }
    if (SourceIpConfig !== undefined) return { when: { sourceRanges: SourceIpConfig.Values }, forward };
  }
  return undefined;
}
