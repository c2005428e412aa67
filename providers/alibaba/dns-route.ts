import { SpringtideError } from '@springtide/kernel';
import {
  checkRouteMembers,
  checkRouteShares,
  type CallOptions,
  type RouteCounters,
  type RouteMatch,
  type RouteMember,
  type RouteState,
} from '@springtide/provider-kit';
import { z } from 'zod';
import type { AlibabaApi, Scope } from './api.js';
import { allOf, numberedPages } from './paging.js';
import type { Parameters } from './parameters.js';
import type { RouteDriver } from './route-driver.js';
import type { DnsRoute } from './route-settings.js';
import { nothing, text, wrapped } from './wire.js';
import { recordWeights } from './whole-weights.js';

const PAGE_SIZE = 100;
const MOST_WEIGHT = 100;
/** What a record has while nobody gave it a weight. */
const FIRST_WEIGHT = 1;

const recordsAnswer = z.object({
  TotalCount: z.number(),
  DomainRecords: wrapped(
    'Record',
    z.object({
      RecordId: z.string(),
      Value: z.string(),
      Type: text,
      Status: text,
      Line: text,
      Weight: z.number().nullish(),
    }),
  ),
});
type WireRecord = z.output<typeof recordsAnswer>['DomainRecords'][number];

const addedAnswer = z.object({ RecordId: z.string() });
const statusAnswer = z.object({
  TotalCount: z.number().nullish(),
  SlbSubDomains: wrapped('SlbSubDomain', z.object({ SubDomain: text, Type: text, Open: z.boolean() })),
});

/**
 * Weighted records of one name. A weight is 1 to 100 and never 0, so a group without a share has no record. Nobody checks
 * the entrances behind a name: they are account settings, and whole entrances are what moves.
 */
export class DnsRouteDriver implements RouteDriver {
  constructor(
    private readonly name: string,
    private readonly route: DnsRoute,
    private readonly api: AlibabaApi,
    private readonly region: string,
  ) {}

  async read(options: CallOptions): Promise<RouteState> {
    const records = await this.#records(this.#at(options));
    const weightOf = new Map(records.map(({ Value, Weight }) => [Value, Weight ?? FIRST_WEIGHT]));
    const sum = [...weightOf.values()].reduce((total, weight) => total + weight, 0);
    const groups = Object.entries(this.route.groups).map(([name, addresses]) => ({
      name,
      weight:
        sum === 0
          ? 0
          : (addresses.reduce((total, address) => total + (weightOf.get(address) ?? 0), 0) * 100) / sum,
      members: addresses.map((address) => ({
        ...this.#member(address),
        healthy: true,
        draining: false,
        activeConnections: null,
      })),
    }));
    return { name: this.name, entrance: this.route.entrance, groups };
  }

  /** @throws failed-precondition unless they are the entrances of the settings. */
  async setMembers(group: string, members: readonly RouteMember[]): Promise<void> {
    checkRouteMembers(group, members);
    const declared = this.route.groups[group] ?? [];
    const named = new Set(members.map(({ address }) => address));
    if (declared.length > 0 && named.size === declared.length && declared.every((each) => named.has(each))) {
      return Promise.resolve();
    }
    throw new SpringtideError(
      'failed-precondition',
      `the entrances behind the name of route "${this.name}" are account settings; no record was changed`,
      { nextStep: `Change the addresses of group "${group}" in the account's settings.` },
    );
  }

