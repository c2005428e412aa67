import { RehearsalBody, type RehearsalRequest, type RehearsalResult } from '@springtide/contracts';
import { SpringtideError, type Instant } from '@springtide/kernel';
import { hashJson } from '@springtide/platform';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';

/** Most recent rehearsals of a plan that are shown. */
const SHOWN = 50;

export type NewRehearsal = Readonly<{
  id: string;
  tenantId: string;
  planId: string;
  planHash: string;
  asked: RehearsalRequest;
  by: string;
  at: Instant;
}>;

export async function insertRehearsal(tx: EntityManager, given: NewRehearsal): Promise<void> {
  const { id, tenantId, planId, planHash, asked, by, at } = given;
  const replay = asked.replay === undefined ? null : JSON.stringify(asked.replay);
  await tx.query(
    `insert into campaign_rehearsal
       (id, tenant_id, plan_id, plan_hash, storm, seed, replay, status, requested_by, requested_at)
     values ($1, $2, $3, $4, $5, $6, $7, 'running', $8, $9)`,
    [id, tenantId, planId, planHash, asked.storm, asked.seed, replay, by, at],
  );
}

/** @throws not-found. */
export async function findRehearsal(tx: EntityManager, id: string): Promise<RehearsalBody> {
  return bodyOf(await findRow(tx, id));
}

/** Newest first. */
export async function listRehearsals(tx: EntityManager, planId: string): Promise<readonly RehearsalBody[]> {
  const rows: unknown[] = await tx.query(
    `${SELECT} where plan_id = $1 order by requested_at desc, id limit ${SHOWN}`,
    [planId],
  );
  return rows.map(bodyOf);
}

/** What one that runs came to; one that has ended stays as it is. */
export async function settleRehearsal(
  tx: EntityManager,
  id: string,
  outcome: RehearsalResult | Readonly<{ failure: string }>,
  at: Instant,
): Promise<void> {
  const row = await findRow(tx, id);
  if (bodyOf(row).status !== 'running') return;
  if ('failure' in outcome) {
    await tx.query(
      `update campaign_rehearsal set status = 'failed', failure = $2, finished_at = $3
       where id = $1 and status = 'running'`,
      [id, outcome.failure, at],
    );
    return;
  }
  await tx.query(
    `update campaign_rehearsal set status = 'done', result = $2, result_hash = $3, finished_at = $4
     where id = $1 and status = 'running'`,
    [id, JSON.stringify(outcome), hashOf({ ...Sealed.parse(row), result: outcome }), at],
  );
}

export type FinishedRehearsal = RehearsalBody &
  Readonly<{ result: RehearsalResult; finishedAt: Instant; hash: string }>;

/**
 * Rehearsals of exactly this plan that ended since, newest first.
 * @throws failed-precondition when one was changed after it ended: it would be evidence of nothing.
 */
export async function finishedSince(
  tx: EntityManager,
  plan: Readonly<{ id: string; hash: string }>,
  since: Instant,
): Promise<readonly FinishedRehearsal[]> {
  const rows: unknown[] = await tx.query(
    `${SELECT} where plan_id = $1 and plan_hash = $2 and result_hash is not null and finished_at >= $3
     order by finished_at desc, id`,
    [plan.id, plan.hash, since],
  );
  return rows.map((row) => {
    const body = bodyOf(row);
    const sealed = Sealed.parse(row);
    const { result, finishedAt } = body;
    const hash = hashOf(sealed);
    if (result === null || finishedAt === null || hash !== sealed.hash) throw changed(body.id);
    return { ...body, result, finishedAt, hash };
  });
}

function changed(id: string): SpringtideError {
  return new SpringtideError(
    'failed-precondition',
    `the stored rehearsal ${id} does not match its hash: it was changed after it ended; nothing was approved`,
    { nextStep: 'Rehearse the plan again, and have the audit log verified.' },
  );
}

const SELECT = `select id, plan_id as "planId", plan_hash as "planHash", storm, seed, replay, status, failure, result,
  result_hash as "hash", requested_by as "requestedBy", requested_at as "requestedAt", finished_at as "finishedAt"
  from campaign_rehearsal`;

const instant = z.date().transform((date) => date.toISOString());
const Times = z.object({ requestedAt: instant, finishedAt: instant.nullable() });
/** As it is stored: what a later version reads into it is not what was sealed. */
const Sealed = z.object({
  planHash: z.string(),
  storm: z.string(),
  seed: z.number(),
  replay: z.unknown(),
  result: z.unknown(),
  hash: z.string().nullable(),
});

function hashOf({ planHash, storm, seed, replay, result }: z.infer<typeof Sealed>): string {
  return hashJson({ planHash, storm, seed, replay, result });
}

async function findRow(tx: EntityManager, id: string): Promise<unknown> {
  const rows: unknown[] = await tx.query(`${SELECT} where id = $1`, [id]);
  if (rows[0] === undefined) throw new SpringtideError('not-found', `there is no rehearsal ${id}`);
  return rows[0];
}

function bodyOf(row: unknown): RehearsalBody {
  return RehearsalBody.parse({ ...(row as object), ...Times.parse(row) });
}
