import type { ActionHandler } from '../api.js';
import type { AlibabaCloud } from '../cloud.js';
import { numberedPage } from '../ecs/places.js';
import type { AnswerBody, ApiCall } from '../wire/api-call.js';
import { invalidParameter, missingParameter, WireError } from '../wire/wire-error.js';
import type { DnsRecord, Names } from './names.js';

const MOST_PER_PAGE = 500;
const TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SRV', 'CAA', 'REDIRECT_URL', 'FORWARD_URL'];
const WEIGHTED_TYPES = ['A', 'AAAA', 'CNAME'];

function describeDomains(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { names } = cloud;
  const page = numberedPage([...names.domains], call, 100);
  const domains = page.items.map((name) => ({
    DomainName: name,
    DomainId: name,
    PunyCode: name,
    RecordCount: names.under(name).length,
    VersionCode: 'version_enterprise_basic',
    DnsServers: { DnsServer: ['ns1.alidns.com', 'ns2.alidns.com'] },
  }));
  return { ...page.about, Domains: { Domain: domains } };
}

function describeRecords(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const domain = cloud.names.domain(call.need('DomainName'));
  const rr = call.text('RRKeyWord');
  const type = call.text('TypeKeyWord') ?? call.text('Type');
  const value = call.text('ValueKeyWord');
  const status = call.text('Status')?.toUpperCase();
  const isExact = call.text('SearchMode') === 'EXACT';
  const keyword = call.text('KeyWord');
  const fits = (wanted: string | undefined, has: string): boolean =>
    wanted === undefined || (isExact ? has === wanted : has.includes(wanted));
  const found = cloud.names
    .under(domain)
    .filter(
      (record) =>
        fits(rr, record.rr) &&
        (type === undefined || type === record.type) &&
        fits(value, record.value) &&
        (status === undefined || status === statusOf(record)) &&
        (keyword === undefined || fits(keyword, record.rr) || fits(keyword, record.value)),
    );
  return recordsPage(found, call, (record) => recordShape(cloud.names, record));
}

/** `SubDomain` is the whole name. */
function describeSubDomainRecords(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const name = call.need('SubDomain');
  const type = call.text('Type');
  const found = [...cloud.names.records.values()].filter(
    (record) => nameOf(record) === name && (type === undefined || type === record.type),
  );
  return recordsPage(found, call, (record) => shortShape(cloud.names, record));
}

function recordsPage(
  found: readonly DnsRecord[],
  call: ApiCall,
  shapeOf: (record: DnsRecord) => AnswerBody,
): AnswerBody {
  const page = numberedPage(found, call, MOST_PER_PAGE);
  return { ...page.about, DomainRecords: { Record: page.items.map(shapeOf) } };
}

function recordShape(names: Names, record: DnsRecord): AnswerBody {
  const LbaStatus = names.isWeighted(record);
  return { ...shortShape(names, record), CreateTimestamp: record.createdAt, LbaStatus };
}

function shortShape(names: Names, record: DnsRecord): AnswerBody {
  return {
    RecordId: record.id,
    DomainName: record.domain,
    RR: record.rr,
    Type: record.type,
    Value: record.value,
    TTL: record.ttl,
    Line: record.line,
    Status: statusOf(record),
    Locked: false,
    ...(names.isWeighted(record) ? { Weight: record.weight } : {}),
  };
}

function addRecord(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { names } = cloud;
  const record: DnsRecord = {
    id: names.nextId(),
    domain: names.domain(call.need('DomainName')),
    createdAt: cloud.clock.life(),
    ...readRecord(call),
    enabled: true,
    weight: 1,
  };
  checkDouble(names, record);
  names.records.set(record.id, record);
  names.revision += 1;
  return { RecordId: record.id };
}

function updateRecord(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { names } = cloud;
  const record = names.record(call.need('RecordId'));
  const changed = { ...record, ...readRecord(call) };
  checkDouble(names, changed);
  names.records.set(record.id, changed);
  names.revision += 1;
  return { RecordId: record.id };
}

function deleteRecord(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const record = cloud.names.record(call.need('RecordId'));
  cloud.names.records.delete(record.id);
  cloud.names.revision += 1;
  return { RecordId: record.id };
}

function setRecordStatus(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const record = cloud.names.record(call.need('RecordId'));
  const status = call.need('Status');
  if (status !== 'Enable' && status !== 'Disable') throw invalidParameter('Status', 'Enable or Disable');
  record.enabled = status === 'Enable';
  cloud.names.revision += 1;
  return { RecordId: record.id, Status: status };
}

