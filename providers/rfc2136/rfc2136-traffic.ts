import { isIPv4 } from 'node:net';
import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
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
import type { Rfc2136Account, Rfc2136Route } from './account.js';
import type { NameServerApi } from './name-server-api.js';
import {
  addressShares,
  answeredAddresses,
  groupTexts,
  parseGroups,
  type NamedGroup,
} from './named-groups.js';

/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 500;
/** A share that is asked for may differ so much from what addresses can give. */
const NEAR_ENOUGH = 0.5;

/** What the name server has now, to the letter: an update demands it. */
type LiveName = Readonly<{
  groups: readonly NamedGroup[];
  addresses: readonly string[];
  texts: readonly string[];
}>;

/** Routes are names; their addresses are the answer, and texts beside them say whose addresses they are. */
export class Rfc2136Traffic implements TrafficFacet {
  readonly #lanes = new SerialLanes();

  constructor(
    private readonly account: Rfc2136Account,
    private readonly api: NameServerApi,
    private readonly clock: Clock,
  ) {}

  async *listRoutes(options: CallOptions): AsyncIterable<Page<RouteState>> {
    const names = Object.keys(this.account.routes);
    const items = await Promise.all(names.map(async (route) => this.readRoute(route, options)));
    yield { items, complete: true };
  }

  async readRoute(route: string, options: CallOptions): Promise<RouteState> {
    const settings = this.#settings(route);
    const { groups } = await this.#live(settings, options);
    return toRouteState(route, settings, groups);
  }

  /** A name server sees look-ups, not requests. */
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
      const before = await this.#live(settings, options);
      const known = before.groups.find(({ name }) => name === group);
      const others = before.groups.filter(({ name }) => name !== group);
      const listed = members.map(({ id, address }) => ({ id, address }));
      const changed = { name: group, on: known?.on ?? false, members: listed };
      const after = listed.length === 0 ? others : [...others, changed];
      await this.#write(settings, before, after, options);
      const stay = new Set(answeredAddresses(after));
      if (before.addresses.some((address) => !stay.has(address))) await this.#drain(settings, options);
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
      refusePointingAtNothing(route, before.groups, weights);
      refuseUnlikeAddresses(route, before.groups, weights);
      const after = before.groups.map((group) => ({ ...group, on: (weights[group.name] ?? 0) > 0 }));
      await this.#write(settings, before, after, options);
      return toRouteState(route, settings, after);
    });
  }

  #settings(route: string): Rfc2136Route {
    const settings = Object.hasOwn(this.account.routes, route) ? this.account.routes[route] : undefined;
    if (settings) return settings;
    throw new SpringtideError('not-found', `this account has no route "${route}"; no traffic was moved`, {
      nextStep: `Known routes: ${Object.keys(this.account.routes).join(', ') || 'none'}.`,
    });
  }

  /** Two questions to a server that may change between them: they are asked again before they are believed to differ. */
  async #live({ name, zone }: Rfc2136Route, options: CallOptions): Promise<LiveName> {
    let addresses: readonly string[] = [];
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const texts = await this.api.lookUp(besideName(name), 'TXT', options);
      addresses = (await this.api.lookUp(name, 'A', options)).toSorted();
      const groups = parseGroups(texts);
      if (groups !== undefined && same(answeredAddresses(groups), addresses))
        return { groups, addresses, texts };
    }
    throw new SpringtideError(
      'failed-precondition',
      `the addresses of ${name} are not those that Springtide wrote beside it; traffic stays as it is`,
      {
        effect: 'none',
        nextStep: `Remove the A records of ${name} and the texts of ${besideName(name)}, then set members again.`,
        facts: { zone, name, addresses: addresses.join(' ') },
      },
    );
  }

  /** Only while the server still has what was read: of two writers, one is refused. */
  async #write(
    { zone, name, ttlSeconds: ttl }: Rfc2136Route,
    before: LiveName,
    after: readonly NamedGroup[],
    options: CallOptions,
  ): Promise<void> {
    const answers = { name, type: 'A', ttl } as const;
    const texts = { name: besideName(name), type: 'TXT', ttl } as const;
    const [addresses, lines] = [answeredAddresses(after), groupTexts(after)];
    if (same(addresses, before.addresses) && same(lines, before.texts)) return;
    await this.api.update(
      {
        zone,
        expected: [
          { ...answers, contents: before.addresses },
          { ...texts, contents: before.texts },
        ],
        wanted: [
          { ...answers, contents: addresses },
          { ...texts, contents: lines },
        ],
      },
      options,
    );
  }

  /** Resolvers answer with a removed address until its time-to-live is over. */
  async #drain({ ttlSeconds }: Rfc2136Route, options: CallOptions): Promise<void> {
    const leftMs = parseInstant(options.deadline).getTime() - this.clock.now().getTime() - RESERVE_MS;
    await this.clock.sleep(Math.max(0, Math.min(this.account.drainWaitMs, ttlSeconds * 1_000, leftMs)));
  }
}

