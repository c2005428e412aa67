import { isIPv4 } from 'node:net';
import { SpringtideError, asSpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import {
  SerialLanes,
  checkRouteMembers,
  checkRouteShares,
  type CallOptions,
  type Page,
  type RouteCounters,
  type RouteMember,
  type RouteState,
  type TrafficFacet,
} from '@springtide/provider-kit';
import type { PowerdnsAccount, PowerdnsRoute } from './account.js';
import { NOBODY, answerRecord, healthRecord, parseAnswerRecord, type NamedGroup } from './lua-record.js';
import type { NameHealth } from './name-health.js';
import type { PowerdnsApi } from './powerdns-api.js';

const POLL_MS = 100;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 500;
const MILLI = 1_000;
/** PowerDNS draws groups as `0.0.0.<n>`. */
const MOST_GROUPS = 250;
/** Each address costs an instruction, and PowerDNS stops a record at 1000. */
const MOST_MEMBERS = 600;

/** `up` is undefined where nobody can be asked: then all count as healthy. */
type LiveName = Readonly<{ groups: readonly NamedGroup[]; up: ReadonlySet<string> | undefined }>;

/** Routes are names; the record that answers for a name is the only record of its groups, members and shares. */
export class PowerdnsTraffic implements TrafficFacet {
  readonly #lanes = new SerialLanes();

  constructor(
    private readonly account: PowerdnsAccount,
    private readonly api: PowerdnsApi,
    private readonly health: NameHealth | undefined,
    private readonly clock: Clock,
  ) {}

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const names = Object.keys(this.account.routes);
    const items = await Promise.all(names.map(async (route) => this.readRoute(route, options)));
    yield { items, complete: true };
  }

  async readRoute(route: string, options: CallOptions): Promise<RouteState> {
    const settings = this.#settings(route);
    return toRouteState(route, settings, await this.#live(settings, options));
  }

  /** A name server sees look-ups, not requests, and not whether they were answered. */
  async readCounters(route: string): Promise<readonly RouteCounters[]> {
    this.#settings(route);
    return [];
  }

  async setMembers(
    route: string,
    group: string,
    members: readonly RouteMember[],
    options: CallOptions,
  ): Promise<void> {
    checkRouteMembers(group, members);
    const settings = this.#settings(route);
    for (const member of members) refuseMember(settings, group, member);
    await this.#lanes.run(route, async () => {
      const before = (await this.#live(settings, options)).groups;
      const known = before.find(({ name }) => name === group);
      const listed = members.map(({ id, address }) => ({ id, address }));
      const changed = { name: group, milli: known?.milli ?? 0, members: listed };
      const others = before.filter(({ name }) => name !== group);
      const after = listed.length === 0 ? others : [...others, changed].toSorted(byName);
      await this.#write(route, settings, before, after, options);
      const stay = new Set(listed.map(({ address }) => address));
      const left = known?.members.some(({ address }) => !stay.has(address)) ?? false;
      if (left && changed.milli > 0) await this.#sleep(this.#drainMs(settings), options);
      if (changed.milli > 0) await this.#awaitJoined(settings, stay, options);
    });
  }

  async setWeights(
    route: string,
    weights: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<RouteState> {
    checkRouteShares(weights);
    const settings = this.#settings(route);
    return this.#lanes.run(route, async () => {
      const before = await this.#live(settings, options);
      refusePointingAtNothing(route, before, weights);
      const after = before.groups.map((one) => ({ ...one, milli: milliOf(weights[one.name] ?? 0) }));
      await this.#write(route, settings, before.groups, after, options);
      return this.readRoute(route, options);
    });
  }

  #settings(route: string): PowerdnsRoute {
    const settings = Object.hasOwn(this.account.routes, route) ? this.account.routes[route] : undefined;
    if (settings) return settings;
    throw new SpringtideError(
      'not-found',
      `this PowerDNS account has no route "${route}"; no traffic was moved`,
      { nextStep: `Known routes: ${Object.keys(this.account.routes).join(', ') || 'none'}.` },
    );
  }

  async #live(settings: PowerdnsRoute, options: CallOptions): Promise<LiveName> {
    const groups = await this.#groups(settings, options);
    const up = groups.length === 0 ? new Set<string>() : await this.#up(settings, options);
    return { groups, up };
  }

  async #groups({ zone, name, port }: PowerdnsRoute, options: CallOptions): Promise<readonly NamedGroup[]> {
    const sets = await this.api.records(zone, name, options);
    const stranger = sets.find(({ type }) => ['A', 'AAAA', 'CNAME', 'ALIAS'].includes(type));
    const records = sets.find(({ type }) => type === 'LUA')?.records ?? [];
    const [first] = records;
    if (stranger === undefined && first === undefined) return [];
    const found = parseAnswerRecord(first?.content ?? '');
    if (stranger === undefined && records.length === 1 && found?.port === port) return found.groups;
    throw new SpringtideError(
      'failed-precondition',
      `the records of ${name} (${stranger?.type ?? 'LUA'}) were not written by Springtide for port ${port}, or were edited; traffic stays as it is`,
      { effect: 'none', nextStep: 'Remove them, then set members and shares again.', facts: { zone, name } },
    );
  }

  async #up({ name }: PowerdnsRoute, options: CallOptions): Promise<ReadonlySet<string> | undefined> {
    return this.health?.up(healthName(name), options);
  }

  /** Both records in one call; then what is there is read back, for the API has no lock against another writer. */
  async #write(
    route: string,
    settings: PowerdnsRoute,
    before: readonly NamedGroup[],
    after: readonly NamedGroup[],
    options: CallOptions,
  ): Promise<void> {
    const { zone, name, port, ttlSeconds: ttl } = settings;
    refuseTooMany(route, after);
    const content = answerRecord({ port, groups: after });
    if (content === answerRecord({ port, groups: before })) return;
    const some = after.length > 0;
    const changes = [
      { name, ttl, contents: some ? [content] : [] },
      { name: healthName(name), ttl: 1, contents: some ? [healthRecord({ port, groups: after })] : [] },
    ];
    await this.api.replaceLua(zone, changes, options);
    const found = await this.#groups(settings, options).catch(afterWriting);
    if (answerRecord({ port, groups: found }) === content) return;
    throw new SpringtideError(
      'conflict',
      `the record of route "${route}" did not stay as written: somebody else writes this name`,
      { effect: 'maybe', nextStep: 'Read the route, find the other writer, then set it again.' },
    );
  }

  async #awaitJoined(
    settings: PowerdnsRoute,
    addresses: ReadonlySet<string>,
    options: CallOptions,
  ): Promise<void> {
    const until = this.clock.now().getTime() + this.account.joinWaitMs;
    for (;;) {
      const up = await this.#up(settings, options).catch(afterWriting);
      if (up === undefined || [...addresses].every((one) => up.has(one))) return;
      if (this.clock.now().getTime() >= until || this.#leftMs(options) <= RESERVE_MS) return;
      await this.clock.sleep(POLL_MS);
    }
  }

  #drainMs({ ttlSeconds }: PowerdnsRoute): number {
    return Math.min(this.account.drainWaitMs, ttlSeconds * 1_000);
  }

  async #sleep(ms: number, options: CallOptions): Promise<void> {
    await this.clock.sleep(Math.max(0, Math.min(ms, this.#leftMs(options) - RESERVE_MS)));
  }

  #leftMs(options: CallOptions): number {
    return parseInstant(options.deadline).getTime() - this.clock.now().getTime();
  }
}

