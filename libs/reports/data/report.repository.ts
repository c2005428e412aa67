import type { AfterActionReport, ReportRole } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';

export type KeptReport = Readonly<{
  id: string;
  campaignId: string;
  runId: string;
  revision: number;
  hash: string;
  content: AfterActionReport;
  createdAt: Instant;
  createdBy: string;
}>;

export type KeptSignature = Readonly<{
  reportId: string;
  role: ReportRole;
  byId: string;
  by: string;
  at: Instant;
  comment: string;
  reportHash: string;
  digest: string;
}>;

type ReportRow = Readonly<{
  id: string;
  campaign_id: string;
  run_id: string;
  revision: number;
  hash: string;
  content: AfterActionReport;
  created_at: Date;
  created_by: string;
}>;

type SignatureRow = Readonly<{
  report_id: string;
  role: ReportRole;
  by_id: string;
  by_name: string;
  at: Date;
  comment: string;
  report_hash: string;
  digest: string;
}>;

/** The newest revision. Serialised per run until the transaction ends, so that two who keep one agree on its number. */
export async function lockLatest(tx: EntityManager, runId: string): Promise<KeptReport | undefined> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('campaign-report/' || $1, 0))`, [runId]);
  return await findLatest(tx, runId);
}

export async function findLatest(tx: EntityManager, runId: string): Promise<KeptReport | undefined> {
  const rows = await tx.query<ReportRow[]>(
    `select * from campaign_report where run_id = $1 order by revision desc limit 1`,
    [runId],
  );
  return rows[0] && toReport(rows[0]);
}

export async function insertReport(tx: EntityManager, tenantId: string, report: KeptReport): Promise<void> {
  await tx.query(
    `insert into campaign_report (tenant_id, id, campaign_id, run_id, revision, hash, content, created_at, created_by)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)`,
    [
      tenantId,
      report.id,
      report.campaignId,
      report.runId,
      report.revision,
      report.hash,
      JSON.stringify(report.content),
      report.createdAt,
      report.createdBy,
    ],
  );
}

export async function listSignatures(tx: EntityManager, reportId: string): Promise<readonly KeptSignature[]> {
  const rows = await tx.query<SignatureRow[]>(
    `select * from campaign_report_signature where report_id = $1 order by at, role`,
    [reportId],
  );
  return rows.map((row) => ({
    reportId: row.report_id,
    role: row.role,
    byId: row.by_id,
    by: row.by_name,
    at: row.at.toISOString(),
    comment: row.comment,
    reportHash: row.report_hash,
    digest: row.digest,
  }));
}

export async function insertSignature(
  tx: EntityManager,
  tenantId: string,
  signature: KeptSignature,
): Promise<void> {
  const { reportId, role, byId, by, at, comment, reportHash, digest } = signature;
  await tx.query(
    `insert into campaign_report_signature
       (tenant_id, report_id, role, by_id, by_name, at, comment, report_hash, digest)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tenantId, reportId, role, byId, by, at, comment, reportHash, digest],
  );
}

function toReport(row: ReportRow): KeptReport {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    runId: row.run_id,
    revision: row.revision,
    hash: row.hash,
    content: row.content,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  };
}
