import { sentence } from '@springtide/contracts';
import type { TellOfOrphan } from '@springtide/effects';
import type { RunBook } from './run-book.js';
import { note } from './run-timeline.js';

/**
 * Machines that the reconciler ends stand in the story of the run whose marks they carry, also when it is closed, and once:
 * nothing of ours ends unseen, and what they cost is in no figure. Clusters buy too, and have no story.
 */
export function tellRunsOfOrphans(book: RunBook, tenantId: string): TellOfOrphan {
  return async ({ runId, machineId, intentId, region }) =>
    await book.within(tenantId, runId, async (tx) => {
      const [known] = await tx.query<unknown[]>('select 1 from campaign_run where id = $1', [runId]);
      if (known === undefined) return;
      const facts = { machine: machineId, region };
      const entry = {
        step: 'reconcile.ended',
        level: 'warning' as const,
        sentences: [sentence('reconcile.ended', facts)],
        facts: { ...facts, purchase: intentId },
        once: `ended/${machineId}`,
      };
      await note(tx, book.context(tenantId, runId), runId, entry, book.now());
    });
}
