import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import {
  SerialLanes,
  checkRouteMatches,
  checkRouteMembers,
  checkRouteShares,
  type CallOptions,
  type Page,
  type RouteCounters,
  type RouteMatch,
  type RouteMember,
  type RouteState,
  type TrafficFacet,
} from '@springtide/provider-kit';
import type { GatewayRoute, KubernetesAccount } from './account.js';
import { weightOf, type DesiredRoute } from './gateway-objects.js';
import type { GatewayStore, LiveRoute } from './gateway-store.js';
import type { TraefikCounters } from './traefik-counters.js';

const ALL = 100;

/**
 * Routes of the Gateway API: a group is a Service, its share the weight of a backend. What is live is what the
 * Gateway's controller says it has accepted.
 */
export class KubernetesTraffic implements TrafficFacet {
  readonly #lanes = new SerialLanes();

  constructor(
    private readonly account: KubernetesAccount,
    private readonly store: GatewayStore,
    private readonly counters: TraefikCounters | undefined,
    private readonly clock: Clock,
  ) {}

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const names = Object.keys(this.account.routes);
    const items = await Promise.all(names.map(async (name) => this.readRoute(name, options)));
    yield { items, complete: true };
  }

  async readRoute(name: string, options: CallOptions): Promise<RouteState> {
    const route = this.#settings(name);
    return toState(name, route, await this.store.read(name, route, options));
  }

  async setMembers(
    name: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    checkRouteMembers(group, members);
    await this.#change(name, options, async (route) => {
      if (route.services[group] !== undefined) throw podsDecide(name, group);
      const live = await this.store.read(name, route, options);
      if (members.length === 0) return this.#empty(name, route, group, live, options);
      const leaving = (live.members.get(group) ?? []).length > 0;
      await this.store.writeMembers(name, route, group, members, options);
      if (live.desired.weights.has(group)) {
        if (leaving) await this.#applied(options);
        return undefined;
      }
      const joined = (now: DesiredRoute): DesiredRoute => ({
        ...now,
        weights: new Map([...now.weights, [group, now.weights.get(group) ?? 0] as const]),
      });
      await this.#write(name, route, joined, options);
      return undefined;
    });
  }

  async setWeights(
    name: string,
    shares: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState> {
    checkRouteShares(shares);
    return this.#change(name, options, async (route) => {
      const live = await this.store.read(name, route, options);
      for (const [group, share] of Object.entries(shares)) {
        if (share > 0) refuseNothing(name, group, live);
      }
      const shared = (now: DesiredRoute): DesiredRoute => {
        const groups = new Set([...now.weights.keys(), ...Object.keys(shares)]);
        const known = [...groups].filter((group) => now.weights.has(group) || isKnown(route, live, group));
        return { ...now, weights: new Map(known.map((group) => [group, weightOf(shares[group] ?? 0)])) };
      };
      await this.#write(name, route, shared, options);
      return this.readRoute(name, options);
    });
  }

  async setMatches(name: string, matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    checkRouteMatches(matches);
    const bySource = matches.find(({ when }) => !('header' in when));
    if (bySource !== undefined) {
      throw new SpringtideError(
        'unsupported',
        `match "${bySource.name}" of route "${name}" needs the address of the client, which the Gateway API cannot match; no traffic was moved`,
      );
    }
    return this.#change(name, options, async (route) => {
      const live = await this.store.read(name, route, options);
      for (const { group } of matches) refuseNothing(name, group, live);
      await this.#write(name, route, (now) => ({ ...now, matches }), options);
      return this.readRoute(name, options);
    });
  }

  async readCounters(name: string, options: CallOptions): Promise<readonly RouteCounters[]> {
    const route = this.#settings(name);
    if (this.counters !== undefined) return this.counters.read(name, route, options);
    throw new SpringtideError(
      'unsupported',
      'the Gateway API counts no requests, and this account names no metrics of its data plane',
      { nextStep: 'Enter traefikMetricsUrl in the account.' },
    );
  }

  /** First the share goes to those who are left, then the members. */
  async #empty(
    name: string,
    route: GatewayRoute,
    group: string,
    live: LiveRoute,
    options: CallOptions,
  ): Promise<void> {
    if (live.desired.weights.has(group)) {
      const left = (now: DesiredRoute): DesiredRoute => ({
        weights: new Map([...now.weights].filter(([each]) => each !== group)),
        matches: now.matches.filter((match) => match.group !== group),
      });
      await this.#write(name, route, left, options);
    }
    await this.store.removeMembers(name, route, group, options);
  }

  async #write(
    name: string,
    route: GatewayRoute,
    change: (now: DesiredRoute) => DesiredRoute,
    options: CallOptions,
  ): Promise<void> {
    if (await this.store.changeRoute(name, route, change, options)) await this.#applied(options);
  }

  /** The data plane follows its controller after a while, and nothing tells when it has. */
  async #applied(options: CallOptions): Promise<void> {
    await this.clock.sleep(Math.min(this.account.appliesWithinMs, Math.max(0, this.#leftMs(options))));
  }

  #leftMs(options: CallOptions): number {
    return parseInstant(options.deadline).getTime() - this.clock.now().getTime();
  }

  #settings(name: string): GatewayRoute {
    const route = this.account.routes[name];
    if (route) return route;
    throw new SpringtideError('not-found', `this account has no route "${name}"; no traffic was moved`, {
      nextStep: `Known routes: ${Object.keys(this.account.routes).join(', ') || 'none'}.`,
    });
  }

  async #change<T>(
    name: string,
    options: CallOptions,
    work: (route: GatewayRoute) => Promise<T>,
  ): Promise<T> {
    const route = this.#settings(name);
    return this.#lanes.run(name, async () => {
      if (this.#leftMs(options) > 0) return work(route);
      throw new SpringtideError(
        'timeout',
        `the deadline passed before route "${name}" was changed; no traffic was moved`,
        { effect: 'none' },
      );
    });
  }
}

function toState(name: string, route: GatewayRoute, { desired, members }: LiveRoute): RouteState {
  const sum = [...desired.weights.values()].reduce((total, weight) => total + weight, 0);
  return {
    name,
    entrance: route.entrance,
    groups: [...new Set([...desired.weights.keys(), ...members.keys()])].map((group) => ({
      name: group,
      weight: sum === 0 ? 0 : ((desired.weights.get(group) ?? 0) / sum) * ALL,
      members: members.get(group) ?? [],
    })),
    matches: desired.matches,
  };
}

function isKnown(route: GatewayRoute, live: LiveRoute, group: string): boolean {
  return live.desired.weights.has(group) || live.members.has(group) || route.services[group] !== undefined;
}

function refuseNothing(name: string, group: string, live: LiveRoute): void {
  const healthy = (live.members.get(group) ?? []).some((member) => member.healthy && !member.draining);
  if (healthy) return;
  throw new SpringtideError(
    'failed-precondition',
    `group "${group}" of route "${name}" has no member that is ready; no traffic was moved`,
    { nextStep: 'Wait until a member is ready, or leave the group out.' },
  );
}

function podsDecide(name: string, group: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the members of group "${group}" of route "${name}" are the pods of its Service; they were not changed`,
    { nextStep: 'Scale the workload behind the Service.' },
  );
}
