import type { CallOptions, Page } from '../contract/compute.js';
import type { CloudOperation } from '../contract/rates.js';
import type { RouteCounters, RouteMember, RouteState, TrafficFacet } from '../contract/traffic.js';
import { checkRouteMembers, checkRouteName, checkRouteShares } from '../traffic/route-input.js';
import type { CallControl, CallKind, CallRunner } from './call-runner.js';
import { guardedListing, listingCall } from './listing.js';

/** A proxy has no regions; its calls share one budget. */
const EVERYWHERE = 'all';

/** Routes of one proxy or load balancer. */
export class TrafficClient {
  readonly #facet: TrafficFacet;
  readonly #runner: CallRunner;

  constructor(facet: TrafficFacet, runner: CallRunner) {
    this.#facet = facet;
    this.#runner = runner;
  }

  listRoutes(control?: CallControl): AsyncIterable<Page<RouteState>> {
    const call = listingCall(this.#runner, 'listRoutes', EVERYWHERE, control);
    return guardedListing(this.#runner, call, (options) => this.#facet.listRoutes(options));
  }

  async readRoute(route: string, control?: CallControl): Promise<RouteState> {
    return this.#run('readRoute', 'read', control, async (options) => this.#facet.readRoute(route, options));
  }

  async setMembers(
    route: string,
    group: string,
    members: readonly RouteMember[],
    control?: CallControl,
  ): Promise<void> {
    checkRouteName('route', route);
    checkRouteMembers(group, members);
    await this.#run('setMembers', 'mutate', control, async (options) =>
      this.#facet.setMembers(route, group, members, options),
    );
  }

  async setWeights(
    route: string,
    weights: Readonly<Record<string, number>>,
    control?: CallControl,
  ): Promise<RouteState> {
    checkRouteName('route', route);
    checkRouteShares(weights);
    return this.#run('setWeights', 'mutate', control, async (options) =>
      this.#facet.setWeights(route, weights, options),
    );
  }

  async readCounters(route: string, control?: CallControl): Promise<readonly RouteCounters[]> {
    return this.#run('readCounters', 'read', control, async (options) =>
      this.#facet.readCounters(route, options),
    );
  }

  async #run<T>(
    operation: CloudOperation,
    kind: CallKind,
    control: CallControl | undefined,
    send: (options: CallOptions) => Promise<T>,
  ): Promise<T> {
    const deadline = this.#runner.deadline(kind, control);
    const call = { operation, kind, region: EVERYWHERE, deadline, priority: control?.priority };
    return this.#runner.run(call, send);
  }
}
