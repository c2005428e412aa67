import { SpringtideError, type Clock } from '@springtide/kernel';
import {
  checkRouteMembers,
  checkRouteShares,
  type CallOptions,
  type RouteCounters,
  type RouteMatch,
  type RouteMember,
  type RouteState,
} from '@springtide/provider-kit';
import {
  changeServers,
  forwardTo,
  readListener,
  SERVER_WEIGHT,
  serversOf,
  type LiveListener,
} from './alb-listener.js';
import { readMatches, writeMatches } from './alb-matches.js';
import { healthyGroups, toRouteState, weightsOf } from './alb-state.js';
import type { WireServer } from './alb-wire.js';
import { leftMs, type AlibabaApi, type Scope } from './api.js';
import type { RouteDriver } from './route-driver.js';
import type { AlbRoute } from './route-settings.js';
import { wholeShares } from './whole-weights.js';

const POLL_MS = 250;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 1_000;

/** A listener of an application load balancer, which forwards to weighted server groups. */
export class AlbRouteDriver implements RouteDriver {
  constructor(
    private readonly name: string,
    private readonly route: AlbRoute,
    private readonly api: AlibabaApi,
    private readonly clock: Clock,
  ) {}

  async read(options: CallOptions): Promise<RouteState> {
    const at = this.#at(options);
    const matches = (await readMatches(this.api, at, this.route)).map(({ match }) => match);
    return toRouteState(this.name, this.route, await readListener(this.api, at, this.route), matches);
  }

  async setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void> {
    checkRouteMembers(group, members);
    const at = this.#at(options);
    const id = this.#serverGroup(group);
    const live = await this.#watched(at, id);
    const present = live.servers.get(id) ?? [];
    const joining = members.filter((member) => !present.some((server) => isSame(server, member)));
    const returning = members.filter((member) =>
      present.some((server) => isSame(server, member) && server.Weight === 0),
    );
    const leaving = present
      .filter((server) => !members.some((member) => isSame(server, member)))
      .map(toMember);
    await changeServers(this.api, at, 'AddServersToServerGroup', id, joining, SERVER_WEIGHT);
    await this.#settled(at, id);
    await changeServers(this.api, at, 'UpdateServerGroupServersAttribute', id, returning, SERVER_WEIGHT);
    if (leaving.length === 0) return;
    if (members.length === 0) await this.#handOver(at, id);
    await changeServers(this.api, at, 'UpdateServerGroupServersAttribute', id, leaving, 0);
    await this.#wait(this.route.drainWaitMs, at);
    await this.#settled(at, id);
    await changeServers(this.api, at, 'RemoveServersFromServerGroup', id, leaving, undefined);
    await this.#settled(at, id);
  }

