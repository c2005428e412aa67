import { WireError } from '../wire/wire-error.js';

export type DnsRecord = {
  readonly id: string;
  readonly domain: string;
  readonly createdAt: number;
  rr: string;
  type: string;
  value: string;
  ttl: number;
  line: string;
  enabled: boolean;
  /** Counts only where weights are switched on for the name. */
  weight: number;
};

/** Domains, their records, and the names whose records are answered by weight. */
export class Names {
  readonly domains: ReadonlySet<string> = new Set(['spring.example']);
  readonly records = new Map<string, DnsRecord>();
  private readonly weighted = new Set<string>();
  private next = 1_000_000_000;
  revision = 0;

  nextId(): string {
    this.next += 1;
    return String(this.next);
  }

  domain(name: string): string {
    if (this.domains.has(name)) return name;
    throw new WireError(400, 'InvalidDomainName.NoExist', 'The specified domain name does not exist.');
  }

  record(id: string): DnsRecord {
    const record = this.records.get(id);
    if (record !== undefined) return record;
    throw new WireError(400, 'DomainRecordNotBelongToUser', 'The DNS record does not exist.');
  }

  under(domain: string): readonly DnsRecord[] {
    return [...this.records.values()].filter((record) => record.domain === domain);
  }

  isWeighted({ rr, domain, type, line }: Pick<DnsRecord, 'rr' | 'domain' | 'type' | 'line'>): boolean {
    return this.weighted.has(`${rr}.${domain} ${type} ${line}`);
  }

  setWeighted(of: Pick<DnsRecord, 'rr' | 'domain' | 'type' | 'line'>, open: boolean): void {
    const key = `${of.rr}.${of.domain} ${of.type} ${of.line}`;
    if (open) this.weighted.add(key);
    else this.weighted.delete(key);
    this.revision += 1;
  }
}
