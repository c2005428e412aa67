import { tenantTable, type Migration, type SchemaPart } from '@springtide/platform';

type Runner = Parameters<Migration['up']>[0];

class IdempotencyKey1760000900000 implements Migration {
  name = 'IdempotencyKey1760000900000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table idempotency_key (
        tenant_id uuid not null,
        actor_id text not null,
        key text not null,
        claim_id uuid not null,
        route_id text not null,
        request_hash text not null,
        status integer,
        body text,
        etag text,
        created_at timestamptz not null,
        lease_until timestamptz not null,
        primary key (tenant_id, actor_id, key)
      );
      create index idempotency_key_age on idempotency_key (created_at);
      ${tenantTable('idempotency_key')}`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table idempotency_key');
  }
}

export const idempotencySchema: SchemaPart = { entities: [], migrations: [IdempotencyKey1760000900000] };