  async setWeights(shares: Readonly<Record<string, number>>, options: CallOptions): Promise<RouteState> {
    checkRouteShares(shares);
    const at = this.#at(options);
    const live = await readListener(this.api, at, this.route);
    this.#refusePointingAtNothing(
      live,
      Object.keys(shares).filter((group) => (shares[group] ?? 0) > 0),
    );
    const whole = wholeShares(shares);
    const weights = new Map(
      Object.entries(this.route.groups).map(([group, id]) => [id, whole[group] ?? 0] as const),
    );
    await this.#forward(at, live, weights);
    return this.read(options);
  }

  async setMatches(matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    const at = this.#at(options);
    const live = await readListener(this.api, at, this.route);
    this.#refusePointingAtNothing(
      live,
      matches.map(({ group }) => group),
    );
    await writeMatches(this.api, at, this.route, matches);
    return this.read(options);
  }

  /** The product counts requests in another product, the monitoring, which is not asked here. */
  async counters(): Promise<readonly RouteCounters[]> {
    return Promise.resolve([]);
  }

  /** Health is checked only for groups that the listener knows; one that it does not yet starts at weight 0. */
  async #watched(at: Scope, serverGroup: string): Promise<LiveListener> {
    const live = await readListener(this.api, at, this.route);
    const weights = weightsOf(live.listener);
    if (weights.has(serverGroup)) return live;
    await this.#forward(at, live, new Map([...weights, [serverGroup, 0]]));
    return readListener(this.api, at, this.route);
  }

  /** A group that is emptied gives its share to those that can take it, in the proportion that they have. */
  async #handOver(at: Scope, emptied: string): Promise<void> {
    const live = await readListener(this.api, at, this.route);
    const weights = weightsOf(live.listener);
    const share = weights.get(emptied) ?? 0;
    const healthy = healthyGroups(this.route, live);
    const takers = [...weights].filter(([id]) => id !== emptied && healthy.has(id));
    if (share === 0 || takers.length === 0) return;
    const sum = takers.reduce((total, [, weight]) => total + weight, 0);
    const part = (weight: number): number => (sum === 0 ? 100 / takers.length : (weight * 100) / sum);
    const whole = wholeShares(Object.fromEntries(takers.map(([id, weight]) => [id, part(weight)])));
    await this.#forward(at, live, new Map([...weights.keys()].map((id) => [id, whole[id] ?? 0])));
  }

  async #forward(at: Scope, live: LiveListener, weights: ReadonlyMap<string, number>): Promise<void> {
    if (sameWeights(weightsOf(live.listener), weights)) return;
    await forwardTo(this.api, at, this.route, live.listener, weights);
    for (;;) {
      const { listener } = await readListener(this.api, at, this.route);
      const applied = sameWeights(weightsOf(listener), weights) && listener.ListenerStatus === 'Running';
      if (applied) return;
      if (leftMs(this.clock, at.deadline) <= RESERVE_MS) throw this.#notApplied();
      await this.clock.sleep(POLL_MS);
    }
  }

  /** The product takes one change of a group at a time. */
  async #settled(at: Scope, serverGroup: string): Promise<void> {
    for (;;) {
      const servers = await serversOf(this.api, at, serverGroup);
      if (servers.every(({ Status }) => Status === undefined || Status === 'Available')) return;
      if (leftMs(this.clock, at.deadline) <= RESERVE_MS) throw this.#notApplied();
      await this.clock.sleep(POLL_MS);
    }
  }

  async #wait(ms: number, at: Scope): Promise<void> {
    await this.clock.sleep(Math.max(0, Math.min(ms, leftMs(this.clock, at.deadline) - 2 * RESERVE_MS)));
  }

  #at({ deadline }: CallOptions): Scope {
    return { region: this.route.region, deadline };
  }

  #serverGroup(group: string): string {
    const id = this.route.groups[group];
    if (id !== undefined) return id;
    throw new SpringtideError(
      'failed-precondition',
      `route "${this.name}" has no server group for "${group}"; nothing was changed`,
      { nextStep: `Make a server group of type IP and add it to the route in the account's settings.` },
    );
  }

  #refusePointingAtNothing(live: LiveListener, groups: readonly string[]): void {
    const healthy = healthyGroups(this.route, live);
    for (const group of groups) {
      const id = this.route.groups[group];
      if (id !== undefined && healthy.has(id)) continue;
      throw new SpringtideError(
        'failed-precondition',
        `route "${this.name}" cannot send requests to group "${group}": it has no healthy member; nothing was changed`,
        {
          retry: 'same',
          retryAfterMs: 1_000,
          nextStep: 'Wait until the load balancer finds a member healthy, or use another group.',
          facts: { route: this.name, group },
        },
      );
    }
  }

  #notApplied(): SpringtideError {
    return new SpringtideError(
      'timeout',
      `the load balancer of route "${this.name}" had not applied the change by the deadline; it may still do so`,
      { effect: 'maybe', retry: 'same', nextStep: 'Read the route, then ask again.' },
    );
  }
}

function isSame(server: WireServer, member: RouteMember): boolean {
  return (
    (server.ServerIp ?? server.ServerId) === member.address &&
    server.Port === member.port &&
    idOf(server) === member.id
  );
}

function idOf(server: WireServer): string {
  return server.Description ?? server.ServerId;
}

function toMember(server: WireServer): RouteMember {
  return { id: idOf(server), address: server.ServerIp ?? server.ServerId, port: server.Port };
}

function sameWeights(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([id, weight]) => b.get(id) === weight);
}
