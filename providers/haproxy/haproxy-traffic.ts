import { SpringtideError, type Clock } from '@springtide/kernel';
import {
  SerialLanes,
  checkRouteMatches,
  checkRouteMembers,
  checkRouteShares,
  sharesGiven,
  type CallOptions,
  type Page,
  type RouteCounters,
  type RouteMatch,
  type RouteMember,
  type RouteState,
  type TrafficFacet,
} from '@springtide/provider-kit';
import type { HaproxyAccount, HaproxyRoute } from './account.js';
import {
  applyShares,
  bringIn,
  drainServers,
  removeIdle,
  weighed,
  type BackendChange,
} from './member-changes.js';
import { readMatches, refreshMatches, writeMatches } from './match-maps.js';
import { addCounters, toRouteState } from './route-state.js';
import { RuntimeApi } from './runtime-api.js';
import type { RuntimeConnection } from './runtime-connection.js';
import { serverName } from './server-names.js';
import { readServers, type ServerRow } from './server-table.js';

const DRAIN_POLL_MS = 100;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 500;
const SETTLE_ATTEMPTS = 3;
const SETTLED_WITHIN = 0.5;

/** Routes are backends, members are dynamic servers, shares are weights. Nothing is kept here: HAProxy is the record. */
export class HaproxyTraffic implements TrafficFacet {
  readonly #lanes = new SerialLanes();
  /** Counters of servers this session deleted: HAProxy forgets them with the server. */
  readonly #retired = new Map<string, readonly RouteCounters[]>();

  constructor(
    private readonly account: HaproxyAccount,
    private readonly api: RuntimeApi,
    private readonly clock: Clock,
  ) {}

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const names = Object.keys(this.account.routes);
    const items = await Promise.all(names.map(async (route) => this.readRoute(route, options)));
    yield { items, complete: true };
  }

  async readRoute(route: string, options: CallOptions): Promise<RouteState> {
    const { entrance, backend, matchMaps } = this.#settings(route);
    return this.api.converse(options, async (connection, leftMs) => {
      const rows = await readServers(connection, backend, leftMs());
      const state = toRouteState(route, entrance, rows);
      if (matchMaps === undefined) return state;
      return { ...state, matches: (await readMatches({ connection, leftMs }, matchMaps)).matches };
    });
  }

  async readCounters(route: string, options: CallOptions): Promise<readonly RouteCounters[]> {
    const rows = await this.#read(this.#settings(route), options);
    return addCounters(this.#retired.get(route) ?? [], rows);
  }

  async setMembers(
    route: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    checkRouteMembers(group, members);
    const { matchMaps } = this.#settings(route);
    await this.#change(route, options, async (change) => {
      const rows = await servers(change);
      const shares = sharesGiven(weighed(rows));
      const wanted = new Set(members.map((member) => serverName(group, member.id)));
      const leaving = rows.filter((row) => row.group === group && !wanted.has(row.name) && !row.draining);
      await bringIn(change, group, members, rows, this.account);
      const gone = new Set(leaving.map((row) => row.name));
      const staying = (await servers(change)).filter((row) => !gone.has(row.name));
      await applyShares(change, staying, shares);
      if (matchMaps !== undefined) await refreshMatches(change, matchMaps, staying);
      await drainServers(change, leaving);
      await this.#removeDrained(route, change);
    });
  }

  async setWeights(
    route: string,
    weights: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState> {
    checkRouteShares(weights);
    const { entrance } = this.#settings(route);
    return this.#change(route, options, async (change) => {
      for (let attempt = 1; ; attempt += 1) {
        const before = await servers(change);
        refusePointingAtNothing(route, before, weights);
        await applyShares(change, before, weights);
        const rows = await servers(change);
        const state = toRouteState(route, entrance, rows);
        if (sharesHold(rows, weights)) return state;
        if (attempt < SETTLE_ATTEMPTS) continue;
        throw new SpringtideError(
          'conflict',
          `the shares of route "${route}" did not stay as set: somebody else writes the weights of this backend`,
          { effect: 'maybe', nextStep: 'Read the route, find the other writer, then set the shares again.' },
        );
      }
    });
  }

  async setMatches(route: string, matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    checkRouteMatches(matches);
    const { entrance, matchMaps } = this.#settings(route);
    if (matchMaps === undefined) throw noMaps(route);
    return this.#change(route, options, async (change) => {
      const rows = await servers(change);
      for (const match of matches) refuseMatchingNothing(route, rows, match);
      const before = await readMatches(change, matchMaps);
      await writeMatches(change, matchMaps, before, matches, rows);
      const after = await readMatches(change, matchMaps);
      return { ...toRouteState(route, entrance, await servers(change)), matches: after.matches };
    });
  }

  #settings(route: string): HaproxyRoute {
    const settings = this.account.routes[route];
    if (settings) return settings;
    throw new SpringtideError(
      'not-found',
      `this HAProxy account has no route "${route}"; no traffic was moved`,
      { nextStep: `Known routes: ${Object.keys(this.account.routes).join(', ') || 'none'}.` },
    );
  }

  async #read(settings: HaproxyRoute, options: CallOptions): Promise<readonly ServerRow[]> {
    return this.api.converse(options, async (connection: RuntimeConnection, leftMs) =>
      readServers(connection, settings.backend, leftMs()),
    );
  }

  async #change<T>(
    route: string,
    options: CallOptions,
    work: (change: BackendChange) => Promise<T>,
  ): Promise<T> {
    const { backend } = this.#settings(route);
    return this.#lanes.run(backend, async () =>
      this.api.converse(options, async (connection, leftMs) => work({ connection, backend, leftMs })),
    );
  }

  /** Waits for the last requests of drained servers, but never longer than the account says or the deadline lets. */
  async #removeDrained(route: string, change: BackendChange): Promise<void> {
    const until =
      this.clock.now().getTime() + Math.min(this.account.drainWaitMs, change.leftMs() - RESERVE_MS);
    for (;;) {
      const before = await servers(change);
      await removeIdle(change, before);
      const rows = await servers(change);
      const left = new Set(rows.map((row) => row.name));
      const deleted = before.filter((row) => !left.has(row.name));
      this.#retired.set(route, addCounters(this.#retired.get(route) ?? [], deleted));
      const busy = rows.some((row) => row.draining && row.activeConnections > 0);
      if (!busy || this.clock.now().getTime() >= until) return;
      await this.clock.sleep(DRAIN_POLL_MS);
    }
  }
}

