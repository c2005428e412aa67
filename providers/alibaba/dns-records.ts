import type { RouteMember } from '@springtide/provider-kit';
import { z } from 'zod';
import type { AlibabaApi, Scope } from './api.js';
import { allOf, numberedPages } from './paging.js';
import type { Parameters } from './parameters.js';
import type { DnsRoute } from './route-settings.js';
import { nothing, text, wrapped } from './wire.js';

const PAGE_SIZE = 100;
/** What a record has while nobody gave it a weight. */
const FIRST_WEIGHT = 1;
/** Text records stand beside the name and not at it: others put theirs there. */
const MEMBERS_BELOW = '_springtide';
const MEMBERSHIP = /^springtide (?<group>[a-z0-9-]+) (?<port>\d+) (?<address>[\da-fA-F.:]+) (?<id>\S+)$/;

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

export type AddressRecord = Readonly<{ id: string; address: string; weight: number }>;
export type MembershipRecord = Readonly<{ id: string; group: string; member: RouteMember }>;

/** The records of one name: its addresses, and the text records that say whose they are. */
export class DnsRecords {
  constructor(
    private readonly route: DnsRoute,
    private readonly api: AlibabaApi,
  ) {}

  async addresses(at: Scope): Promise<readonly AddressRecord[]> {
    const records = await this.#list(at, this.route.record, this.route.type);
    return records.map(({ RecordId, Value, Weight }) => ({
      id: RecordId,
      address: Value,
      weight: Weight ?? FIRST_WEIGHT,
    }));
  }

  async memberships(at: Scope): Promise<readonly MembershipRecord[]> {
    return (await this.#list(at, this.#membersName(), 'TXT')).flatMap(({ RecordId, Value }) => {
      const { group, port, address, id } = MEMBERSHIP.exec(Value)?.groups ?? {};
      if (group === undefined || address === undefined || id === undefined) return [];
      return [{ id: RecordId, group, member: { id: decodeURIComponent(id), address, port: Number(port) } }];
    });
  }

  async join(at: Scope, group: string, { id, address, port }: RouteMember): Promise<void> {
    const Value = `springtide ${group} ${port} ${address} ${encodeURIComponent(id)}`;
    await this.#add(at, { RR: this.#membersName(), Type: 'TXT', Value });
  }

  /** From now on the name is answered with this address too. */
  async answer(at: Scope, Value: string): Promise<string> {
    const { record: RR, type: Type } = this.route;
    return await this.#add(at, { RR, Type, Value });
  }

  async weigh(at: Scope, RecordId: string, Weight: number): Promise<void> {
    await this.#change(at, 'UpdateDNSSLBWeight', { RecordId, Weight });
  }

  async remove(at: Scope, RecordId: string): Promise<void> {
    await this.#change(at, 'DeleteDomainRecord', { RecordId });
  }

  /** Weights count only while the name is switched to weighted answers. @returns whether it was not, until now. */
  async openWeights(at: Scope): Promise<boolean> {
    const { domain: DomainName, record, type: Type } = this.route;
    const SubDomain = this.#nameOf(record);
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
    return !isOpen;
  }

  async #list(at: Scope, record: string, type: string): Promise<readonly WireRecord[]> {
    const records = await allOf(
      numberedPages('DNS records', async (PageNumber) => {
        const answer = await this.api.read(at, {
          product: 'alidns',
          action: 'DescribeSubDomainRecords',
          parameters: {
            DomainName: this.route.domain,
            SubDomain: this.#nameOf(record),
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

  async #add(at: Scope, record: Readonly<{ RR: string; Type: string; Value: string }>): Promise<string> {
    const { domain: DomainName, ttlSeconds: TTL } = this.route;
    const { RecordId } = await this.api.mutate(at, {
      product: 'alidns',
      action: 'AddDomainRecord',
      parameters: { DomainName, ...record, TTL },
      answer: addedAnswer,
    });
    return RecordId;
  }

  async #change(at: Scope, action: string, parameters: Parameters): Promise<void> {
    await this.api.mutate(at, { product: 'alidns', action, parameters, answer: nothing });
  }

  #membersName(): string {
    const { record } = this.route;
    return record === '@' ? MEMBERS_BELOW : `${MEMBERS_BELOW}.${record}`;
  }

  #nameOf(record: string): string {
    const { domain } = this.route;
    return record === '@' ? domain : `${record}.${domain}`;
  }
}
