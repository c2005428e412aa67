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
  const next = await tx.query<{ record_id: string }[]>(
    'select record_id from audit_unsealed where tenant_id = $1 order by record_id limit $2',
    [tenantId, limit],
  );
  const ids = next.map((row) => row.record_id);
  const rows = await recordsById(tx, tenantId, ids);
  await tx.query('delete from audit_unsealed where tenant_id = $1 and record_id = any($2::bigint[])', [
    tenantId,
    ids,
  ]);
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

export async function lastSealedSeq(tx: EntityManager): Promise<number> {
  const [row] = await tx.query<{ seq: string | null }[]>('select max(seq) as seq from audit_seal');
  return Number(row?.seq ?? 0);
}

/** The places `after + 1 … after + count` of the chain, as far as they are there. */
export async function readSealed(
  tx: EntityManager,
  tenantId: string,
  range: Readonly<{ after: number; count: number }>,
): Promise<readonly SealedLine[]> {
  const seals = await tx.query<SealRow[]>(
    `select seq, record_id, previous, hash from audit_seal
     where tenant_id = $1 and seq > $2 and seq <= $3 order by seq`,
    [tenantId, range.after, range.after + range.count],
  );
  const ids = seals.map((seal) => seal.record_id);
  const records = new Map((await recordsById(tx, tenantId, ids)).map((row) => [row.id, toRecord(row)]));
  return seals.map((seal) => ({
    seq: Number(seal.seq),
    recordId: seal.record_id,
    previous: seal.previous,
    hash: seal.hash,
    record: records.get(seal.record_id) ?? null,
  }));
}

async function recordsById(
  tx: EntityManager,
  tenantId: string,
  ids: readonly string[],
): Promise<readonly Row[]> {
  return await tx.query<Row[]>(
    'select * from audit_record where tenant_id = $1 and id = any($2::bigint[]) order by id',
    [tenantId, ids],
  );
}

/** Looks through all records: one that lost its place in the queue would never be sealed, and shows here. */
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
