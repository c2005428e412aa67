import type { Instant } from '@springtide/kernel';
import type { EntityManager } from 'typeorm';

/** Runs of scaling groups of the tenant that are open, or were at that time or later. */
export async function groupRunsSince(tx: EntityManager, since: Instant): Promise<readonly string[]> {
  const rows = await tx.query<{ id: string }[]>(
    `select run.id from campaign_run run join campaign on campaign.id = run.campaign_id
     where campaign.input ->> 'follows' = 'strategies' and (run.closed_at is null or run.closed_at >= $1)`,
    [since],
  );
  return rows.map(({ id }) => id);
}
