import { sha256, type RequestContext } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { genesis, sealHash, type AuditRecord } from '../domain/index.js';

type Row = Readonly<{
  tenant_id: string;
  id: string;
  at: Date;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  request_id: string;
  action: string;
  target_kind: string;
  target_id: string;
  before: unknown;
  after: unknown;
  result: AuditRecord['result'];
}>;

type SealRow = Readonly<{ seq: string; record_id: string; previous: string; hash: string }>;

export type SealedLine = Readonly<{
  seq: number;
  recordId: string;
  previous: string;
  hash: string;
  /** Null when the seal is there and the record is not. */
  record: AuditRecord | null;
}>;

type NewRecord = Pick<AuditRecord, 'at' | 'action' | 'target' | 'before' | 'after' | 'result'>;

export async function insertAuditRecord(
  tx: EntityManager,
  ctx: RequestContext,
  entry: NewRecord,
): Promise<void> {
  await tx.query(
    `insert into audit_record (tenant_id, at, actor_kind, actor_id, actor_name, request_id, action,
       target_kind, target_id, before, after, result)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12)`,
    [
      ctx.tenantId,
      entry.at,
      ctx.actor.kind,
      ctx.actor.id,
      ctx.actor.name,
      ctx.requestId,
      entry.action,
      entry.target.kind,
      entry.target.id,
      JSON.stringify(entry.before),
      JSON.stringify(entry.after),
      entry.result,
    ],
  );
}

export async function listAuditRecords(
  tx: EntityManager,
  page: Readonly<{ limit: number; before?: string; action?: string; targetId?: string }>,
): Promise<readonly AuditRecord[]> {
  const rows = await tx.query<Row[]>(
    `select * from audit_record
     where ($1::bigint is null or id < $1) and ($2::text is null or action = $2)
       and ($3::text is null or target_id = $3)
     order by id desc limit $4`,
    [page.before ?? null, page.action ?? null, page.targetId ?? null, page.limit],
  );
  return rows.map(toRecord);
}

/** Seals the oldest unsealed records. A record that commits late simply gets a later place in the chain. */
export async function sealNextBatch(tx: EntityManager, tenantId: string, limit: number): Promise<number> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('audit-seal/' || $1, 0))`, [tenantId]);
  const [head] = await tx.query<SealRow[]>(
    'select seq, hash from audit_seal where tenant_id = $1 order by seq desc limit 1',
    [tenantId],
  );
  const rows = await tx.query<Row[]>(
    `select r.* from audit_record r
     where r.tenant_id = $1
       and not exists (select 1 from audit_seal s where s.tenant_id = r.tenant_id and s.record_id = r.id)
     order by r.id limit $2`,
    [tenantId, limit],
  );
  let seq = Number(head?.seq ?? 0);
  let previous = head?.hash ?? genesis(tenantId, sha256);
  const seals: { seq: number; recordId: string; previous: string; hash: string }[] = [];
  for (const row of rows) {
    seq += 1;
    const hash = sealHash(previous, toRecord(row), sha256);
    seals.push({ seq, recordId: row.id, previous, hash });
    previous = hash;
  }
  await insertSeals(tx, tenantId, seals);
  return rows.length;
}

async function insertSeals(
  tx: EntityManager,
  tenantId: string,
  seals: readonly Readonly<{ seq: number; recordId: string; previous: string; hash: string }>[],
): Promise<void> {
  if (seals.length === 0) return;
  await tx.query(
    `insert into audit_seal (tenant_id, seq, record_id, previous, hash)
     select $1, * from unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[])`,
    [
      tenantId,
      seals.map((one) => one.seq),
      seals.map((one) => one.recordId),
      seals.map((one) => one.previous),
      seals.map((one) => one.hash),
    ],
  );
}

export async function readSealedPage(
  tx: EntityManager,
  afterSeq: number,
  limit: number,
): Promise<readonly SealedLine[]> {
  const rows = await tx.query<(SealRow & { record: boolean } & Row)[]>(
    `select s.seq, s.record_id, s.previous, s.hash, r.id is not null as record, r.*
     from audit_seal s left join audit_record r on r.tenant_id = s.tenant_id and r.id = s.record_id
     where s.seq > $1 order by s.seq limit $2`,
    [afterSeq, limit],
  );
  return rows.map((row) => ({
    seq: Number(row.seq),
    recordId: row.record_id,
    previous: row.previous,
    hash: row.hash,
    record: row.record ? toRecord(row) : null,
  }));
}

export async function unsealedCount(tx: EntityManager): Promise<number> {
  const [row] = await tx.query<{ count: string }[]>(
    `select count(*) as count from audit_record r
     where not exists (select 1 from audit_seal s where s.tenant_id = r.tenant_id and s.record_id = r.id)`,
  );
  return Number(row?.count ?? 0);
}

function toRecord(row: Row): AuditRecord {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    at: row.at.toISOString(),
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    requestId: row.request_id,
    action: row.action,
    target: { kind: row.target_kind, id: row.target_id },
    before: row.before,
    after: row.after,
    result: row.result,
  };
}
