import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { StartFacts } from '../domain/index.js';
import type { RunEntity } from './campaign.entity.js';

const Row = z.object({
  steered_at: z
    .date()
    .transform((date) => date.toISOString())
    .nullable(),
  begun: z.array(z.string()),
});

/** From the story of the run: it is kept however often workers and engine forget. */
export async function readStarts(tx: EntityManager, run: RunEntity): Promise<StartFacts> {
  const rows: unknown[] = await tx.query(
    `select max(at) filter (where step like 'command.%') as steered_at,
       coalesce(array_agg(distinct split_part(once_key, '/', 2)) filter (where once_key like 'phase/%'), '{}') as begun
     from campaign_timeline where run_id = $1`,
    [run.id],
  );
  const { steered_at: steeredAt, begun } = Row.parse(rows[0]);
  return { armedAt: run.startedAt.toISOString(), steeredAt, begun: new Set(begun) };
}
