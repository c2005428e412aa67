import { SpringtideError } from '@springtide/kernel';
import type { CallOptions, Page } from '../contract/compute.js';
import type { CloudOperation } from '../contract/rates.js';
import type { ProviderManifest } from '../contract/session.js';
import type {
  RouteCounters,
  RouteMatch,
  RouteMember,
  RouteState,
  TrafficFacet,
} from '../contract/traffic.js';
import {
  checkRouteMatches,
  checkRouteMembers,
  checkRouteName,
  checkRouteShares,
} from '../traffic/route-input.js';
import type { CallControl, CallKind, CallRunner } from './call-runner.js';
import { guardedListing, listingCall } from './listing.js';

/** A proxy has no regions; its calls share one budget. */
const EVERYWHERE = 'all';

/** Routes of one proxy or load balancer. */
export class TrafficClient {
  readonly #facet: TrafficFacet;
  readonly #manifest: ProviderManifest;
  readonly #runner: CallRunner;

  constructor(facet: TrafficFacet, manifest: ProviderManifest, runner: CallRunner) {
    this.#facet = facet;
    this.#manifest = manifest;
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

  /** @throws unsupported, naming the reason, for a kind of match that the product cannot do. */
  async setMatches(
    route: string,
    matches: readonly RouteMatch[],
    control?: CallControl,
  ): Promise<RouteState> {
    checkRouteName('route', route);
    checkRouteMatches(matches);
    this.#requireMatching(matches);
    return this.#run('setMatches', 'mutate', control, async (options) => {
      if (this.#facet.setMatches === undefined) throw this.#cannotMatch('not implemented');
      return this.#facet.setMatches(route, matches, options);
    });
  }

  async readCounters(route: string, control?: CallControl): Promise<readonly RouteCounters[]> {
    return this.#run('readCounters', 'read', control, async (options) =>
      this.#facet.readCounters(route, options),
    );
  }

  /** To take matches away, any of the two kinds will do. */
  #requireMatching(matches: readonly RouteMatch[]): void {
    const { matchBySource, matchByHeader } = this.#manifest.capabilities;
    const kinds = matches.map(({ when }) => ('header' in when ? matchByHeader : matchBySource));
    const either = matchBySource?.supported === true ? matchBySource : matchByHeader;
    for (const kind of matches.length === 0 ? [either] : kinds) {
      if (kind?.supported === true) continue;
      throw this.#cannotMatch(kind?.reason ?? 'its manifest does not say that it can');
    }
  }

  #cannotMatch(reason: string): SpringtideError {
    return new SpringtideError(
      'unsupported',
      `${this.#manifest.title} cannot match requests in this way: ${reason}; the route was not changed`,
      { effect: 'none' },
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
