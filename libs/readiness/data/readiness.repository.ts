import type { Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';
import type { Findings, StoredOverride } from '../domain/index.js';

/** One check as it was stored: `hash` covers what was found, for which plan and when. */
export type StoredCheck = Readonly<{
  id: string;
  campaignId: string;
  planId: string;
  planHash: string;
  checkedAt: Instant;
  checkedBy: string;
  hash: string;
  findings: Findings;
}>;

type CheckRow = Readonly<{
  id: string;
  campaign_id: string;
  plan_id: string;
  plan_hash: string;
  checked_at: Date;
  checked_by: string;
  hash: string;
  findings: Findings;
}>;

type OverrideRow = Readonly<{
  plan_id: string;
  line_key: string;
  finding_code: string;
  reason: string;
  by_name: string;
  at: Date;
}>;

export async function insertCheck(tx: EntityManager, tenantId: string, check: StoredCheck): Promise<void> {
  await tx.query(
    `insert into readiness_check (tenant_id, id, campaign_id, plan_id, plan_hash, checked_at, checked_by, hash, findings)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb)`,
    [
      tenantId,
      check.id,
      check.campaignId,
      check.planId,
      check.planHash,
      check.checkedAt,
      check.checkedBy,
      check.hash,
      JSON.stringify(check.findings),
    ],
  );
}

/** Newest first. */
export async function listChecks(
  tx: EntityManager,
  campaignId: string,
  limit: number,
): Promise<readonly StoredCheck[]> {
  const rows = await tx.query<CheckRow[]>(
    `select * from readiness_check where campaign_id = $1 order by checked_at desc, id limit $2`,
    [campaignId, limit],
  );
  return rows.map(toCheck);
}

export async function findLatestCheck(
  tx: EntityManager,
  planId: string,
  campaignId: string,
): Promise<StoredCheck | undefined> {
  const rows = await tx.query<CheckRow[]>(
    `select * from readiness_check where campaign_id = $1 and plan_id = $2 order by checked_at desc, id limit 1`,
    [campaignId, planId],
  );
  return rows[0] && toCheck(rows[0]);
}

export type NewOverride = StoredOverride & Readonly<{ id: string; campaignId: string; byId: string }>;

export async function insertOverride(
  tx: EntityManager,
  tenantId: string,
  override: NewOverride,
): Promise<void> {
  const { id, campaignId, planId, key, code, reason, byId, by, at } = override;
  await tx.query(
    `insert into readiness_override
       (tenant_id, id, campaign_id, plan_id, line_key, finding_code, reason, by_id, by_name, at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [tenantId, id, campaignId, planId, key, code, reason, byId, by, at],
  );
}

export async function listOverrides(
  tx: EntityManager,
  campaignId: string,
): Promise<readonly StoredOverride[]> {
  const rows = await tx.query<OverrideRow[]>(
    `select * from readiness_override where campaign_id = $1 order by at, id`,
    [campaignId],
  );
  return rows.map((row) => ({
    planId: row.plan_id,
    key: row.line_key,
    code: row.finding_code,
    reason: row.reason,
    by: row.by_name,
    at: row.at.toISOString(),
  }));
}

function toCheck(row: CheckRow): StoredCheck {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    planId: row.plan_id,
    planHash: row.plan_hash,
    checkedAt: row.checked_at.toISOString(),
    checkedBy: row.checked_by,
    hash: row.hash,
    findings: row.findings,
  };
}
