import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Four eyes are a constraint of the table, so that no path around the service exists. */
export class Approvals1760000210000 implements Migration {
  name = 'Approvals1760000210000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table approval (
        tenant_id uuid not null references tenant (id),
        id uuid not null,
        subject_kind text not null,
        subject_id text not null,
        envelope jsonb not null,
        envelope_hash text not null check (envelope_hash ~ '^[0-9a-f]{64}$'),
        ceiling_currency text not null check (ceiling_currency ~ '^[A-Z]{3}$'),
        ceiling_amount numeric not null check (ceiling_amount >= 0),
        author_id text not null,
        last_editor_id text not null,
        status text not null check (status in ('pending', 'approved', 'rejected', 'withdrawn')),
        decider_id text,
        reason text,
        requested_at timestamptz not null,
        decided_at timestamptz,
        expires_at timestamptz not null,
        primary key (tenant_id, id),
        constraint approval_four_eyes
          check (status = 'withdrawn' or decider_id is null or decider_id not in (author_id, last_editor_id)),
        constraint approval_decided
          check ((status = 'pending') = (decided_at is null) and (status = 'pending') = (decider_id is null)),
        constraint approval_in_time
          check (status <> 'approved' or decided_at < expires_at)
      )`);
    await runner.query(`
      create unique index approval_one_pending on approval (tenant_id, subject_kind, subject_id)
        where status = 'pending'`);
    await runner.query('create index approval_listing on approval (tenant_id, requested_at, id)');
    await runner.query(tenantTable('approval', 'select, insert, update'));
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table approval');
  }
}
