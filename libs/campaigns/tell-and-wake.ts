import { RUN_CHANGED, runWorkflowId } from '@springtide/contracts';
import { postToOutbox } from '@springtide/platform';
import { RunEntity } from './data/campaign.entity.js';
import { lockRun, type RunBook } from './run-book.js';
import { note, type TimelineNote } from './run-timeline.js';

export type WatchedRun = Readonly<{ tenantId: string; runId: string }>;

/**
 * Tells of what a run must answer, and wakes it, for it may be asleep for minutes. `news` gets what was told under this step
 * before; without any, nothing is changed.
 */
export async function tellAndWake(
  book: RunBook,
  { tenantId, runId }: WatchedRun,
  step: string,
  news: (told: readonly string[]) => readonly Omit<TimelineNote, 'step'>[],
): Promise<void> {
  const ctx = book.context(tenantId, runId);
  await book.within(tenantId, runId, async (tx) => {
    const row = await lockRun(tx, runId);
    const told = await tx.query<{ once_key: string }[]>(
      'select once_key from campaign_timeline where run_id = $1 and step = $2',
      [runId, step],
    );
    const entries = news(told.map((entry) => entry.once_key));
    if (entries.length === 0) return;
    // A new revision makes the run compare target and ground again.
    row.revision += 1;
    await tx.save(RunEntity, row);
    for (const entry of entries) await note(tx, ctx, runId, { step, ...entry }, book.now());
    const signal = { kind: 'signal', workflowId: runWorkflowId(runId), signal: RUN_CHANGED } as const;
    await postToOutbox(tx, tenantId, signal);
  });
}
