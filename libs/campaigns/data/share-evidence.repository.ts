import { ShareEvidence } from '@springtide/contracts';
import type { Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';

/** Shares of exactly this plan that were bought, served and given back since, newest first. */
export async function sharesRehearsedSince(
  tx: EntityManager,
  plan: Readonly<{ id: string; hash: string }>,
  since: Instant,
): Promise<readonly ShareEvidence[]> {
  const rows: unknown[] = await tx.query(
    `select c.id as "campaignId", r.id as "runId", own.hash as "planHash",
            (c.input->'rehearses'->>'share')::float8 as share,
            to_char(r.closed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "closedAt",
            r.control = 'abort' as aborted
     from campaign c
       join campaign_run r on r.id = c.current_run_id
       join campaign_plan own on own.id = r.plan_id
     where c.input->'rehearses'->>'planId' = $1 and c.input->'rehearses'->>'planHash' = $2
       and c.status = 'closed' and r.closed_at >= $3
     order by r.closed_at desc, c.id limit 5`,
    [plan.id, plan.hash, since],
  );
  return rows.map((row) => ShareEvidence.parse(row));
}
