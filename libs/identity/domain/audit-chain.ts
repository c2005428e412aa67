import { canonicalJson, type Instant } from '@springtide/kernel';

export type AuditResult = 'ok' | 'refused' | 'failed';

export type AuditRecord = Readonly<{
  id: string;
  tenantId: string;
  at: Instant;
  actor: Readonly<{ kind: string; id: string; name: string }>;
  requestId: string;
  action: string;
  target: Readonly<{ kind: string; id: string }>;
  before: unknown;
  after: unknown;
  result: AuditResult;
}>;

/** One line of an export: everything an outsider needs to check it. */
export type SealedRecord = Readonly<{ seq: number; previous: string; hash: string; record: AuditRecord }>;

export type AuditVerdict =
  | Readonly<{ ok: true; records: number; head: string }>
  | Readonly<{
      ok: false;
      records: number;
      brokenAt: Readonly<{ seq: number; recordId: string; why: string }>;
    }>;

type Hash = (text: string) => string;

/** The hash before the first record; differs by tenant, so that chains cannot be swapped. */
export function genesis(tenantId: string, hash: Hash): string {
  return hash(`springtide audit ${tenantId}`);
}

export function sealHash(previous: string, record: AuditRecord, hash: Hash): string {
  return hash(`${previous}\n${canonicalJson(record)}`);
}

/**
 * Checks a whole export of one tenant, in order. The head is to be compared with one that was kept elsewhere: a chain
 * that was cut short or rewritten from the start is only seen by that.
 */
export function verifyAudit(tenantId: string, lines: Iterable<SealedRecord>, hash: Hash): AuditVerdict {
  const check = auditVerifier(tenantId, hash);
  for (const line of lines) {
    const broken = check.add(line);
    if (broken) return broken;
  }
  return check.verdict();
}

/** The same check, line by line, for exports that do not fit in memory. */
export function auditVerifier(
  tenantId: string,
  hash: Hash,
): Readonly<{ add(line: SealedRecord): AuditVerdict | undefined; verdict(): AuditVerdict }> {
  let head = genesis(tenantId, hash);
  let records = 0;
  return {
    add: (line) => {
      const why = fault(line, tenantId, records + 1, head, hash);
      if (why !== undefined) {
        return { ok: false, records, brokenAt: { seq: line.seq, recordId: line.record.id, why } };
      }
      head = line.hash;
      records += 1;
      return undefined;
    },
    verdict: () => ({ ok: true, records, head }),
  };
}

function fault(
  line: SealedRecord,
  tenantId: string,
  seq: number,
  head: string,
  hash: Hash,
): string | undefined {
  if (line.record.tenantId !== tenantId) return 'it belongs to another tenant';
  if (line.seq !== seq) return `record number ${seq} is missing`;
  if (line.previous !== head) return 'it does not follow the record before it';
  if (sealHash(head, line.record, hash) !== line.hash) return 'its content was changed after it was sealed';
  return undefined;
}
