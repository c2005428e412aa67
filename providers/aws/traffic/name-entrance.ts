import { isIPv4 } from 'node:net';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { SpringtideError, parseInstant, type Clock } from '@springtide/kernel';
import type { CallOptions, RouteMember, RouteState } from '@springtide/provider-kit';
import type { NameRoute } from '../account.js';
import type { Entrance } from './entrance.js';
import { toShares } from './listener-weights.js';
import { recordWeights } from './name-weights.js';
import type { NamesApi } from './names-api.js';

/** Room in a record's identifier for `group/member`. */
const IDENTIFIER_LENGTH = 128;
const POLL_MS = 500;
/** Kept of the deadline, so that the answer still arrives. */
const RESERVE_MS = 1_500;

type Named = Readonly<{
  group: string;
  id: string;
  address: string;
  weight: number;
  /** As Route 53 has it: it deletes only what is described to the letter. */
  found?: ResourceRecordSet;
}>;
type LiveName = Readonly<{ records: readonly Named[]; shares: Readonly<Record<string, number>> }>;

/**
 * A name in Route 53 with one weighted record per member, which is an entrance of its own: a proxy at home, a load
 * balancer in a cloud. Shares are those of new look-ups; who has asked before comes back when the time-to-live is over.
 */
export class NameEntrance implements Entrance {
  constructor(
    private readonly name: string,
    private readonly route: NameRoute,
    private readonly api: NamesApi,
    private readonly clock: Clock,
  ) {}

  async read(options: CallOptions): Promise<RouteState> {
    const { records, shares } = await this.#live(options);
    const { scheme, name, port } = this.route;
    return {
      name: this.name,
      entrance: `${scheme}://${name}:${port}`,
      groups: Object.entries(shares).map(([group, weight]) => ({
        name: group,
        weight,
        members: records
          .filter((record) => record.group === group)
          // A name does not look who is behind it: whoever is named counts as there.
          .map(({ id, address }) => ({
            id,
            address,
            port,
            healthy: true,
            draining: false,
            activeConnections: null,
          })),
      })),
    };
  }

  async setMembers(group: string, members: readonly RouteMember[], options: CallOptions): Promise<void> {
    for (const member of members) this.#refuseMember(group, member);
    const { records, shares } = await this.#live(options);
    const kept = records.filter((record) => record.group !== group);
    const joined = members.map(({ id, address }) => ({ group, id, address }));
    await this.#write(records, [...kept, ...joined], { [group]: 0, ...shares }, options);
  }

  async setWeights(shares: Readonly<Record<string, number>>, options: CallOptions): Promise<void> {
    const { records } = await this.#live(options);
    for (const [group, share] of Object.entries(shares)) {
      if (share > 0 && !records.some((record) => record.group === group))
        throw this.#pointsAtNothing(group, share);
    }
    await this.#write(records, records, shares, options);
  }

  async setMatches(): Promise<void> {
    throw new SpringtideError(
      'unsupported',
      `route "${this.name}" is a name, and a name does not see requests; nothing was changed`,
      { effect: 'none', nextStep: 'Match at the load balancer behind the name.' },
    );
  }

  async #live(options: CallOptions): Promise<LiveName> {
    const found = await this.api.records(this.route.hostedZoneId, this.route.name, options.deadline);
    const records = found.flatMap(readRecord);
    const sums: Record<string, number> = {};
    for (const { group, weight } of records) sums[group] = (sums[group] ?? 0) + weight;
    return { records, shares: toShares(sums) };
  }

  /** One batch, carried out whole or not at all, then waited for until every name server has it. */
  async #write(
    before: readonly Named[],
    after: readonly Pick<Named, 'group' | 'id' | 'address'>[],
    shares: Readonly<Record<string, number>>,
    options: CallOptions,
  ): Promise<void> {
    const groups = [...new Set(after.map(({ group }) => group))];
    const sizes = groups.map((group) => {
      const members = after.filter((record) => record.group === group).length;
      return [group, { share: shares[group] ?? 0, members }] as const;
    });
    const weights = recordWeights(Object.fromEntries(sizes));
    const wanted = after.map(({ group, id, address }) => ({
      group,
      id,
      address,
      weight: weights[group] ?? 0,
    }));
    const keys = new Set(wanted.map(identifierOf));
    const changes = [
      ...before
        .filter((record) => !keys.has(identifierOf(record)))
        .map(({ found }): Change => ({ Action: 'DELETE', ResourceRecordSet: found })),
      ...wanted
        .filter((record) => !before.some((one) => same(one, record)))
        .map((record) => this.#upsert(record)),
    ];
    if (changes.length === 0) return;
    const change = await this.api.change(this.route.hostedZoneId, changes, options.deadline);
    while (!(await this.api.isEverywhere(change, options.deadline))) {
      const leftMs = parseInstant(options.deadline).getTime() - this.clock.now().getTime();
      if (leftMs <= RESERVE_MS) throw this.#underWay();
      await this.clock.sleep(POLL_MS);
    }
  }

  #upsert(record: Named): Change {
    return {
      Action: 'UPSERT',
      ResourceRecordSet: {
        Name: this.route.name,
        Type: 'A',
        SetIdentifier: identifierOf(record),
        Weight: record.weight,
        TTL: this.route.ttlSeconds,
        ResourceRecords: [{ Value: record.address }],
      },
    };
  }

  #refuseMember(group: string, { id, address, port }: RouteMember): void {
    const problem = !isIPv4(address)
      ? `has address ${address}, and only IPv4 addresses can be behind this name yet`
      : port !== this.route.port
        ? `serves on port ${port}, but a name has no port and this route's is ${this.route.port}`
        : `${group}/${id}`.length > IDENTIFIER_LENGTH
          ? `has too long an id for a record of Route 53`
          : undefined;
    if (problem === undefined) return;
    throw new SpringtideError(
      'invalid-argument',
      `member ${JSON.stringify(id)} of group "${group}" ${problem}; the route was not changed`,
    );
  }

  #pointsAtNothing(group: string, share: number): SpringtideError {
    return new SpringtideError(
      'failed-precondition',
      `route "${this.name}" cannot give ${share} % to group "${group}": it has no member; the shares stay as they were`,
      { effect: 'none', retry: 'same', facts: { route: this.name, group, share } },
    );
  }

  #underWay(): SpringtideError {
    return new SpringtideError(
      'timeout',
      `route "${this.name}" was changed, but Route 53 has not told all its name servers yet`,
      { effect: 'maybe', retry: 'same', nextStep: 'Read the route; the same change may be sent again.' },
    );
  }
}

/** Records that somebody else put under the name form a group of their own, by their identifier. */
function readRecord(record: ResourceRecordSet): readonly Named[] {
  const [, group = '', id = ''] = /^([^/]+)\/(.+)$/.exec(record.SetIdentifier ?? '') ?? [];
  const address = record.ResourceRecords?.[0]?.Value ?? '';
  if (group === '' || address === '') return [];
  return [{ group, id, address, weight: record.Weight ?? 0, found: record }];
}

function identifierOf({ group, id }: Pick<Named, 'group' | 'id'>): string {
  return `${group}/${id}`;
}

function same(a: Named, b: Named): boolean {
  return identifierOf(a) === identifierOf(b) && a.address === b.address && a.weight === b.weight;
}