/** Shares as look-ups meet them: over the groups with somebody up, or over all when there is none. */
function toRouteState(route: string, settings: PowerdnsRoute, { groups, up }: LiveName): RouteState {
  const isUp = (address: string): boolean => up?.has(address) ?? true;
  const alive = groups.filter(({ members }) => members.some(({ address }) => isUp(address)));
  const counted = alive.some(({ milli }) => milli > 0) ? alive : groups;
  const sum = counted.reduce((total, { milli }) => total + milli, 0);
  return {
    name: route,
    entrance: `${settings.scheme}://${settings.name}:${settings.port}`,
    groups: groups.map((group) => ({
      name: group.name,
      weight: sum === 0 || !counted.includes(group) ? 0 : Math.round((group.milli / sum) * 1e8) / 1e6,
      members: group.members.map(({ id, address }) => ({
        id,
        address,
        port: settings.port,
        healthy: isUp(address),
        draining: false,
        activeConnections: null,
      })),
    })),
  };
}

function refuseMember(settings: PowerdnsRoute, group: string, { id, address, port }: RouteMember): void {
  const problem = !isIPv4(address)
    ? `has address ${address}, and only IPv4 addresses can be behind this name`
    : address === NOBODY
      ? `has the broadcast address, where nobody can serve`
      : port !== settings.port
        ? `serves on port ${port}, but a name has no port and this route's is ${settings.port}`
        : undefined;
  if (problem === undefined) return;
  throw new SpringtideError(
    'invalid-argument',
    `member ${JSON.stringify(id)} of group "${group}" ${problem}; the route was not changed`,
  );
}

function refuseTooMany(route: string, groups: readonly NamedGroup[]): void {
  const members = groups.reduce((sum, group) => sum + group.members.length, 0);
  if (groups.length <= MOST_GROUPS && members <= MOST_MEMBERS) return;
  throw new SpringtideError(
    'invalid-argument',
    `route "${route}" would name ${members} members in ${groups.length} groups, and a record of PowerDNS carries ${MOST_MEMBERS} in ${MOST_GROUPS}; the route was not changed`,
    { effect: 'none', nextStep: 'Put a load balancer in front of a group and name that.' },
  );
}

function refusePointingAtNothing(
  route: string,
  { groups, up }: LiveName,
  weights: Readonly<Record<string, number>>,
): void {
  for (const [group, share] of Object.entries(weights)) {
    const members = groups.find(({ name }) => name === group)?.members ?? [];
    if (share === 0 || members.some(({ address }) => up?.has(address) ?? true)) continue;
    throw new SpringtideError(
      'failed-precondition',
      `route "${route}" cannot give ${share} % to group "${group}": none of its ${members.length} members is healthy; the shares stay as they were`,
      {
        effect: 'none',
        retry: 'same',
        retryAfterMs: 1_000,
        nextStep: 'Wait until PowerDNS finds a member healthy, or move the share to another group.',
        facts: { route, group, share, members: members.length },
      },
    );
  }
}

/** Reading has no effect, but by then the name is changed. */
function afterWriting(thrown: unknown): never {
  const { code, message } = asSpringtideError(thrown);
  throw new SpringtideError(code, `${message}; the name itself had been changed before`, {
    effect: 'maybe',
    retry: 'same',
    cause: thrown,
  });
}

/** A share above 0 stays above 0. */
function milliOf(share: number): number {
  return share === 0 ? 0 : Math.max(1, Math.round(share * MILLI));
}

function healthName(name: string): string {
  return `_up.${name}`;
}

function byName(a: NamedGroup, b: NamedGroup): number {
  return a.name < b.name ? -1 : 1;
}
