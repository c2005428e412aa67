import { join } from 'node:path';
import { SpringtideError, asSpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import {
  SerialLanes,
  checkRouteMatches,
  checkRouteMembers,
  checkRouteShares,
  type CallOptions,
  type Page,
  type ProviderContext,
  type RouteCounters,
  type RouteMatch,
  type RouteMember,
  type RouteState,
  type TrafficFacet,
} from '@springtide/provider-kit';
import type { TraefikAccount, TraefikRoute } from './account.js';
import {
  takesTraffic,
  withMatches,
  withMembers,
  withProof,
  withWeights,
  type DesiredRoute,
} from './desired-route.js';
import { dynamicConfiguration, routeServices } from './dynamic-configuration.js';
import { withFileLock } from './file-lock.js';
import { agrees, complaints, isHealthy, readLive, toRouteState, type LiveRoute } from './live-route.js';
import { countersOf } from './route-counters.js';
import { RouteFile } from './route-file.js';
import type { TraefikApi } from './traefik-api.js';

const POLL_MS = 50;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 500;
/** Two rounds of checks may lie between a reload and a health that was seen. */
const CHECK_ROUNDS = 2;
const NO_WAIT = (): number => 0;

/** Routes are dynamic files; the answer of every change is what Traefik's API says it runs afterwards. */
export class TraefikTraffic implements TrafficFacet {
  readonly #lanes = new SerialLanes();

  constructor(
    private readonly account: TraefikAccount,
    private readonly api: TraefikApi,
    private readonly clock: Clock,
    private readonly log: ProviderContext['log'],
  ) {}

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const names = Object.keys(this.account.routes);
    const items = await Promise.all(names.map(async (route) => this.readRoute(route, options)));
    yield { items, complete: true };
  }

  async readRoute(route: string, options: CallOptions): Promise<RouteState> {
    const { entrance } = this.#settings(route);
    const live = await this.#live(route, options);
    return toRouteState((await this.#letIn(route, live, options)) ?? live, entrance);
  }

  async readCounters(route: string, options: CallOptions): Promise<readonly RouteCounters[]> {
    this.#settings(route);
    return countersOf(route, await this.api.metrics(options));
  }

  async setMembers(
    route: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    checkRouteMembers(group, members);
    await this.#change(route, options, async () => {
      const before = await this.#live(route, options);
      const wanted = new Set(members.map(({ id }) => id));
      const leaving = groupOf(before.desired, group)?.members.some(({ id }) => !wanted.has(id)) ?? false;
      const changed = await this.#apply(route, withMembers(proved(before), group, members), options);
      if (leaving) await this.#wait(this.account.drainWaitMs, options);
      const known = groupOf(changed.desired, group);
      if (known !== undefined && takesTraffic(changed.desired, known))
        await this.#admit(route, group, options);
    });
  }

  async setWeights(
    route: string,
    weights: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState> {
    checkRouteShares(weights);
    const { entrance } = this.#settings(route);
    return this.#change(route, options, async () => {
      const before = await this.#whenKnown(route, Object.keys(weights), options);
      refusePointingAtNothing(before, weights);
      const after = await this.#apply(route, withWeights(proved(before), weights), options);
      return toRouteState(after, entrance);
    });
  }

  async setMatches(route: string, matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    checkRouteMatches(matches);
    const { entrance } = this.#settings(route);
    return this.#change(route, options, async () => {
      const groups = matches.map(({ group }) => group);
      const before = await this.#whenKnown(route, groups, options);
      for (const match of matches) refuseMatchingNothing(before, match);
      const after = await this.#apply(route, withMatches(proved(before), matches), options);
      return toRouteState(after, entrance);
    });
  }

  #settings(route: string): TraefikRoute {
    const settings = this.account.routes[route];
    if (settings) return settings;
    throw new SpringtideError(
      'not-found',
      `this Traefik account has no route "${route}"; no traffic was moved`,
      { nextStep: `Known routes: ${Object.keys(this.account.routes).join(', ') || 'none'}.` },
    );
  }

  async #change<T>(route: string, options: CallOptions, work: () => Promise<T>): Promise<T> {
    this.#settings(route);
    return this.#lanes.run(route, async () =>
      withFileLock(
        this.#lock(route),
        this.clock,
        () => this.#leftMs(options),
        async () => {
          this.#refuseWhenOver(route, options);
          return work();
        },
      ),
    );
  }

  /** Waiting for the lane or the lock may outlast the deadline; from here on a change is written. */
  #refuseWhenOver(route: string, options: CallOptions): void {
    if (this.#leftMs(options) > 0) return;
    throw new SpringtideError(
      'timeout',
      `the deadline passed before route "${route}" was changed; no traffic was moved`,
      { effect: 'none', retry: 'same', nextStep: 'Read the route, then ask again with a later deadline.' },
    );
  }

  #lock(route: string): string {
    return join(this.account.folder, `.${route}.lock`);
  }

  /**
   * Members that were parked until they are healthy, and are now, go to work: a change of members long ago ordered it.
   * Whoever is changing the route does it anyway, so a read never waits for that.
   */
  async #letIn(route: string, live: LiveRoute, options: CallOptions): Promise<LiveRoute | undefined> {
    if (!hasRipe(live) || this.#lanes.isBusy(route)) return undefined;
    try {
      return await this.#lanes.run(route, async () =>
        withFileLock(this.#lock(route), this.clock, NO_WAIT, async () =>
          this.#apply(route, proved(await this.#live(route, options)), options),
        ),
      );
    } catch (thrown) {
      const { code, message } = asSpringtideError(thrown);
      this.log.debug({ route, code }, `parked members stay parked until the next look: ${message}`);
      return undefined;
    }
  }

  async #live(route: string, options: CallOptions): Promise<LiveRoute> {
    const file = new RouteFile(this.account.folder, route);
    const desired = await file.load();
    const sinceChangeMs = this.clock.now().getTime() - (await file.lastChangeMs());
    const { reloadWithinMs, checkIntervalMs } = this.account;
    const settled = sinceChangeMs > reloadWithinMs + CHECK_ROUNDS * checkIntervalMs;
    return readLive(this.api, route, desired, settled, options);
  }

  /** Writes the file where it differs and waits until Traefik's own answer agrees with it. */
  async #apply(route: string, desired: DesiredRoute, options: CallOptions): Promise<LiveRoute> {
    const file = new RouteFile(this.account.folder, route);
    const body = dynamicConfiguration(routeServices(route, desired), this.#settings(route), this.account);
    if (JSON.stringify(await file.load()) !== JSON.stringify(desired)) await file.save(desired, body);
    try {
      return await this.#untilLive(route, options);
    } catch (thrown) {
      throw afterWriting(thrown);
    }
  }

  async #untilLive(route: string, options: CallOptions): Promise<LiveRoute> {
    for (;;) {
      const live = await this.#live(route, options);
      if (agrees(live)) return live;
      if (this.#leftMs(options) > RESERVE_MS) await this.clock.sleep(POLL_MS);
      else throw notApplied(route, live);
    }
  }

  /** Puts new members to work as soon as Traefik finds them healthy, within the account's patience. */
  async #admit(route: string, group: string, options: CallOptions): Promise<void> {
    const until = this.clock.now().getTime() + this.account.joinWaitMs;
    for (;;) {
      const live = await this.#live(route, options);
      const desired = proved(live);
      if (waiting(live.desired, group) === 0) return;
      const over = this.clock.now().getTime() >= until || this.#leftMs(options) <= RESERVE_MS;
      if (waiting(desired, group) === 0 || (over && live.settled)) {
        await this.#apply(route, desired, options);
        return;
      }
      if (over) return;
      await this.clock.sleep(POLL_MS);
    }
  }

  /** Nothing is known of a member that joined in the last change before Traefik has checked it. */
  async #whenKnown(route: string, groups: readonly string[], options: CallOptions): Promise<LiveRoute> {
    for (;;) {
      const live = await this.#live(route, options);
      const unknown = groups.some((group) => waiting(live.desired, group) > 0);
      if (live.settled || !unknown || this.#leftMs(options) <= RESERVE_MS) return live;
      await this.clock.sleep(POLL_MS);
    }
  }

  async #wait(ms: number, options: CallOptions): Promise<void> {
    await this.clock.sleep(Math.max(0, Math.min(ms, this.#leftMs(options) - RESERVE_MS)));
  }

  #leftMs(options: CallOptions): number {
    return parseInstant(options.deadline).getTime() - this.clock.now().getTime();
  }
}

