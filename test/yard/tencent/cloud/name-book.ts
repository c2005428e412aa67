import type { IdSource } from './ids.js';

export type NameRecord = {
  readonly id: number;
  name: string;
  type: string;
  line: string;
  value: string;
  ttl: number;
  mx: number;
  weight: number | null;
  enabled: boolean;
  remark: string;
  updatedAt: number;
};

export type Domain = Readonly<{ id: number; name: string; records: Map<number, NameRecord> }>;

/** DNS zones of the account; they belong to no region. */
export class NameBook {
  readonly domains: ReadonlyMap<string, Domain>;

  constructor(names: readonly string[], ids: IdSource, now: number) {
    this.domains = new Map(names.map((name) => [name, openDomain(name, ids, now)]));
  }

  find(name: string, id: number | undefined): Domain | undefined {
    if (id !== undefined) return [...this.domains.values()].find((domain) => domain.id === id);
    return this.domains.get(name);
  }
}

function openDomain(name: string, ids: IdSource, now: number): Domain {
  const records = new Map<number, NameRecord>();
  for (const value of ['f1g1ns1.dnspod.net.', 'f1g1ns2.dnspod.net.']) {
    const id = ids.number();
    const plain = { mx: 0, weight: null, enabled: true, remark: '', updatedAt: now };
    records.set(id, { id, name: '@', type: 'NS', line: '默认', value, ttl: 86_400, ...plain });
  }
  return { id: ids.number(), name, records };
}
