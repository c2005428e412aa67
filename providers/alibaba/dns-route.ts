import { SpringtideError } from '@springtide/kernel';
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
  type LiveMember,
  type RouteCounters,
  type RouteMatch,
  type RouteMember,
  type RouteState,
} from '@springtide/provider-kit';
import type { AlibabaApi, Scope } from './api.js';
import { DnsRecords, type AddressRecord, type MembershipRecord } from './dns-records.js';
import type { RouteDriver } from './route-driver.js';
import type { DnsRoute } from './route-settings.js';

const MOST_WEIGHT = 100;

/** `record`: the text record that says whose the address is; none for entrances of the settings. */
type NamedMember = LiveMember & Readonly<{ record?: MembershipRecord }>;
type LiveName = Readonly<{
  members: readonly NamedMember[];
  /** Every address that the name is answered with. */
  addresses: readonly AddressRecord[];
}>;
type Weights = ReadonlyMap<string, number>;

/**
 * Weighted records of one name. The product knows no weight of nothing, so who is a member stands in text records beside
 * the name, and only who has a share has an address record. Nobody looks who is behind a name.
 */
export class DnsRouteDriver implements RouteDriver {
  readonly #records: DnsRecords;

  constructor(
    private readonly name: string,
    private readonly route: DnsRoute,
    api: AlibabaApi,
    private readonly region: string,
  ) {
    this.#records = new DnsRecords(route, api);
  }

  async read(options: CallOptions): Promise<RouteState> {
    return this.#toState(await this.#live(this.#at(options)));
  }

  /** Addresses that answered before are taken over by the group that names them first. */
  async setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void> {
    checkRouteMembers(group, members);
    if (this.route.groups[group] !== undefined) return this.#refuseOtherThanDeclared(group, members);
    const at = this.#at(options);
    const before = await this.#live(at);
    const names = new Set(members.map((member) => nameOf(group, member)));
    const leaving = before.members.filter((each) => each.group === group && !names.has(each.name));
    const kept = before.members.filter((each) => !leaving.includes(each));
    const joining = members.filter((member) => kept.every(({ name }) => name !== nameOf(group, member)));
    refuseSharedAddresses(this.name, kept, joining);
    this.#refuseForeign(before, joining);
    for (const member of joining) await this.#records.join(at, group, member);
    const after = joining.length === 0 ? before : await this.#live(at);
    const gone = new Set(leaving.map(({ name }) => name));
    const staying = after.members.filter(({ name }) => !gone.has(name));
    const shares = sharesOfStaying(sharesGiven(after.members), staying);
    await this.#apply(at, { ...after, members: staying }, shareWeights(staying, shares, MOST_WEIGHT));
    for (const { record } of leaving) if (record !== undefined) await this.#records.remove(at, record.id);
  }

  async setWeights(shares: Readonly<Record<string, number>>, options: CallOptions): Promise<RouteState> {
    checkRouteShares(shares);
    const at = this.#at(options);
    const before = await this.#live(at);
    this.#refuseForeign(before, []);
    refusePointingAtNothing(this.name, before.members, shares);
    await this.#apply(at, before, shareWeights(before.members, shares, MOST_WEIGHT));
    const after = await this.#live(at);
    refuseOtherWriter(this.name, after.members, shares);
    return this.#toState(after);
  }

  async setMatches(matches: readonly RouteMatch[], options: CallOptions): Promise<RouteState> {
    if (matches.length === 0) return this.read(options);
    throw new SpringtideError(
      'unsupported',
      `route "${this.name}" is a name: it is resolved before there is a request to match; no record was changed`,
    );
  }

  /** A name server sees no requests. */
  async counters(): Promise<readonly RouteCounters[]> {
    return Promise.resolve([]);
  }

