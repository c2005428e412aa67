import { SpringtideError, type Clock } from '@springtide/kernel';
import {
  checkRouteMembers,
  checkRouteShares,
  type CallOptions,
  type RouteCounters,
  type RouteGroupState,
  type RouteMatch,
  type RouteMember,
  type RouteState,
} from '@springtide/provider-kit';
import { leftMs, type AlibabaApi, type Scope } from './api.js';
import type { RouteDriver } from './route-driver.js';
import type { SlbRoute } from './route-settings.js';
import { changeServers, readServers, type SlbServer } from './slb-servers.js';
import { recordWeights } from './whole-weights.js';

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
    return this.#toState(await readServers(this.api, this.#at(options), this.route));
  }

  async setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void> {
    checkRouteMembers(group, members);
    const at = this.#at(options);
    const before = await this.#own(at);
    const present = before.filter((server) => server.group === group);
    const leaving = present.filter((server) => !members.some((member) => isSame(server, member)));
    const joining = members.filter((member) => !present.some((server) => isSame(server, member)));
    const shares = members.length === 0 ? handedOver(sharesOf(before), group, before) : sharesOf(before);
    const staying = [
      ...before.filter((server) => !leaving.includes(server)),
      ...joining.map((member) => ({ ...member, group, weight: 0, healthy: false })),
    ];
    const weights = weightsFor(shares, staying);
    const wanted = staying.map((server) => ({ ...server, weight: weights[server.group ?? ''] ?? 0 }));
    const added = wanted.filter((server) => !before.some((each) => isSame(each, server)));
    await this.#change(at, 'AddVServerGroupBackendServers', added);
    const resting = leaving.map((server) => ({ ...server, weight: 0 }));
    await this.#change(at, 'SetVServerGroupAttribute', changed(before, [...wanted, ...resting]));
    if (leaving.length === 0) return;
    await this.clock.sleep(
      Math.max(0, Math.min(this.route.drainWaitMs, leftMs(this.clock, at.deadline) - RESERVE_MS)),
    );
    await this.#change(at, 'RemoveVServerGroupBackendServers', resting);
  }

  async setWeights(shares: Shares, options: CallOptions): Promise<RouteState> {
    checkRouteShares(shares);
    const at = this.#at(options);
    const before = await this.#own(at);
    this.#refusePointingAtNothing(before, shares);
    const weights = weightsFor(shares, before);
    const wanted = before.map((server) => ({ ...server, weight: weights[server.group ?? ''] ?? 0 }));
    await this.#change(at, 'SetVServerGroupAttribute', changed(before, wanted));
    return this.read(options);
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

  /** @throws failed-precondition when others share the group: nobody's shares would hold. */
  async #own(at: Scope): Promise<readonly SlbServer[]> {
    const servers = await readServers(this.api, at, this.route);
    const foreign = servers.filter(({ group }) => group === undefined);
    if (foreign.length === 0) return servers;
    throw new SpringtideError(
      'failed-precondition',
      `server group ${this.route.serverGroupId} of route "${this.name}" has ${foreign.length} servers that Springtide did not put there; nothing was changed`,
      { nextStep: 'Give the route a server group of its own.' },
    );
  }

  async #change(
    at: Scope,
    action: Parameters<typeof changeServers>[3],
    servers: readonly SlbServer[],
  ): Promise<void> {
    await changeServers(this.api, at, this.route, action, servers);
  }

  #toState(servers: readonly SlbServer[]): RouteState {
    const shares = sharesOf(servers);
    const groups = [...new Set(servers.map(({ group }) => group ?? 'others'))].map(
      (group): RouteGroupState => ({
        name: group,
        weight: shares[group] ?? 0,
        members: servers
          .filter((server) => (server.group ?? 'others') === group)
          .map(({ id, address, port, healthy, weight }) => ({
            id,
            address,
            port,
            healthy,
            draining: weight === 0 && (shares[group] ?? 0) > 0,
            activeConnections: null,
          })),
      }),
    );
    return { name: this.name, entrance: this.route.entrance, groups };
  }

  #refusePointingAtNothing(servers: readonly SlbServer[], shares: Shares): void {
    for (const [group, share] of Object.entries(shares)) {
      if (share === 0 || servers.some((server) => server.group === group && server.healthy)) continue;
      throw new SpringtideError(
        'failed-precondition',
        `route "${this.name}" cannot give ${share} % to group "${group}": it has no healthy member; nothing was changed`,
        {
          retry: 'same',
          retryAfterMs: 1_000,
          nextStep: 'Wait until the load balancer finds a member healthy, or use another group.',
          facts: { route: this.name, group, share },
        },
      );
    }
  }

  #at({ deadline }: CallOptions): Scope {
    return { region: this.route.region, deadline };
  }
}

/** In percent, as the servers' weights add up. */
function sharesOf(servers: readonly SlbServer[]): Shares {
  const sum = servers.reduce((total, { weight }) => total + weight, 0);
  const shares: Record<string, number> = {};
  for (const { group = 'others', weight } of servers) {
    shares[group] = (shares[group] ?? 0) + (sum === 0 ? 0 : (weight * 100) / sum);
  }
  return shares;
}

/** A group that is emptied gives its share to those that can take it, in the proportion that they have. */
function handedOver(shares: Shares, emptied: string, servers: readonly SlbServer[]): Shares {
  const takers = Object.keys(shares).filter(
    (group) => group !== emptied && servers.some((server) => server.group === group && server.healthy),
  );
  const sum = takers.reduce((total, group) => total + (shares[group] ?? 0), 0);
  return Object.fromEntries(
    takers.map((group) => [group, sum === 0 ? 100 / takers.length : ((shares[group] ?? 0) * 100) / sum]),
  );
}

/** What one server of each group carries; groups without a share carry nothing. */
function weightsFor(shares: Shares, servers: readonly SlbServer[]): Shares {
  const sizes: Record<string, number> = {};
  for (const { group = 'others' } of servers) sizes[group] = (sizes[group] ?? 0) + 1;
  return recordWeights(shares, sizes, MOST_WEIGHT);
}

function changed(before: readonly SlbServer[], wanted: readonly SlbServer[]): readonly SlbServer[] {
  return wanted.filter((server) =>
    before.some((each) => isSame(each, server) && each.weight !== server.weight),
  );
}

function isSame(a: RouteMember, b: RouteMember): boolean {
  return a.id === b.id && a.port === b.port;
}