/** Where the texts of a name stand. */
export function besideName(name: string): string {
  return `_springtide.${name}`;
}

function toRouteState(route: string, settings: Rfc2136Route, groups: readonly NamedGroup[]): RouteState {
  const shares = addressShares(groups, ({ on }) => on);
  return {
    name: route,
    entrance: `${settings.scheme}://${settings.name}:${settings.port}`,
    groups: groups.map(({ name, members }) => ({
      name,
      weight: shares[name] ?? 0,
      // Nobody looks who is behind these addresses: whoever is named counts as there.
      members: members.map(({ id, address }) => ({
        id,
        address,
        port: settings.port,
        healthy: true,
        draining: false,
        activeConnections: null,
      })),
    })),
  };
}

function refuseMember(settings: Rfc2136Route, group: string, { id, address, port }: RouteMember): void {
  const problem = !isIPv4(address)
    ? `has address ${address}, and only IPv4 addresses can be behind this name`
    : port !== settings.port
      ? `serves on port ${port}, but a name has no port and this route's is ${settings.port}`
      : undefined;
  if (problem === undefined) return;
  throw new SpringtideError(
    'invalid-argument',
    `member ${JSON.stringify(id)} of group "${group}" ${problem}; the route was not changed`,
  );
}

const MOST_LOOKS = 3;

function refusePointingAtNothing(
  route: string,
  groups: readonly NamedGroup[],
  weights: Readonly<Record<string, number>>,
): void {
  for (const [group, share] of Object.entries(weights)) {
    if (share === 0 || groups.some(({ name }) => name === group)) continue;
    throw new SpringtideError(
      'failed-precondition',
      `route "${route}" cannot give ${share} % to group "${group}": it has no member; the shares stay as they were`,
      { effect: 'none', retry: 'same', facts: { route, group, share } },
    );
  }
}

function refuseUnlikeAddresses(
  route: string,
  groups: readonly NamedGroup[],
  weights: Readonly<Record<string, number>>,
): void {
  const possible = addressShares(groups, ({ name }) => (weights[name] ?? 0) > 0);
  const far = Object.entries(possible).some(
    ([group, share]) => Math.abs(share - (weights[group] ?? 0)) > NEAR_ENOUGH,
  );
  if (!far) return;
  const nearest = Object.entries(possible)
    .map(([group, share]) => `${group} ${Math.round(share * 10) / 10} %`)
    .join(', ');
  throw new SpringtideError(
    'unsupported',
    `route "${route}" is a name of plain addresses, and each is answered with as often as any other: the nearest shares are ${nearest}; the shares stay as they were`,
    {
      effect: 'none',
      nextStep: 'Ask for these shares, change the number of members, or use a route that has weights.',
      facts: { route, nearest },
    },
  );
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join('\n') === b.toSorted().join('\n');
}
