import type { Domain, NameRecord } from '../cloud/name-book.js';
import { WireError } from '../wire/wire-error.js';
import { localStamp, pageOf, pageWish, type ActionCall, type Actions } from './action.js';

const TYPES = ['A', 'AAAA', 'CNAME', 'TXT', 'MX', 'NS', 'SRV', 'CAA'];
const LINES: Readonly<Record<string, string>> = {
  默认: '0',
  境内: '7=0',
  境外: '3=0',
  电信: '10=0',
  联通: '10=1',
  移动: '10=3',
};

/** The DNS zones of the account. Changes are there at once; what resolvers still remember is not simulated. */
export const dnspodActions: Actions = {
  'dnspod/DescribeDomainList': ({ cloud, params }) => {
    const keyword = params['Keyword'] as string | undefined;
    const all = [...cloud.names.domains.values()].filter(({ name }) => name.includes(keyword ?? ''));
    const none = { ShareTotal: 0, VipTotal: 0, PauseTotal: 0, ErrorTotal: 0, LockTotal: 0, SpamTotal: 0 };
    const total = { DomainTotal: all.length, AllTotal: all.length, MineTotal: all.length };
    return {
      DomainCountInfo: { ...total, ...none, VipExpire: 0, ShareOutTotal: 0, GroupTotal: 0 },
      DomainList: pageOf(all, pageWish(params, 3_000, 3_000)).map((domain) =>
        domainShape(cloud.now(), domain),
      ),
    };
  },
  'dnspod/DescribeRecordList': (call) => {
    const found = matching(call);
    if (found.length === 0 && call.params['ErrorOnEmpty'] !== 'no') {
      throw new WireError('ResourceNotFound.NoDataOfRecord', '记录列表为空。');
    }
    const page = pageOf(found, pageWish(call.params, 3_000, 100));
    const names = new Set(found.map(({ name }) => name));
    return {
      RecordCountInfo: { SubdomainCount: names.size, ListCount: page.length, TotalCount: found.length },
      RecordList: page.map(listShape),
    };
  },
  'dnspod/DescribeRecord': (call) => {
    const domain = domainOf(call);
    return { RecordInfo: recordShape(domain, recordOf(call, domain)) };
  },
  'dnspod/CreateRecord': (call) => {
    const domain = domainOf(call);
    const id = call.cloud.ids.number();
    const record = { id, ...wishOf(call) };
    refuseTwin(domain, record);
    domain.records.set(id, record);
    return { RecordId: id };
  },
  'dnspod/ModifyRecord': (call) => {
    const domain = domainOf(call);
    const before = recordOf(call, domain);
    refuseDefault(before);
    // What is left out goes back to its default, as it does there.
    const record = { id: before.id, ...wishOf(call) };
    refuseTwin(domain, record);
    domain.records.set(record.id, record);
    return { RecordId: record.id };
  },
  'dnspod/DeleteRecord': (call) => {
    const domain = domainOf(call);
    const record = recordOf(call, domain);
    refuseDefault(record);
    domain.records.delete(record.id);
    return {};
  },
};

function domainOf({ cloud, params }: ActionCall): Domain {
  const domain = cloud.names.find(String(params['Domain']), params['DomainId'] as number | undefined);
  if (domain !== undefined) return domain;
  throw new WireError('InvalidParameterValue.DomainNotExists', `当前域名有误: ${String(params['Domain'])}`);
}

function recordOf({ params }: ActionCall, domain: Domain): NameRecord {
  const record = domain.records.get(Number(params['RecordId']));
  if (record !== undefined) return record;
  throw new WireError('InvalidParameter.RecordIdInvalid', '记录编号错误。');
}

function matching(call: ActionCall): readonly NameRecord[] {
  const { Subdomain, SubDomain, RecordType, RecordLine, Keyword } = call.params as Record<
    string,
    string | undefined
  >;
  const name = Subdomain ?? SubDomain;
  return [...domainOf(call).records.values()].filter(
    (record) =>
      (name === undefined || name === '' || record.name === name) &&
      (RecordType === undefined || RecordType === '' || record.type === RecordType) &&
      (RecordLine === undefined || RecordLine === '' || record.line === RecordLine) &&
      (Keyword === undefined || record.name.includes(Keyword) || record.value.includes(Keyword)),
  );
}

