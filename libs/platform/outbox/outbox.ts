import { z } from 'zod';
import { tenantTable } from '../database/roles.migration.js';
import type { Database, Migration } from '../database/database.js';

type Queryable = { query(sql: string, parameters?: unknown[]): Promise<unknown> };
type Runner = Parameters<Migration['up']>[0];

/** What must happen in the workflow engine because truth changed. Written in the transaction that changes truth. */
export type OutboxMessage =
  | Readonly<{ kind: 'start'; workflow: string; workflowId: string; input: unknown }>
  | Readonly<{ kind: 'signal'; workflowId: string; signal: string }>;

const Message = z.union([
  z.object({ kind: z.literal('start'), workflow: z.string(), workflowId: z.string(), input: z.unknown() }),
  z.object({ kind: z.literal('signal'), workflowId: z.string(), signal: z.string() }),
]);

export class Outbox1760000010000 implements Migration {
  name = 'Outbox1760000010000';

  async up(runner: Runner): Promise<void> {
    await runner.query(`
      create table outbox (
        id bigint generated always as identity primary key,
        tenant_id uuid not null,
        message jsonb not null,
        created_at timestamptz(3) not null default clock_timestamp(),
        attempts integer not null default 0
      )`);
    await runner.query(tenantTable('outbox', 'insert'));
    await runner.query(`grant usage on sequence outbox_id_seq to springtide_app, springtide_system`);
  }

  async down(runner: Runner): Promise<void> {
    await runner.query('drop table outbox');
  }
}

export async function postToOutbox(tx: Queryable, tenantId: string, message: OutboxMessage): Promise<void> {
  await tx.query('insert into outbox (tenant_id, message) values ($1, $2)', [
    tenantId,
    JSON.stringify(message),
  ]);
}

/**
 * Delivers up to `limit` messages in order and deletes each delivered one. No transaction is open while a message is on
 * its way, so two relays may deliver the same one: deliveries must be idempotent, and starts and signals here are.
 * A message that cannot be delivered stays and stops this pass: order matters.
 * @returns how many were delivered.
 */
export async function relayOutbox(
  database: Database,
  deliver: (message: OutboxMessage) => Promise<void>,
  limit = 50,
): Promise<number> {
  const rows = await database.systemWork('relay', async (tx) =>
    z
      .array(z.object({ id: z.string(), message: Message }))
      .parse(await tx.query('select id, message from outbox order by id limit $1', [limit])),
  );
  for (const row of rows) {
    await deliver(row.message);
    await database.systemWork('relay', async (tx) => {
      await tx.query('delete from outbox where id = $1', [row.id]);
    });
  }
  return rows.length;
}

/** Seconds since the oldest undelivered message was written; 0 when there is none. What a stuck relay shows. */
export async function outboxLagSeconds(database: Database): Promise<number> {
  const rows = await database.systemWork(
    'relay',
    async (tx): Promise<unknown> =>
      await tx.query(
        `select coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as lag from outbox`,
      ),
  );
  return z.array(z.object({ lag: z.number() })).parse(rows)[0]?.lag ?? 0;
}
