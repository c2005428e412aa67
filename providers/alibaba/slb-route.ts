import { SpringtideError, type Clock } from '@springtide/kernel';
import {
  checkRouteMembers,
  checkRouteShares,
  foreignMember,
  refuseOtherWriter,
  refusePointingAtNothing,
  routeState,
  shareWeights,
  sharesGiven,
  sharesOfStaying,
  type CallOptions,
  type RouteCounters,
  type RouteMatch,
  type RouteMember,
  type RouteState,
} from '@springtide/provider-kit';
import { leftMs, type AlibabaApi, type Scope } from './api.js';
import type { RouteDriver } from './route-driver.js';
import type { SlbRoute } from './route-settings.js';
import { OTHERS, changeServers, liveServer, readServers, type SlbServer } from './slb-servers.js';

const MOST_WEIGHT = 100;
/** Kept of the deadline for taking out what was drained. */
const RESERVE_MS = 2_000;

type Shares = Readonly<Record<string, number>>;

/** One server group of a classic load balancer; a group of the route is the servers that carry its name. */
export class SlbRouteDriver implements RouteDriver {
  constructor(
    private readonly name: string,
    private readonly route: SlbRoute,
    private readonly api: AlibabaApi,
    private readonly clock: Clock,
  ) {}

  async read(options: CallOptions): Promise<RouteState> {
    return routeState(this.name, this.route.entrance, await this.#live(this.#at(options)));
  }

  async setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void> {
    checkRouteMembers(group, members);
    const at = this.#at(options);
    const before = await this.#own(at);
    // Without weight: what a group gets is decided when all its members are known.
    const wanted = members.map((member) => liveServer(member, group, { weight: 0, healthy: false }));
    const names = new Set(wanted.map(({ name }) => name));
    const leaving = before.filter((server) => server.group === group && !names.has(server.name));
    const joining = wanted.filter(({ name }) => before.every((server) => server.name !== name));
    await this.#change(at, 'AddVServerGroupBackendServers', joining);
    const after = joining.length === 0 ? before : await this.#own(at);
    const gone = new Set(leaving.map(({ name }) => name));
    const staying = after.filter(({ name }) => !gone.has(name));
    const weights = shareWeights(staying, sharesOfStaying(sharesGiven(before), staying), MOST_WEIGHT);
    const resting = leaving.map((server) => ({ ...server, weight: 0 }));
    await this.#weigh(at, after, [...weighed(staying, weights), ...resting]);
    if (leaving.length === 0) return;
    await this.#drain(leaving, at);
    await this.#change(at, 'RemoveVServerGroupBackendServers', resting);
  }

  async setWeights(shares: Shares, options: CallOptions): Promise<RouteState> {
    checkRouteShares(shares);
    const at = this.#at(options);
    const before = await this.#own(at);
    refusePointingAtNothing(this.name, before, shares);
    await this.#weigh(at, before, weighed(before, shareWeights(before, shares, MOST_WEIGHT)));
    const after = await this.#own(at);
    refuseOtherWriter(this.name, after, shares);
    return routeState(this.name, this.route.entrance, after);
  }

  async setMatches(matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    if (matches.length === 0) return this.read(options);
    throw new SpringtideError(
      'unsupported',
      `route "${this.name}" is a classic load balancer, which matches neither headers nor sources; no rule was changed`,
      { nextStep: 'Put the route on an application load balancer.' },
    );
  }

  /** The product counts requests in another product, the monitoring, which is not asked here. */
  async counters(): Promise<readonly RouteCounters[]> {
    return Promise.resolve([]);
  }

  async #live(at: Scope): Promise<readonly SlbServer[]> {
    return await readServers(this.api, at, this.route);
  }

  /** @throws failed-precondition when others share the group: nobody's shares would hold. */
  async #own(at: Scope): Promise<readonly SlbServer[]> {
    const servers = await this.#live(at);
    const foreign = servers.filter(({ group }) => group === OTHERS);
    if (foreign.length === 0) return servers;
    throw foreignMember(this.name, `${foreign.length} servers in ${this.route.serverGroupId}`);
  }

  async #weigh(at: Scope, before: readonly SlbServer[], wanted: readonly SlbServer[]): Promise<void> {
    const weightOf = new Map(before.map(({ name, weight }) => [name, weight]));
    const changed = wanted.filter(({ name, weight }) => weightOf.get(name) !== weight);
    await this.#change(at, 'SetVServerGroupAttribute', changed);
  }

  async #change(
    at: Scope,
    action: Parameters<typeof changeServers>[3],
    servers: readonly SlbServer[],
  ): Promise<void> {
    await changeServers(this.api, at, this.route, action, servers);
  }

  async #drain(leaving: readonly SlbServer[], at: Scope): Promise<void> {
    if (leaving.every(({ weight }) => weight === 0)) return;
    const waitMs = Math.min(this.route.drainWaitMs, leftMs(this.clock, at.deadline) - RESERVE_MS);
    if (waitMs > 0) await this.clock.sleep(waitMs);
  }

  #at({ deadline }: CallOptions): Scope {
    return { region: this.route.region, deadline };
  }
}

function weighed(servers: readonly SlbServer[], weights: ReadonlyMap<string, number>): readonly SlbServer[] {
  return servers.map((server) => ({ ...server, weight: weights.get(server.name) ?? 0 }));
}
