import { SpringtideError, type Clock } from '@springtide/kernel';
import {
  SerialLanes,
  checkRouteMembers,
  checkRouteShares,
  type CallOptions,
  type Page,
  type RouteCounters,
  type RouteMember,
  type RouteState,
  type TrafficFacet,
} from '@springtide/provider-kit';
import type { TencentAccount } from './account.js';
import { BalancedRouteDriver } from './balanced-route.js';
import { NamedRouteDriver } from './named-route.js';
import type { RouteDriver } from './route-driver.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

type OpenRoute = Readonly<{ driver: RouteDriver; region: string; lane: string }>;

/** The routes that the account's settings name: CLB listeners or rules, and DNSPod names. */
export class TencentTraffic implements TrafficFacet {
  readonly #lanes = new SerialLanes();
  readonly #routes: ReadonlyMap<string, OpenRoute>;

  constructor(account: TencentAccount, api: TencentApi, clock: Clock) {
    const [home = ''] = account.regions;
    this.#routes = new Map(
      Object.entries(account.routes).map(([name, route]) => [
        name,
        route.kind === 'name'
          ? { driver: new NamedRouteDriver(name, route, api), region: home, lane: route.domain }
          : {
              driver: new BalancedRouteDriver(name, route, api, clock),
              region: route.region,
              // CLB works on one change of a load balancer at a time, and refuses a second.
              lane: route.loadBalancer,
            },
      ]),
    );
  }

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const items: RouteState[] = [];
    for (const name of this.#routes.keys()) items.push(await this.readRoute(name, options));
    yield { items, complete: true };
  }

  async readRoute(route: string, options: CallOptions): Promise<RouteState> {
    const { driver, region } = this.#open(route);
    return driver.read({ region, ...options });
  }

  async setMembers(
    route: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    checkRouteMembers(group, members);
    await this.#change(route, options, (driver, at) => driver.setMembers(group, members, at));
  }

  async setWeights(
    route: string,
    weights: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState> {
    checkRouteShares(weights);
    return this.#change(route, options, (driver, at) => driver.setWeights(weights, at));
  }

  /** None: the cloud tells requests per target minutes later, too late for the gate of a step. */
  async readCounters(route: string): Promise<readonly RouteCounters[]> {
    this.#open(route);
    return [];
  }

  async #change<T>(
    route: string,
    options: CallOptions,
    work: (driver: RouteDriver, at: TencentScope) => Promise<T>,
  ): Promise<T> {
    const { driver, region, lane } = this.#open(route);
    return this.#lanes.run(lane, async () => work(driver, { region, ...options }));
  }

  #open(route: string): OpenRoute {
    const open = this.#routes.get(route);
    if (open !== undefined) return open;
    throw new SpringtideError(
      'not-found',
      `this Tencent Cloud account has no route "${route}"; no traffic was moved`,
      { nextStep: `Known routes: ${[...this.#routes.keys()].join(', ') || 'none'}.` },
    );
  }
}
