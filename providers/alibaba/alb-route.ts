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
import { changeServers, serversOf, tell } from './alb-calls.js';
import { AlbGroups } from './alb-groups.js';
import { healthyGroups, readLive, toMember, weightsOf, type LiveRoute } from './alb-live.js';
import { writeMatches } from './alb-matches.js';
import { toRouteState } from './alb-state.js';
import type { WireServer } from './alb-wire.js';
import { leftMs, type AlibabaApi, type Scope } from './api.js';
import type { RouteDriver } from './route-driver.js';
import type { AlbRoute } from './route-settings.js';
import { wholeShares } from './whole-weights.js';

/** Every server of a group gets the same; the shares are between the groups. */
const SERVER_WEIGHT = 100;
const POLL_MS = 250;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 1_000;

/** A forwarding rule of an application load balancer with weighted server groups. */
export class AlbRouteDriver implements RouteDriver {
  readonly #groups: AlbGroups;

  constructor(
    private readonly name: string,
    private readonly route: AlbRoute,
    private readonly api: AlibabaApi,
    private readonly clock: Clock,
  ) {
    this.#groups = new AlbGroups(name, route, api);
  }

  async read(options: CallOptions): Promise<RouteState> {
    return toRouteState(this.name, this.route, await this.#live(this.#at(options)));
  }

  async setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void> {
    checkRouteMembers(group, members);
    const at = this.#at(options);
    const live = await this.#live(at);
    const known = live.groups.get(group);
    if (known === undefined && members.length === 0) return;
    const id = known ?? (await this.#groups.make(group, at));
    await this.#watch(at, live, id);
    await this.#takeIn(at, id, live.servers.get(id) ?? [], members);
    const leaving = (live.servers.get(id) ?? [])
      .map(toMember)
      .filter((server) => !members.some((member) => isSame(server, member)));
    if (leaving.length > 0) await this.#takeOut(at, id, leaving, members.length === 0);
    if (members.length === 0 && this.#groups.isMade(group)) await this.#unmake(at, id);
  }

  async setWeights(shares: Readonly<Record<string, number>>, options: CallOptions): Promise<RouteState> {
    checkRouteShares(shares);
    const at = this.#at(options);
    const live = await this.#live(at);
    this.#refusePointingAtNothing(
      live,
      Object.keys(shares).filter((group) => (shares[group] ?? 0) > 0),
    );
    const whole = wholeShares(shares);
    const share = new Map([...live.groups].map(([group, id]) => [id, whole[group] ?? 0]));
    const weights = [...weightsOf(live.rule).keys()].map((id) => [id, share.get(id) ?? 0] as const);
    await this.#forward(at, live, new Map(weights));
    return this.read(options);
  }

  async setMatches(matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    const at = this.#at(options);
    const live = await this.#live(at);
    this.#refusePointingAtNothing(
      live,
      matches.map(({ group }) => group),
    );
    await writeMatches(this.api, at, this.route, live, matches);
    return this.#until(at, async () => {
      const now = await this.#live(at);
      const settled = now.rules.every(
        ({ RuleStatus }) => RuleStatus === undefined || RuleStatus === 'Available',
      );
      return settled ? toRouteState(this.name, this.route, now) : undefined;
    });
  }

  /** The product counts requests in another product, the monitoring, which is not asked here. */
  async counters(): Promise<readonly RouteCounters[]> {
    return Promise.resolve([]);
  }

  #live(at: Scope): Promise<LiveRoute> {
    return readLive(this.api, at, this.route, this.#groups);
  }

  /** Health is checked only for groups that the rule knows; one that it does not know yet starts at weight 0. */
  async #watch(at: Scope, live: LiveRoute, serverGroup: string): Promise<void> {
    await this.#settled(at, serverGroup);
    const weights = weightsOf(live.rule);
    if (!weights.has(serverGroup)) await this.#forward(at, live, weights.set(serverGroup, 0));
  }

  async #takeIn(
    at: Scope,
    serverGroup: string,
    present: readonly WireServer[],
    members: readonly RouteMember[],
  ): Promise<void> {
    const settled = () => this.#settled(at, serverGroup);
    const find = (member: RouteMember) => present.find((server) => isSame(toMember(server), member));
    const joining = members.filter((member) => find(member) === undefined);
    const returning = members.filter((member) => find(member)?.Weight === 0);
    const add = { action: 'AddServersToServerGroup', serverGroup, weight: SERVER_WEIGHT } as const;
    await changeServers(this.api, at, add, joining, settled);
    const raise = {
      action: 'UpdateServerGroupServersAttribute',
      serverGroup,
      weight: SERVER_WEIGHT,
    } as const;
    await changeServers(this.api, at, raise, returning, settled);
  }

  /** No new requests first, then time for those that run, then out. */
  async #takeOut(
    at: Scope,
    serverGroup: string,
    leaving: readonly RouteMember[],
    all: boolean,
  ): Promise<void> {
    const settled = () => this.#settled(at, serverGroup);
    if (all) await this.#handOver(at, serverGroup);
    const drain = { action: 'UpdateServerGroupServersAttribute', serverGroup, weight: 0 } as const;
    await changeServers(this.api, at, drain, leaving, settled);
    await this.#wait(this.route.drainWaitMs, at);
    const remove = { action: 'RemoveServersFromServerGroup', serverGroup } as const;
    await changeServers(this.api, at, remove, leaving, settled);
  }

  /** A server group that we made goes with its last member, unless requests would still be sent to it. */
  async #unmake(at: Scope, serverGroup: string): Promise<void> {
    const live = await this.#live(at);
    const weights = weightsOf(live.rule);
    if ((weights.get(serverGroup) ?? 0) > 0 || weights.size < 2) return;
    weights.delete(serverGroup);
    await this.#forward(at, live, weights);
    await this.#groups.unmake(serverGroup, at);
  }

  /**
   * A group that is emptied gives its share to those that can take it, in the proportion that they have. Where nobody can,
   * another group gets it all the same: whoever joins the emptied one later starts without a share.
   */
  async #handOver(at: Scope, emptied: string): Promise<void> {
    const live = await this.#live(at);
    const weights = weightsOf(live.rule);
    if ((weights.get(emptied) ?? 0) === 0) return;
    const ours = new Set(live.groups.values());
    const others = [...weights].filter(([id]) => id !== emptied && ours.has(id));
    const healthy = healthyGroups(live);
    const able = others.filter(([id]) => healthy.has(id));
    const takers = able.length > 0 ? able : others.slice(0, 1);
    if (takers.length === 0) return;
    const sum = takers.reduce((total, [, weight]) => total + weight, 0);
    const partOf = (weight: number): number => (sum === 0 ? 100 / takers.length : (weight * 100) / sum);
    const whole = wholeShares(Object.fromEntries(takers.map(([id, weight]) => [id, partOf(weight)])));
    await this.#forward(at, live, new Map([...weights.keys()].map((id) => [id, whole[id] ?? 0])));
  }

  /** Replaces the rule's whole action; stickiness stays as it was. */
  async #forward(at: Scope, live: LiveRoute, weights: ReadonlyMap<string, number>): Promise<void> {
    if (sameWeights(weightsOf(live.rule), weights)) return;
    const before = live.rule.RuleActions.find(({ Type }) => Type === 'ForwardGroup')?.ForwardGroupConfig;
    const { Enabled, Timeout } = before?.ServerGroupStickySession ?? {};
    await tell(this.api, at, 'UpdateRuleAttribute', {
      RuleId: this.route.ruleId,
      RuleActions: [
        {
          Type: 'ForwardGroup',
          Order: 1,
          ForwardGroupConfig: {
            ServerGroupTuples: [...weights].map(([ServerGroupId, Weight]) => ({ ServerGroupId, Weight })),
            ...(Enabled === true
              ? { ServerGroupStickySession: { Enabled, Timeout: Timeout ?? undefined } }
              : {}),
          },
        },
      ],
    });
    await this.#until(at, async () => {
      const { rule } = await this.#live(at);
      return rule.RuleStatus === 'Available' && sameWeights(weightsOf(rule), weights) ? true : undefined;
    });
  }

  /** The product takes one change of a group at a time. */
  async #settled(at: Scope, serverGroup: string): Promise<void> {
    await this.#until(at, async () => {
      if (!(await this.#groups.isReady(serverGroup, at))) return undefined;
      const servers = await serversOf(this.api, at, serverGroup);
      return servers.every(({ Status }) => Status === undefined || Status === 'Available') ? true : undefined;
    });
  }

  async #until<T>(at: Scope, look: () => Promise<T | undefined>): Promise<T> {
    for (;;) {
      const seen = await look();
      if (seen !== undefined) return seen;
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

  #refusePointingAtNothing(live: LiveRoute, groups: readonly string[]): void {
    const healthy = healthyGroups(live);
    for (const group of groups) {
      const id = live.groups.get(group);
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

function isSame(a: RouteMember, b: RouteMember): boolean {
  return a.id === b.id && a.address === b.address && a.port === b.port;
}

function sameWeights(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([id, weight]) => b.get(id) === weight);
}
