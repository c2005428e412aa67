import { money } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import type { Approval, ApprovalStatus } from '../domain/index.js';

type Row = Readonly<{
  id: string;
  subject_kind: string;
  subject_id: string;
  envelope: unknown;
  envelope_hash: string;
  ceiling_currency: string;
  ceiling_amount: string;
  author_id: string;
  last_editor_id: string;
  status: ApprovalStatus;
  decider_id: string | null;
  reason: string | null;
  requested_at: Date;
  decided_at: Date | null;
  expires_at: Date;
  evidence: unknown;
}>;

export async function insertApproval(tx: EntityManager, tenantId: string, approval: Approval): Promise<void> {
  await tx.query(
    `insert into approval (tenant_id, id, subject_kind, subject_id, envelope, envelope_hash, ceiling_currency,
       ceiling_amount, author_id, last_editor_id, status, requested_at, expires_at)
     values ($1, $2, $3, $4, $5::jsonb, $6, $7, $8, $9, $10, 'pending', $11, $12)`,
    [
      tenantId,
      approval.id,
      approval.subject.kind,
      approval.subject.id,
      JSON.stringify(approval.envelope),
      approval.envelopeHash,
      approval.ceiling.currency,
      approval.ceiling.amount,
      approval.authorId,
      approval.lastEditorId,
      approval.requestedAt,
      approval.expiresAt,
    ],
  );
}

/** Waits for whoever decides it at this moment, so that a second click meets the first one's result. */
export async function lockApproval(tx: EntityManager, id: string): Promise<Approval | undefined> {
  const rows = await tx.query<Row[]>('select * from approval where id = $1 for update', [id]);
  return rows[0] && toApproval(rows[0]);
}

export async function findApproval(tx: EntityManager, id: string): Promise<Approval | undefined> {
  const rows = await tx.query<Row[]>('select * from approval where id = $1', [id]);
  return rows[0] && toApproval(rows[0]);
}

export async function lockPendingOf(
  tx: EntityManager,
  subject: Approval['subject'],
): Promise<Approval | undefined> {
  const rows = await tx.query<Row[]>(
    `select * from approval where subject_kind = $1 and subject_id = $2 and status = 'pending' for update`,
    [subject.kind, subject.id],
  );
  return rows[0] && toApproval(rows[0]);
}

/** The newest approval granted for the subject. */
export async function findGrantedOf(
  tx: EntityManager,
  subject: Approval['subject'],
): Promise<Approval | undefined> {
  const rows = await tx.query<Row[]>(
    `select * from approval where subject_kind = $1 and subject_id = $2 and status = 'approved'
     order by decided_at desc limit 1`,
    [subject.kind, subject.id],
  );
  return rows[0] && toApproval(rows[0]);
}

export async function saveDecision(tx: EntityManager, approval: Approval): Promise<void> {
  await tx.query(
    `update approval set status = $2, decider_id = $3, decided_at = $4, reason = $5, evidence = $6::jsonb where id = $1`,
    [
      approval.id,
      approval.status,
      approval.deciderId,
      approval.decidedAt,
      approval.reason,
      approval.evidence === null ? null : JSON.stringify(approval.evidence),
    ],
  );
}

export type ApprovalPage = Readonly<{
  limit: number;
  status?: ApprovalStatus;
  subject?: Approval['subject'];
  /** The last entry of the page before. */
  after?: Readonly<{ requestedAt: string; id: string }>;
}>;

/** Newest first. */
export async function listApprovals(tx: EntityManager, page: ApprovalPage): Promise<readonly Approval[]> {
  const rows = await tx.query<Row[]>(
    `select * from approval
     where ($1::text is null or status = $1)
       and ($2::text is null or (subject_kind = $2 and subject_id = $3))
       and ($4::timestamptz is null or (requested_at, id) < ($4, $5::uuid))
     order by requested_at desc, id desc limit $6`,
    [
      page.status ?? null,
      page.subject?.kind ?? null,
      page.subject?.id ?? null,
      page.after?.requestedAt ?? null,
      page.after?.id ?? null,
      page.limit,
    ],
  );
  return rows.map(toApproval);
}

function toApproval(row: Row): Approval {
  return {
    id: row.id,
    subject: { kind: row.subject_kind, id: row.subject_id },
    envelope: row.envelope,
    envelopeHash: row.envelope_hash,
    ceiling: money(row.ceiling_currency, row.ceiling_amount),
    authorId: row.author_id,
    lastEditorId: row.last_editor_id,
    status: row.status,
    deciderId: row.decider_id,
    reason: row.reason,
    requestedAt: row.requested_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    expiresAt: row.expires_at.toISOString(),
    evidence: row.evidence,
  };
}
