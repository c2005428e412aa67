import {
  Sentence,
  WAY_BACK_PHASES,
  WAY_BACK_STATES,
  WayBackObstacle,
  englishOf,
  sentence,
} from '@springtide/contracts';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { WayBack } from '../domain/index.js';
import { waitsLine } from '../run-timeline.js';

/** Seen in a cloud after the ledger had nothing more to bring back, or outliving its machine. */
export type Found = Readonly<{
  id: string;
  kind: 'machine' | 'satellite';
  accountId: string;
  region: string;
  state: string;
  intentId: string;
  since: string;
}>;

/** The way back of a run as it is kept: how far it is, what is in its way, what it found. */
export type KeptWayBack = Readonly<{
  progress: WayBack;
  obstacles: readonly WayBackObstacle[];
  found: readonly Found[];
}>;

/** The text is for older versions, which know no sentences and wrote none. */
const PhaseRow = z
  .object({
    name: z.enum(WAY_BACK_PHASES),
    state: z.enum(WAY_BACK_STATES),
    startedAt: z.string().nullable(),
    deadline: z.string().nullable(),
    endedAt: z.string().nullable(),
    waitsFor: z.string(),
    waitsForSentences: z.array(Sentence).optional(),
    hold: z.object({ by: z.string(), reason: z.string(), until: z.string() }).nullable(),
    skip: z.boolean(),
  })
  .transform(({ waitsFor: text, waitsForSentences, ...row }) => ({
    ...row,
    waitsFor: waitsForSentences ?? (text === '' ? [] : [sentence('quoted', { text })]),
  }));

const Row = z.object({
  progress: z.object({
    reason: z.string(),
    urgent: z.boolean(),
    phases: z.array(PhaseRow),
    round: z.number(),
    clean: z.number(),
    cleanAt: z.string().nullable(),
    billCheckAt: z.string().nullable(),
  }),
  obstacles: z.array(WayBackObstacle),
  found: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['machine', 'satellite']),
      accountId: z.string(),
      region: z.string(),
      state: z.string(),
      intentId: z.string(),
      since: z.string(),
    }),
  ),
});

export async function findWayBack(
  tx: EntityManager,
  runId: string,
  lock: '' | 'for update' = '',
): Promise<KeptWayBack | undefined> {
  const rows = await tx.query<unknown[]>(
    `select progress, obstacles, found from campaign_way_back where run_id = $1 ${lock}`,
    [runId],
  );
  return rows[0] === undefined ? undefined : Row.parse(rows[0]);
}

export async function saveWayBack(
  tx: EntityManager,
  tenantId: string,
  runId: string,
  { progress, obstacles, found }: KeptWayBack,
): Promise<void> {
  await tx.query(
    `insert into campaign_way_back (run_id, tenant_id, progress, obstacles, found, bill_check_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (run_id) do update set progress = excluded.progress, obstacles = excluded.obstacles,
       found = excluded.found, bill_check_at = excluded.bill_check_at`,
    [
      runId,
      tenantId,
      JSON.stringify({ ...progress, phases: progress.phases.map(storedPhase) }),
      JSON.stringify(obstacles),
      JSON.stringify(found),
      progress.billCheckAt,
    ],
  );
}

function storedPhase(row: WayBack['phases'][number]): z.input<typeof PhaseRow> {
  return { ...row, waitsFor: englishOf(waitsLine(row.waitsFor)), waitsForSentences: [...row.waitsFor] };
}
