import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Who vouched for what could not be measured, until when: rows are added, never changed. */
export class ReadinessAttestation1764370000000 implements Migration {
  name = 'ReadinessAttestation1764370000000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table readiness_attestation (
        tenant_id uuid not null,
        id uuid not null,
        campaign_id uuid not null,
        line_key text not null,
        subject text not null,
        finding_code text not null,
        statement text not null check (statement <> ''),
        by_id text not null,
        by_name text not null,
        at timestamptz(3) not null,
        until timestamptz(3) not null check (until > at),
        primary key (tenant_id, id)
      )`);
    await runner.query(
      `create index readiness_attestation_listing on readiness_attestation (tenant_id, campaign_id, at)`,
    );
    await runner.query(tenantTable('readiness_attestation', 'select, insert'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query(`drop table readiness_attestation`);
  }
}