/** Weights are switched on for a whole name, type and line. */
function setWeighted(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { names } = cloud;
  const wanted = call.need('SubDomain');
  const type = call.text('Type') ?? 'A';
  const line = call.text('Line') ?? 'default';
  const found = [...names.records.values()].filter(
    (record) => nameOf(record) === wanted && record.type === type && record.line === line,
  );
  const [first] = found;
  if (first === undefined || !WEIGHTED_TYPES.includes(type)) {
    throw new WireError(
      400,
      'SubDomainInvalid.Operation',
      `There is no record of type ${type} at ${wanted}.`,
    );
  }
  const open = call.flag('Open') ?? true;
  names.setWeighted(first, open);
  return { Open: open, RecordCount: found.length };
}

function updateWeight(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { names } = cloud;
  const record = names.record(call.need('RecordId'));
  if (!names.isWeighted(record)) {
    throw new WireError(400, 'DisableDNSSLB', 'The weights of this name are switched off.');
  }
  record.weight = Number(call.need('Weight'));
  names.revision += 1;
  return { RecordId: record.id, Weight: record.weight };
}

function describeWeighted(cloud: AlibabaCloud, call: ApiCall): AnswerBody {
  const { names } = cloud;
  const domain = names.domain(call.need('DomainName'));
  const rr = call.text('Rr');
  const byName = new Map<string, DnsRecord[]>();
  for (const record of names.under(domain)) {
    if (!WEIGHTED_TYPES.includes(record.type) || (rr !== undefined && rr !== record.rr)) continue;
    const key = `${nameOf(record)} ${record.type}`;
    byName.set(key, [...(byName.get(key) ?? []), record]);
  }
  // One record has nothing to share.
  const shared = [...byName.values()].filter((records) => records.length > 1);
  const page = numberedPage(shared, call, 100);
  const shapes = page.items.flatMap((records) => {
    const [first] = records;
    if (first === undefined) return [];
    const open = names.isWeighted(first);
    return [
      {
        SubDomain: nameOf(first),
        Type: first.type,
        Open: open,
        RecordCount: records.length,
        LineAlgorithms: { LineAlgorithm: [{ Line: first.line, Open: open }] },
      },
    ];
  });
  return { ...page.about, SlbSubDomains: { SlbSubDomain: shapes } };
}

function readRecord(call: ApiCall): Pick<DnsRecord, 'rr' | 'type' | 'value' | 'ttl' | 'line'> {
  const type = call.need('Type').toUpperCase();
  if (!TYPES.includes(type)) throw invalidParameter('Type', `one of ${TYPES.join(', ')}`);
  const ttl = call.number('TTL') ?? 600;
  if (ttl < 1 || ttl > 86_400) throw new WireError(400, 'QuotaExceeded.TTL', 'The TTL is out of its range.');
  const rr = call.text('RR');
  if (rr === undefined) throw missingParameter('RR');
  return { rr, type, value: call.need('Value'), ttl, line: call.text('Line') ?? 'default' };
}

function checkDouble(names: Names, record: DnsRecord): void {
  const isThere = names
    .under(record.domain)
    .some(
      (other) =>
        other.id !== record.id &&
        other.rr === record.rr &&
        other.type === record.type &&
        other.value === record.value &&
        other.line === record.line,
    );
  if (isThere) throw new WireError(400, 'DomainRecordDuplicate', 'The DNS record already exists.');
}

function nameOf({ rr, domain }: DnsRecord): string {
  return `${rr}.${domain}`;
}

function statusOf({ enabled }: DnsRecord): string {
  return enabled ? 'ENABLE' : 'DISABLE';
}

export const DNS_ACTIONS: Readonly<Record<string, ActionHandler>> = {
  DescribeDomains: describeDomains,
  DescribeDomainRecords: describeRecords,
  DescribeSubDomainRecords: describeSubDomainRecords,
  AddDomainRecord: addRecord,
  UpdateDomainRecord: updateRecord,
  DeleteDomainRecord: deleteRecord,
  SetDomainRecordStatus: setRecordStatus,
  SetDNSSLBStatus: setWeighted,
  UpdateDNSSLBWeight: updateWeight,
  DescribeDNSSLBSubDomains: describeWeighted,
};
