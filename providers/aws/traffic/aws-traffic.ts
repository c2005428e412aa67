import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import {
  SerialLanes,
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
import type { AwsAccount, ListenerRoute } from '../account.js';
import type { AwsApi } from '../aws-api.js';
import type { BalancerApi } from './balancer-api.js';
import { ListenerChange } from './listener-change.js';
import { readMatches, setMatches } from './listener-matches.js';
import { isLeftover, readListener, type LiveListener } from './listener-state.js';
import { toShares } from './listener-weights.js';

/** Routes of an AWS account: what is asked is written to Elastic Load Balancing, and what it says is read back. */
export class AwsTraffic implements TrafficFacet {
  readonly #lanes = new SerialLanes();

  constructor(
    private readonly account: AwsAccount,
    private readonly ec2: AwsApi,
    private readonly api: BalancerApi,
    private readonly clock: Clock,
  ) {}

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const names = Object.keys(this.account.routes);
    yield {
      items: await Promise.all(names.map(async (name) => this.readRoute(name, options))),
      complete: true,
    };
  }

  async readRoute(name: string, options: CallOptions): Promise<RouteState> {
    const route = this.#route(name);
    return this.#state(name, route, await this.#read(name, route, options), options);
  }

  /** Request counts of AWS come with its metrics, minutes late: nothing that a shift could be judged by. */
  async readCounters(name: string): Promise<readonly RouteCounters[]> {
    this.#route(name);
    return [];
  }

  async setMembers(
    name: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    checkRouteMembers(group, members);
    await this.#change(name, options, async (change) => change.setMembers(group, members));
  }

  async setWeights(
    name: string,
    weights: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState> {
    checkRouteShares(weights);
    await this.#change(name, options, async (change) => change.setWeights(weights));
    return this.readRoute(name, options);
  }

  async setMatches(name: string, matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    const route = this.#route(name);
    await this.#lanes.run(name, async () => {
      const live = await this.#read(name, route, options);
      await setMatches(this.api, { name, route, live, at: scopeOf(route, options) }, matches);
    });
    return this.readRoute(name, options);
  }

  async #change(
    name: string,
    options: CallOptions,
    work: (change: ListenerChange) => Promise<void>,
  ): Promise<void> {
    const route = this.#route(name);
    await this.#lanes.run(name, async () => {
      const live = await this.#read(name, route, options);
      const at = scopeOf(route, options);
      const leftMs = (): number => parseInstant(options.deadline).getTime() - this.clock.now().getTime();
      await work(new ListenerChange(this.api, this.ec2, this.clock, { name, route, live, at, leftMs }));
    });
  }

  async #read(name: string, route: ListenerRoute, options: CallOptions): Promise<LiveListener> {
    return readListener(this.api, name, route, scopeOf(route, options));
  }

  async #state(
    name: string,
    route: ListenerRoute,
    live: LiveListener,
    options: CallOptions,
  ): Promise<RouteState> {
    const shares = toShares(Object.fromEntries(live.groups.map(({ arn, weight }) => [arn, weight ?? 0])));
    const groups = live.groups.filter((group) => !isLeftover(group));
    return {
      name,
      entrance: route.entrance ?? (await this.#entranceOf(route, live, options)),
      groups: groups.map(({ name: group, arn, targets }) => ({
        name: group,
        weight: shares[arn] ?? 0,
        members: targets.map(({ id, address, port, health }) => {
          const draining = health === 'draining';
          return { id, address, port, healthy: health === 'healthy', draining, activeConnections: null };
        }),
      })),
      matches: readMatches(name, live),
    };
  }

  async #entranceOf(route: ListenerRoute, live: LiveListener, options: CallOptions): Promise<string> {
    const balancer = await this.api.loadBalancer(scopeOf(route, options), live.loadBalancerArn);
    const scheme = live.protocol === 'HTTPS' ? 'https' : 'http';
    return `${scheme}://${balancer?.DNSName ?? 'unknown'}:${live.port}`;
  }

  #route(name: string): ListenerRoute {
    const route = this.account.routes[name];
    if (route !== undefined) return route;
    const known = Object.keys(this.account.routes).join(', ');
    throw new SpringtideError('not-found', `this AWS account has no route "${name}"; no traffic was moved`, {
      nextStep: `Known routes: ${known === '' ? 'none' : known}.`,
    });
  }
}

function scopeOf({ region }: ListenerRoute, { deadline }: CallOptions) {
  return { region, deadline };
}
