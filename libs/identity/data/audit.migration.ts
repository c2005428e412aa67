import { tenantTable, type Migration } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

/** Records commit with what they record; seals chain them afterwards. Neither is ever changed or removed. */
export class Audit1760000220000 implements Migration {
  name = 'Audit1760000220000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table audit_record (
        tenant_id uuid not null references tenant (id),
        id bigint generated always as identity,
        at timestamptz not null,
        actor_kind text not null,
        actor_id text not null,
        actor_name text not null,
        request_id text not null,
        action text not null,
        target_kind text not null,
        target_id text not null,
        before jsonb,
        after jsonb,
        result text not null check (result in ('ok', 'refused', 'failed')),
        primary key (tenant_id, id)
      )`);
    await runner.query(`
      create table audit_seal (
        tenant_id uuid not null references tenant (id),
        seq bigint not null check (seq > 0),
        record_id bigint not null,
        previous text not null,
        hash text not null,
        primary key (tenant_id, seq),
        unique (tenant_id, record_id)
      )`);
    await runner.query(tenantTable('audit_record', 'select, insert'));
    await runner.query(tenantTable('audit_seal', 'select'));
    await runner.query('revoke update, delete on audit_record, audit_seal from springtide_system');
    await createQueue(runner);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table audit_unsealed, audit_seal, audit_record');
    await runner.query('drop function audit_record_queued');
  }
}

/** What is not sealed yet, so that a sealer does not look through years of records to find a minute's worth. */
async function createQueue(runner: Runner): Promise<void> {
  await runner.query(`
    create table audit_unsealed (
      tenant_id uuid not null,
      record_id bigint not null,
      primary key (tenant_id, record_id)
    )`);
  await runner.query(tenantTable('audit_unsealed', 'insert'));
  await runner.query(`
    create function audit_record_queued() returns trigger language plpgsql as $$
    begin
      insert into audit_unsealed (tenant_id, record_id) values (new.tenant_id, new.id);
      return null;
    end $$`);
  await runner.query(`
    create trigger audit_record_queued after insert on audit_record
      for each row execute function audit_record_queued()`);
}