function groupOf(desired: DesiredRoute, group: string): DesiredRoute['groups'][number] | undefined {
  return desired.groups.find(({ name }) => name === group);
}

function waiting(desired: DesiredRoute, group: string): number {
  return groupOf(desired, group)?.members.filter((member) => !member.proven).length ?? 0;
}

function hasRipe(live: LiveRoute): boolean {
  return live.desired.groups.some(
    (group) =>
      takesTraffic(live.desired, group) &&
      group.members.some((member) => !member.proven && isHealthy(live, group.name, member)),
  );
}

function proved(live: LiveRoute): DesiredRoute {
  return withProof(live.desired, (group, member) => isHealthy(live, group, member));
}

function refusePointingAtNothing(live: LiveRoute, weights: Readonly<Record<string, number>>): void {
  for (const [group, share] of Object.entries(weights)) {
    const members = groupOf(live.desired, group)?.members ?? [];
    if (share === 0 || members.some((member) => isHealthy(live, group, member))) continue;
    throw new SpringtideError(
      'failed-precondition',
      `route "${live.services.name}" cannot give ${share} % to group "${group}": none of its ${members.length} members is healthy; the shares stay as they were`,
      {
        retry: 'same',
        retryAfterMs: 500,
        nextStep: 'Wait until Traefik finds a member healthy, or move the share to another group.',
        facts: { route: live.services.name, group, share, members: members.length },
      },
    );
  }
}

function refuseMatchingNothing(live: LiveRoute, { name, group }: RouteMatch): void {
  const members = groupOf(live.desired, group)?.members ?? [];
  if (members.some((member) => isHealthy(live, group, member))) return;
  const route = live.services.name;
  throw new SpringtideError(
    'failed-precondition',
    `match "${name}" of route "${route}" would send requests to group "${group}": none of its ${members.length} members is healthy; nothing was changed`,
    { effect: 'none', retry: 'same', retryAfterMs: 500, facts: { route, match: name, group } },
  );
}

/** Reading has no effect, but by then the file is written: whatever fails now, the change may come to be. */
function afterWriting(thrown: unknown): SpringtideError {
  const { code, message, retry, facts, nextStep } = asSpringtideError(thrown);
  return new SpringtideError(code, `${message}; the file of the route is written and may still be applied`, {
    effect: 'maybe',
    retry,
    facts,
    cause: thrown,
    ...(nextStep === undefined ? {} : { nextStep }),
  });
}

function notApplied(route: string, live: LiveRoute): SpringtideError {
  const said = complaints(live).join('; ');
  return new SpringtideError(
    said === '' ? 'timeout' : 'failed-precondition',
    `Traefik did not apply the change of route "${route}" in time${said === '' ? '' : `: ${said}`}`,
    {
      effect: 'maybe',
      retry: 'same',
      nextStep: 'Check that Traefik watches the dynamic-configuration folder, then read the route.',
    },
  );
}
