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

/** How many failures in a row mean that nobody is there to deliver to. */
const NOBODY_THERE = 2;

/**
 * Delivers up to `limit` messages and deletes each delivered one. No transaction is open while a message is on its way, so
 * two relays may deliver the same one: deliveries must be idempotent, and starts and signals here are. Messages of one
 * workflow go in order: one that cannot be delivered holds back those after it, and none of other workflows; it is tried
 * again after all that never failed.
 * @returns how many were delivered.
 * @throws why the first one was not, when none was or nobody was there to deliver to.
 */
export async function relayOutbox(
  database: Database,
  deliver: (message: OutboxMessage) => Promise<void>,
  limit = 50,
): Promise<number> {
  const rows = await database.systemWork('relay', async (tx) =>
    z.array(z.object({ id: z.string(), message: z.unknown() })).parse(await tx.query(NEXT, [limit])),
  );
  const heldBack = new Set<string>();
  const failures: unknown[] = [];
  let delivered = 0;
  let inARow = 0;
  for (const { id, message } of rows) {
    const workflowId = workflowOf(message);
    if (heldBack.has(workflowId)) continue;
    try {
      await deliver(Message.parse(message));
      await database.systemWork('relay', async (tx) => {
        await tx.query('delete from outbox where id = $1', [id]);
      });
      delivered += 1;
      inARow = 0;
    } catch (thrown) {
      failures.push(thrown);
      heldBack.add(workflowId);
      inARow += 1;
      await database.systemWork('relay', async (tx) => {
        await tx.query('update outbox set attempts = attempts + 1 where id = $1', [id]);
      });
      if (inARow === NOBODY_THERE) throw failures[0];
    }
  }
  if (delivered === 0 && failures.length > 0) throw failures[0];
  return delivered;
}

/** Those that failed come last, and nothing overtakes what waits for its own workflow. */
const NEXT = `select id, message from outbox waiting
  where not exists (
    select 1 from outbox before
    where before.attempts > 0 and before.id < waiting.id
      and before.message ->> 'workflowId' = waiting.message ->> 'workflowId')
  order by attempts, id limit $1`;

function workflowOf(message: unknown): string {
  const known = z.object({ workflowId: z.string() }).safeParse(message);
  return known.success ? known.data.workflowId : '';
}

/** A message that waits for too long although it was tried. */
export type OverdueMessage = Readonly<{
  id: string;
  tenantId: string;
  workflowId: string;
  attempts: number;
  createdAt: string;
}>;

/** Oldest first, at most a hundred: what people must look at. */
export async function overdueMessages(
  database: Database,
  olderThanMs: number,
): Promise<readonly OverdueMessage[]> {
  const rows = await database.systemWork(
    'relay',
    async (tx): Promise<unknown> =>
      await tx.query(
        `select id, tenant_id as "tenantId", coalesce(message ->> 'workflowId', '') as "workflowId", attempts,
           created_at as "createdAt"
         from outbox where attempts > 0 and created_at < clock_timestamp() - $1 * interval '1 millisecond'
         order by id limit 100`,
        [olderThanMs],
      ),
  );
  return z.array(Overdue).parse(rows);
}

const Overdue = z.object({
  id: z.string(),
  tenantId: z.string(),
  workflowId: z.string(),
  attempts: z.number(),
  createdAt: z.date().transform((at) => at.toISOString()),
});

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