  /** Adds before it takes away: the name never answers with nothing. */
  async setWeights(shares: Readonly<Record<string, number>>, options: CallOptions): Promise<RouteState> {
    checkRouteShares(shares);
    this.#refuseUnknown(shares);
    const at = this.#at(options);
    const sizes = Object.fromEntries(
      Object.entries(this.route.groups).map(([group, addresses]) => [group, addresses.length]),
    );
    const weights = recordWeights(shares, sizes, MOST_WEIGHT);
    const wanted = new Map(
      Object.entries(weights).flatMap(([group, weight]) =>
        (this.route.groups[group] ?? []).map((address) => [address, weight] as const),
      ),
    );
    const before = await this.#records(at);
    const ids = new Map(before.map(({ Value, RecordId }) => [Value, RecordId]));
    for (const address of wanted.keys())
      if (!ids.has(address)) ids.set(address, await this.#add(at, address));
    // One record alone answers every question, and has no weight.
    if (wanted.size > 1) await this.#weigh(at, before, wanted, ids);
    for (const { Value, RecordId } of before) {
      if (!wanted.has(Value) && this.#isOurs(Value))
        await this.#change(at, 'DeleteDomainRecord', { RecordId });
    }
    return this.read(options);
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

  async #records(at: Scope): Promise<readonly WireRecord[]> {
    const { domain, record, type } = this.route;
    const records = await allOf(
      numberedPages('DNS records', async (PageNumber) => {
        const answer = await this.api.read(at, {
          product: 'alidns',
          action: 'DescribeSubDomainRecords',
          parameters: {
            DomainName: domain,
            SubDomain: record === '@' ? domain : `${record}.${domain}`,
            Type: type,
            PageNumber,
            PageSize: PAGE_SIZE,
          },
          answer: recordsAnswer,
        });
        return { items: answer.DomainRecords, total: answer.TotalCount };
      }),
    );
    return records.filter(
      ({ Type, Status, Line }) =>
        Type === type && Status?.toUpperCase() !== 'DISABLE' && (Line ?? 'default') === 'default',
    );
  }

  async #weigh(
    at: Scope,
    before: readonly WireRecord[],
    wanted: ReadonlyMap<string, number>,
    ids: ReadonlyMap<string, string>,
  ): Promise<void> {
    await this.#open(at);
    const weightOf = new Map(before.map(({ Value, Weight }) => [Value, Weight]));
    for (const [address, Weight] of wanted) {
      if (weightOf.get(address) === Weight) continue;
      await this.#change(at, 'UpdateDNSSLBWeight', { RecordId: ids.get(address), Weight });
    }
  }

  async #add(at: Scope, Value: string): Promise<string> {
    const { domain: DomainName, record: RR, type: Type, ttlSeconds: TTL } = this.route;
    const { RecordId } = await this.api.mutate(at, {
      product: 'alidns',
      action: 'AddDomainRecord',
      parameters: { DomainName, RR, Type, Value, TTL },
      answer: addedAnswer,
    });
    return RecordId;
  }

  /** Weights count only while the name is switched to weighted answers. */
  async #open(at: Scope): Promise<void> {
    const { domain: DomainName, record, type: Type } = this.route;
    const SubDomain = record === '@' ? DomainName : `${record}.${DomainName}`;
    const { SlbSubDomains } = await this.api.read(at, {
      product: 'alidns',
      action: 'DescribeDNSSLBSubDomains',
      parameters: { DomainName, Rr: record, PageSize: PAGE_SIZE },
      answer: statusAnswer,
    });
    const isOpen = SlbSubDomains.some(
      (each) => each.SubDomain === SubDomain && each.Type === Type && each.Open,
    );
    if (!isOpen) await this.#change(at, 'SetDNSSLBStatus', { DomainName, SubDomain, Type, Open: true });
  }

  async #change(at: Scope, action: string, parameters: Parameters): Promise<void> {
    await this.api.mutate(at, { product: 'alidns', action, parameters, answer: nothing });
  }

  #refuseUnknown(shares: Readonly<Record<string, number>>): void {
    for (const [group, share] of Object.entries(shares)) {
      if (share === 0 || this.route.groups[group] !== undefined) continue;
      throw new SpringtideError(
        'failed-precondition',
        `route "${this.name}" cannot give ${share} % to group "${group}": it has no entrance; no record was changed`,
        { nextStep: `Add the entrance addresses of "${group}" to the account's settings.` },
      );
    }
  }

  #isOurs(address: string): boolean {
    return Object.values(this.route.groups).some((addresses) => addresses.includes(address));
  }

  #member(address: string): RouteMember {
    const { protocol, port } = new URL(this.route.entrance);
    return { id: address, address, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
  }

  #at({ deadline }: CallOptions): Scope {
    return { region: this.region, deadline };
  }
}