function wishOf({ cloud, params }: ActionCall): Omit<NameRecord, 'id'> {
  const wish = params as {
    RecordType: string;
    RecordLine: string;
    Value: string;
    SubDomain?: string;
    MX?: number;
    TTL?: number;
    Weight?: number;
    Status?: string;
    Remark?: string;
  };
  if (!TYPES.includes(wish.RecordType))
    throw new WireError('InvalidParameter.RecordTypeInvalid', '记录类型不正确。');
  if (!Object.hasOwn(LINES, wish.RecordLine))
    throw new WireError('InvalidParameter.RecordLineInvalid', '记录线路不正确。');
  const ttl = wish.TTL ?? 600;
  if (ttl < cloud.settings.minimumTtl || ttl > 604_800) {
    throw new WireError(
      'LimitExceeded.RecordTtlLimit',
      `TTL must be from ${cloud.settings.minimumTtl} to 604800.`,
    );
  }
  const weight = wish.Weight ?? null;
  if (weight !== null && weight > 100)
    throw new WireError('InvalidParameter.InvalidWeight', '权重不合法，0到100的整数。');
  return {
    name: wish.SubDomain ?? '@',
    type: wish.RecordType,
    line: wish.RecordLine,
    value: canonical(wish.RecordType, wish.Value),
    ttl,
    mx: wish.MX ?? 0,
    // 0 turns weights off: such a record says so.
    weight,
    enabled: (wish.Status ?? 'ENABLE').toUpperCase() === 'ENABLE',
    remark: wish.Remark ?? '',
    updatedAt: cloud.now(),
  };
}

/** @throws WireError InvalidParameter.RecordValueInvalid for a value that its type does not take. */
function canonical(type: string, value: string): string {
  const octets = value.split('.').map(Number);
  const isAddress = octets.length === 4 && octets.every((octet) => octet >= 0 && octet <= 255);
  if (type === 'A' && !isAddress)
    throw new WireError('InvalidParameter.RecordValueInvalid', '记录的值不正确。');
  const isName = ['CNAME', 'NS', 'MX', 'SRV'].includes(type);
  return isName && !value.endsWith('.') ? `${value}.` : value;
}

function refuseTwin(domain: Domain, record: NameRecord): void {
  const twin = [...domain.records.values()].some(
    (other) =>
      other.id !== record.id &&
      other.name === record.name &&
      other.type === record.type &&
      other.line === record.line &&
      other.value === record.value,
  );
  if (twin) throw new WireError('InvalidParameter.DomainRecordExist', '记录已经存在，无需再次添加。');
}

function refuseDefault({ type, name }: NameRecord): void {
  if (type !== 'NS' || name !== '@') return;
  throw new WireError('OperationDenied', 'The default NS records cannot be changed.');
}

function listShape(record: NameRecord) {
  return {
    RecordId: record.id,
    Value: record.value,
    Status: record.enabled ? 'ENABLE' : 'DISABLE',
    UpdatedOn: localStamp(record.updatedAt),
    Name: record.name,
    Line: record.line,
    LineId: LINES[record.line] ?? '0',
    Type: record.type,
    Weight: record.weight,
    MonitorStatus: '',
    Remark: record.remark,
    TTL: record.ttl,
    MX: record.mx,
    DefaultNS: record.type === 'NS' && record.name === '@',
  };
}

function recordShape(domain: Domain, record: NameRecord) {
  return {
    Id: record.id,
    SubDomain: record.name,
    RecordType: record.type,
    RecordLine: record.line,
    RecordLineId: LINES[record.line] ?? '0',
    Value: record.value,
    Weight: record.weight,
    MX: record.mx,
    TTL: record.ttl,
    Enabled: record.enabled ? 1 : 0,
    MonitorStatus: '',
    Remark: record.remark,
    UpdatedOn: localStamp(record.updatedAt),
    DomainId: domain.id,
  };
}

function domainShape(now: number, domain: Domain) {
  return {
    DomainId: domain.id,
    Name: domain.name,
    Status: 'ENABLE',
    TTL: 600,
    CNAMESpeedup: 'DISABLE',
    DNSStatus: '',
    Grade: 'DP_ULTIMATE',
    GroupId: 1,
    SearchEnginePush: 'NO',
    Remark: '',
    Punycode: domain.name,
    EffectiveDNS: ['f1g1ns1.dnspod.net', 'f1g1ns2.dnspod.net'],
    GradeLevel: 9,
    GradeTitle: '尊享版',
    IsVip: 'YES',
    VipStartAt: '2026-01-01 00:00:00',
    VipEndAt: '2030-01-01 00:00:00',
    VipAutoRenew: 'YES',
    RecordCount: domain.records.size,
    CreatedOn: '2026-01-01 00:00:00',
    UpdatedOn: localStamp(now),
    Owner: 'yard@shop.example',
    TagList: [],
  };
}
