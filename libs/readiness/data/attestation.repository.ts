import type { EntityManager } from 'typeorm';
import type { StoredAttestation } from '../domain/index.js';

type AttestationRow = Readonly<{
  line_key: string;
  subject: string;
  finding_code: string;
  statement: string;
  by_name: string;
  at: Date;
  until: Date;
}>;

export type NewAttestation = StoredAttestation & Readonly<{ id: string; campaignId: string; byId: string }>;

export async function insertAttestation(
  tx: EntityManager,
  tenantId: string,
  attestation: NewAttestation,
): Promise<void> {
  const { id, campaignId, key, subject, code, statement, byId, by, at, until } = attestation;
  await tx.query(
    `insert into readiness_attestation
       (tenant_id, id, campaign_id, line_key, subject, finding_code, statement, by_id, by_name, at, until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [tenantId, id, campaignId, key, subject, code, statement, byId, by, at, until],
  );
}

/** Oldest first. */
export async function listAttestations(
  tx: EntityManager,
  campaignId: string,
): Promise<readonly StoredAttestation[]> {
  const rows = await tx.query<AttestationRow[]>(
    `select * from readiness_attestation where campaign_id = $1 order by at, id`,
    [campaignId],
  );
  return rows.map((row) => ({
    key: row.line_key,
    subject: row.subject,
    code: row.finding_code,
    statement: row.statement,
    by: row.by_name,
    at: row.at.toISOString(),
    until: row.until.toISOString(),
  }));
}
