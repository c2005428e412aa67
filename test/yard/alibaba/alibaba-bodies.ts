import { Balancer } from '../balancers/balancer.js';
import type { BalancerPool, BalancerRule, Forward } from '../balancers/balancer-state.js';
import type { AlibabaYardAdmin } from './alibaba-yard-admin.js';
import type { TrafficTruth } from './traffic-truth.js';

const LOOK_EVERY_MS = 20;

type Rule = TrafficTruth['listeners'][number]['rules'][number];
type Followed = Readonly<{ listenerId: string; body: Balancer }>;

/**
 * Bodies of the simulator's application load balancers: what its books say of a listener is done to real requests, and
 * what the bodies' own checks see of the members is told back to it.
 */
export class AlibabaBodies {
  readonly #followed: Followed[] = [];
  #looking: Promise<void> = Promise.resolve();
  readonly #told = new Map<string, boolean>();
  #stopped = false;

  constructor(private readonly admin: AlibabaYardAdmin) {}

  /** Carries the requests of a listener from now on. Its address. */
  async carry(listenerId: string): Promise<string> {
    const body = await Balancer.start('127.0.0.1', 0);
    this.#followed.push({ listenerId, body });
    return body.url;
  }

  start(): void {
    this.#looking = this.#look();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#looking;
    await Promise.all(this.#followed.map(async ({ body }) => body.stop()));
  }

  async #look(): Promise<void> {
    while (!this.#stopped) {
      const truth = await this.admin.traffic();
      for (const { listenerId, body } of this.#followed) {
        const rules = truth.listeners.find(({ id }) => id === listenerId)?.rules ?? [];
        const catchAll = rules.find((rule) => matchOf(rule) === undefined);
        body.apply({
          pools: poolsOf(truth),
          rules: rules.flatMap((rule) => matchOf(rule) ?? []),
          forward: catchAll === undefined ? [] : forwardOf(catchAll),
        });
      }
      await this.#tellHealth(poolsOf(truth));
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** One that was not checked yet is not healthy yet. */
  async #tellHealth(pools: readonly BalancerPool[]): Promise<void> {
    const [watcher] = this.#followed;
    for (const member of pools.flatMap(({ members }) => members)) {
      const healthy = watcher?.body.health(member) === 'healthy';
      if (this.#told.get(member.id) === healthy) continue;
      this.#told.set(member.id, healthy);
      await this.admin.setHealth(member.address, member.port, healthy);
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