  async #live(at: Scope): Promise<LiveName> {
    const addresses = await this.#records.addresses(at);
    const weightOf = new Map(addresses.map(({ address, weight }) => [address, weight]));
    const live = (group: string, member: RouteMember): NamedMember => ({
      name: nameOf(group, member),
      group,
      member,
      healthy: true,
      weight: weightOf.get(member.address) ?? 0,
    });
    const declared = Object.entries(this.route.groups).flatMap(([group, entrances]) =>
      entrances.map((address) => live(group, this.#entrance(address))),
    );
    const joined = (await this.#records.memberships(at)).map((record) => ({
      ...live(record.group, record.member),
      record,
    }));
    return { members: [...declared, ...joined], addresses };
  }

  /** Adds before it takes away: the name never answers with nothing. */
  async #apply(at: Scope, { members, addresses }: LiveName, weights: Weights): Promise<void> {
    const wanted = new Map(
      members.flatMap(({ name, member }) => {
        const weight = weights.get(name) ?? 0;
        return weight > 0 ? [[member.address, weight] as const] : [];
      }),
    );
    const idOf = new Map(addresses.map(({ address, id }) => [address, id]));
    for (const address of wanted.keys()) {
      if (!idOf.has(address)) idOf.set(address, await this.#records.answer(at, address));
    }
    // One record alone answers every question, and has no weight.
    if (wanted.size > 1) await this.#weigh(at, addresses, wanted, idOf);
    for (const { address, id } of addresses) if (!wanted.has(address)) await this.#records.remove(at, id);
  }

  /** Those that grow first: a share that is on its way is never larger than it was or will be by much. */
  async #weigh(
    at: Scope,
    before: readonly AddressRecord[],
    wanted: Weights,
    idOf: ReadonlyMap<string, string>,
  ): Promise<void> {
    const fresh = await this.#records.openWeights(at);
    const known = new Map(fresh ? [] : before.map(({ address, weight }) => [address, weight]));
    const changed = [...wanted].filter(([address, weight]) => known.get(address) !== weight);
    const growth = ([address, weight]: readonly [string, number]): number =>
      weight - (known.get(address) ?? 0);
    for (const [address, weight] of changed.toSorted((a, b) => growth(b) - growth(a))) {
      await this.#records.weigh(at, idOf.get(address) ?? '', weight);
    }
  }

  #refuseOtherThanDeclared(group: string, members: readonly RouteMember[]): void {
    const declared = this.route.groups[group] ?? [];
    const named = new Set(members.map(({ address }) => address));
    if (named.size === declared.length && declared.every((each) => named.has(each))) return;
    throw new SpringtideError(
      'failed-precondition',
      `the entrances of group "${group}" of route "${this.name}" are account settings; no record was changed`,
      { nextStep: `Change the addresses of group "${group}" in the account's settings.` },
    );
  }

  #refuseForeign({ members, addresses }: LiveName, joining: readonly RouteMember[]): void {
    const ours = new Set([...members.map(({ member }) => member), ...joining].map(({ address }) => address));
    const foreign = addresses.find(({ address }) => !ours.has(address));
    if (foreign !== undefined) {
      throw foreignMember(this.name, `the record ${foreign.id} for ${foreign.address}`);
    }
  }

  #toState({ members }: LiveName): RouteState {
    return routeState(this.name, this.route.entrance, members);
  }

  #entrance(address: string): RouteMember {
    const { protocol, port } = new URL(this.route.entrance);
    return { id: address, address, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  }

  #at({ deadline }: CallOptions): Scope {
    return { region: this.region, deadline };
  }
}

/** A name answers with addresses: one that two members had could be given to neither alone. */
function refuseSharedAddresses(
  route: string,
  kept: readonly NamedMember[],
  joining: readonly RouteMember[],
): void {
  const taken = new Map(
    kept.map(({ member, group }) => [member.address, `${member.id} of group "${group}"`]),
  );
  for (const { id, address } of joining) {
    const other = taken.get(address);
    if (other !== undefined) {
      throw new SpringtideError(
        'failed-precondition',
        `${id} and ${other} of route "${route}" have one address, ${address}, and a name knows no ports; no record was changed`,
        { nextStep: 'Give each member an address of its own, or take one of them out first.' },
      );
    }
    taken.set(address, id);
  }
}

function nameOf(group: string, { id, address, port }: RouteMember): string {
  return `${group}/${id} ${address}:${port}`;
}
