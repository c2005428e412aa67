import { SpringtideError, type Clock } from '@springtide/kernel';
import {
  SerialLanes,
  type CallOptions,
  type Page,
  type RouteCounters,
  type RouteMatch,
  type RouteMember,
  type RouteState,
  type TrafficFacet,
} from '@springtide/provider-kit';
import type { AlibabaAccount } from './account.js';
import { AlbRouteDriver } from './alb-route.js';
import { leftMs, type AlibabaApi } from './api.js';
import { DnsRouteDriver } from './dns-route.js';
import type { RouteDriver } from './route-driver.js';
import { SlbRouteDriver } from './slb-route.js';

/** The routes that the account lists, each on the product that its settings name. */
export class AlibabaTraffic implements TrafficFacet {
  readonly #drivers: ReadonlyMap<string, RouteDriver>;
  readonly #lanes = new SerialLanes();

  constructor(
    account: AlibabaAccount,
    api: AlibabaApi,
    private readonly clock: Clock,
  ) {
    this.#drivers = new Map(
      Object.entries(account.routes).map(([name, route]): [string, RouteDriver] => [
        name,
        driverOf(name, route, account, api, clock),
      ]),
    );
  }

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const items: RouteState[] = [];
    for (const driver of this.#drivers.values()) items.push(await driver.read(options));
    yield { items, complete: true };
  }

  async readRoute(route: string, options: CallOptions): Promise<RouteState> {
    return this.#driver(route).read(options);
  }

  async setMembers(
    route: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    return this.#change(route, options, async (driver) => driver.setMembers(group, members, options));
  }

  async setWeights(
    route: string,
    weights: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState> {
    return this.#change(route, options, async (driver) => driver.setWeights(weights, options));
  }

  async setMatches(route: string, matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    return this.#change(route, options, async (driver) => driver.setMatches(matches, options));
  }

  async readCounters(route: string, options: CallOptions): Promise<readonly RouteCounters[]> {
    return this.#driver(route).counters(options);
  }

  async #change<T>(
    route: string,
    options: CallOptions,
    work: (driver: RouteDriver) => Promise<T>,
  ): Promise<T> {
    const driver = this.#driver(route);
    return this.#lanes.run(route, async () => {
      // Waiting for the lane may outlast the deadline.
      if (leftMs(this.clock, options.deadline) > 0) return work(driver);
      throw new SpringtideError(
        'timeout',
        `the deadline passed before route "${route}" was changed; no traffic was moved`,
        { effect: 'none', retry: 'same' },
      );
    });
  }

  #driver(route: string): RouteDriver {
    const driver = this.#drivers.get(route);
    if (driver !== undefined) return driver;
    throw new SpringtideError(
      'not-found',
      `this Alibaba Cloud account has no route "${route}"; no traffic was moved`,
      { nextStep: `Known routes: ${[...this.#drivers.keys()].join(', ') || 'none'}.` },
    );
  }
}

function driverOf(
  name: string,
  route: AlibabaAccount['routes'][string],
  account: AlibabaAccount,
  api: AlibabaApi,
  clock: Clock,
): RouteDriver {
  switch (route.kind) {
    case 'alb':
      return new AlbRouteDriver(name, route, api, clock);
    case 'slb':
      return new SlbRouteDriver(name, route, api, clock);
    case 'dns':
      return new DnsRouteDriver(name, route, api, account.regions[0] ?? '');
  }
}
