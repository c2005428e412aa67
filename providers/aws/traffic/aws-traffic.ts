import { SpringtideError } from '@springtide/kernel';
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
import type { Entrance } from './entrance.js';

/** The routes of an AWS account: listeners of load balancers, and weighted names. */
export class AwsTraffic implements TrafficFacet {
  readonly #lanes = new SerialLanes();

  constructor(private readonly entrances: ReadonlyMap<string, Entrance>) {}

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const states = [...this.entrances.values()].map(async (entrance) => entrance.read(options));
    yield { items: await Promise.all(states), complete: true };
  }

  async readRoute(name: string, options: CallOptions): Promise<RouteState> {
    return this.#entrance(name).read(options);
  }

  /** Request counts of AWS come with its metrics, minutes late: nothing that a shift could be judged by. */
  async readCounters(name: string): Promise<readonly RouteCounters[]> {
    this.#entrance(name);
    return [];
  }

  async setMembers(
    name: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    checkRouteMembers(group, members);
    const entrance = this.#entrance(name);
    await this.#lanes.run(name, async () => entrance.setMembers(group, members, options));
  }

  async setWeights(
    name: string,
    weights: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState> {
    checkRouteShares(weights);
    const entrance = this.#entrance(name);
    return this.#lanes.run(name, async () => {
      await entrance.setWeights(weights, options);
      return entrance.read(options);
    });
  }

  async setMatches(name: string, matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    const entrance = this.#entrance(name);
    return this.#lanes.run(name, async () => {
      await entrance.setMatches(matches, options);
      return entrance.read(options);
    });
  }

  #entrance(name: string): Entrance {
    const entrance = this.entrances.get(name);
    if (entrance !== undefined) return entrance;
    const known = [...this.entrances.keys()].join(', ');
    throw new SpringtideError('not-found', `this AWS account has no route "${name}"; no traffic was moved`, {
      nextStep: `Known routes: ${known === '' ? 'none' : known}.`,
    });
  }
}