async function servers(change: BackendChange): Promise<readonly ServerRow[]> {
  return readServers(change.connection, change.backend, change.leftMs());
}

function refusePointingAtNothing(
  route: string,
  rows: readonly ServerRow[],
  weights: Readonly<Record<string, number>>,
): void {
  for (const [group, share] of Object.entries(weights)) {
    const members = rows.filter((row) => row.group === group && !row.draining);
    if (share === 0 || members.some((row) => row.healthy)) continue;
    throw new SpringtideError(
      'failed-precondition',
      `route "${route}" cannot give ${share} % to group "${group}": none of its ${members.length} members is healthy; the shares stay as they were`,
      {
        retry: 'same',
        retryAfterMs: 500,
        nextStep: 'Wait until HAProxy finds a member healthy, or move the share to another group.',
        facts: { route, group, share, members: members.length },
      },
    );
  }
}

function refuseMatchingNothing(route: string, rows: readonly ServerRow[], { name, group }: RouteMatch): void {
  const members = rows.filter((row) => row.group === group && !row.draining);
  if (members.some((row) => row.healthy)) return;
  throw new SpringtideError(
    'failed-precondition',
    `match "${name}" of route "${route}" would send requests to group "${group}": none of its ${members.length} members is healthy; nothing was changed`,
    { effect: 'none', retry: 'same', retryAfterMs: 500, facts: { route, match: name, group } },
  );
}

function noMaps(route: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `HAProxy is not configured to match requests of route "${route}"; the route was not changed`,
    {
      effect: 'none',
      nextStep: 'Add the lines for matches to its backend and name its maps as `matchMaps` in the account.',
    },
  );
}

/** By the weights that were set, whoever fell ill in between: health is not the caller's doing. */
function sharesHold(rows: readonly ServerRow[], weights: Readonly<Record<string, number>>): boolean {
  const live = sharesGiven(weighed(rows));
  return Object.entries(live).every(
    ([group, share]) =>
      Math.abs(share - (weights[group] ?? 0)) <= SETTLED_WITHIN || rows.some((row) => !row.healthy),
  );
}
