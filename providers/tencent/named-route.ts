import { SpringtideError } from '@springtide/kernel';
import {
  foreignMember,
  refuseOtherWriter,
  refusePointingAtNothing,
  routeState,
  shareWeights,
  sharesGiven,
  sharesOfStaying,
  type LiveMember,
  type RouteMember,
  type RouteState,
} from '@springtide/provider-kit';
import type { RecordListItem } from 'tencentcloud-sdk-nodejs/tencentcloud/services/dnspod/v20210323/dnspod_models.js';
import type { NamedRoute } from './account.js';
import { MOST_WEIGHT, type RouteDriver } from './route-driver.js';
import type { TencentApi, TencentScope } from './tencent-api.js';

const MOST_RECORDS = 3_000;
/** What a paused record carries: the product knows no weight of nothing. */
const LEAST_WEIGHT = 1;
const REMARK = /^springtide (?<group>[a-z0-9-]+) (?<port>\d+) (?<id>[\x21-\x7e]+)$/;

type LiveRecord = LiveMember & Readonly<{ recordId: number }>;

/**
 * Weighted records of one DNSPod name. A record's remark says whose it is. A group without a share has paused records:
 * they keep their place and answer nobody.
 */
export class NamedRouteDriver implements RouteDriver {
  constructor(
    private readonly name: string,
    private readonly route: NamedRoute,
    private readonly api: TencentApi,
  ) {}

  async read(at: TencentScope): Promise<RouteState> {
    return routeState(this.name, this.route.entrance, await this.#live(at));
  }

  async setMembers(group: string, members: readonly RouteMember[], at: TencentScope): Promise<void> {
    const before = await this.#live(at);
    const shares = sharesGiven(before);
    const wanted = new Set(members.map((member) => nameOfMember(group, member)));
    const there = new Set(before.map(({ name }) => name));
    const leaving = before.filter((each) => each.group === group && !wanted.has(each.name));
    const gone = new Set(leaving.map(({ name }) => name));
    const joining = members.filter((member) => !there.has(nameOfMember(group, member)));
    for (const member of joining) await this.#create(group, member, at);
    const after = joining.length === 0 ? before : await this.#live(at);
    const kept = after.filter(({ name }) => !gone.has(name));
    await this.#setWeights(kept, shareWeights(kept, sharesOfStaying(shares, kept), MOST_WEIGHT), at);
    for (const { recordId } of leaving) await this.#delete(recordId, at);
  }

  async setWeights(shares: Readonly<Record<string, number>>, at: TencentScope): Promise<RouteState> {
    const before = await this.#live(at);
    refusePointingAtNothing(this.name, before, shares);
    await this.#setWeights(before, shareWeights(before, shares, MOST_WEIGHT), at);
    const after = await this.#live(at);
    refuseOtherWriter(this.name, after, shares);
    return routeState(this.name, this.route.entrance, after);
  }

  async #live(at: TencentScope): Promise<readonly LiveRecord[]> {
    const { domain, subDomain, recordType, line } = this.route;
    const { RecordList = [] } = await this.api.call('dnspod', 'DescribeRecordList', at, {
      Domain: domain,
      SubDomain: subDomain,
      RecordType: recordType,
      RecordLine: line,
      ErrorOnEmpty: 'no',
      Limit: MOST_RECORDS,
    });
    return RecordList.filter(
      ({ Name, Type, Line }) => Name === subDomain && Type === recordType && Line === line,
    ).map((record) => this.#liveRecord(record));
  }

  #liveRecord(record: RecordListItem): LiveRecord {
    const { RecordId: recordId = 0, Value: address = '', Status, Weight } = record;
    const { group, port, id } = REMARK.exec(record.Remark ?? '')?.groups ?? {};
    if (group === undefined || id === undefined) {
      throw foreignMember(this.name, `the record ${recordId} for ${address}`);
    }
    const member = { id, address, port: Number(port) };
    return {
      name: nameOfMember(group, member),
      group,
      // Without a monitor the product knows nothing against it.
      healthy: record.MonitorStatus !== 'DOWN',
      weight: Status === 'ENABLE' ? (Weight ?? LEAST_WEIGHT) : 0,
      member,
      recordId,
    };
  }

  /** Those that grow first: at no moment does the name lead nowhere. */
  async #setWeights(
    live: readonly LiveRecord[],
    weights: ReadonlyMap<string, number>,
    at: TencentScope,
  ): Promise<void> {
    const changed = live
      .map((record) => ({ record, weight: weights.get(record.name) ?? 0 }))
      .filter(({ record, weight }) => record.weight !== weight)
      .toSorted((a, b) => b.weight - b.record.weight - (a.weight - a.record.weight));
    for (const { record, weight } of changed) await this.#modify(record, weight, at);
  }

  #modify(record: LiveRecord, weight: number, at: TencentScope): Promise<unknown> {
    return this.api.call('dnspod', 'ModifyRecord', at, {
      ...this.#fields(record.group, record.member, weight),
      RecordId: record.recordId,
    });
  }

  #create(group: string, member: RouteMember, at: TencentScope): Promise<unknown> {
    return this.api.call('dnspod', 'CreateRecord', at, this.#fields(group, member, 0));
  }

  #fields(group: string, { id, address, port }: RouteMember, weight: number) {
    const { domain, subDomain, recordType, line, ttl } = this.route;
    return {
      Domain: domain,
      SubDomain: subDomain,
      RecordType: recordType,
      RecordLine: line,
      Value: address,
      TTL: ttl,
      Weight: Math.max(LEAST_WEIGHT, weight),
      Status: weight === 0 ? 'DISABLE' : 'ENABLE',
      Remark: `springtide ${group} ${port} ${id}`,
    };
  }

  async #delete(recordId: number, at: TencentScope): Promise<void> {
    try {
      await this.api.call('dnspod', 'DeleteRecord', at, { Domain: this.route.domain, RecordId: recordId });
    } catch (thrown) {
      if (!(thrown instanceof SpringtideError) || thrown.code !== 'not-found') throw thrown;
    }
  }
}

function nameOfMember(group: string, { id, address, port }: RouteMember): string {
  return `${group}/${id} ${address}:${port}`;
}
