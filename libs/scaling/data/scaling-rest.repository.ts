import { Phase, ScalingRestBody } from '@springtide/contracts';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { SETTLED } from '../domain/index.js';

export type StoredRest = Readonly<{
  rest: ScalingRestBody;
  services: readonly string[];
  /** As they were approved, before the group was ended early. */
  phases: readonly Phase[];
}>;

const Row = z.object({ content: ScalingRestBody, services: z.array(z.string()), phases: z.array(Phase) });

/** Runs of groups that may still come back. */
export async function listRests(tx: EntityManager): Promise<readonly string[]> {
  const rows = await tx.query<{ run_id: string }[]>(
    'select run_id from scaling_rest where reason <> all($1) order by since, run_id limit 500',
    [SETTLED],
  );
  return rows.map(({ run_id }) => run_id);
}

/** Locked until the transaction ends. */
export async function lockRest(tx: EntityManager, runId: string): Promise<StoredRest | undefined> {
  const rows = await tx.query<unknown[]>(
    'select content, services, phases from scaling_rest where run_id = $1 for update',
    [runId],
  );
  return rows.map(storedOf)[0];
}

/** The last rest of a service's group, also when it is over. */
export async function findRest(
  tx: EntityManager,
  service: string,
  lock = false,
): Promise<StoredRest | undefined> {
  const rows = await tx.query<unknown[]>(
    `select content, services, phases from scaling_rest where services ? $1 order by since desc limit 1
     ${lock ? 'for update' : ''}`,
    [service],
  );
  return rows.map(storedOf)[0];
}

export async function saveRest(
  tx: EntityManager,
  tenantId: string,
  { rest, services, phases }: StoredRest,
): Promise<void> {
  await tx.query(
    `insert into scaling_rest (tenant_id, run_id, services, phases, reason, content, since)
     values ($1, $2, $3::jsonb, $4::jsonb, $5, $6::jsonb, $7)
     on conflict (tenant_id, run_id) do update set reason = excluded.reason, content = excluded.content`,
    [
      tenantId,
      rest.runId,
      JSON.stringify(services),
      JSON.stringify(phases),
      rest.reason,
      JSON.stringify(rest),
      rest.since,
    ],
  );
}

function storedOf(row: unknown): StoredRest {
  const { content, services, phases } = Row.parse(row);
  return { rest: content, services, phases };
}
