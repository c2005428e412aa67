import { RUN_CHANGED, runWorkflowId } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import { isTakenBack } from '@springtide/effects/domain';
import { postToOutbox } from '@springtide/platform';
import { RunEntity } from './data/campaign.entity.js';
import { lockRun, type RunBook } from './run-book.js';
import { machinesOf, type RunMachine } from './run-machines.js';
import { note } from './run-timeline.js';

type Run = Readonly<{ tenantId: string; runId: string }>;

const STEP = 'guard.notice';

/**
 * Machines that their cloud is about to take back are told of once, and the run is woken to replace them: a spot machine
 * has two minutes, and the run may be asleep for five.
 */
export async function heedNotices(book: RunBook, ledger: EffectLedger, run: Run): Promise<void> {
  const { tenantId, runId } = run;
  const machines = machinesOf(await ledger.listIntents(tenantId, { runId, kind: 'create' }));
  const leaving = machines.filter(({ item }) => isTakenBack(item) && item.machineId !== null);
  if (leaving.length === 0) return;
  const ctx = book.context(tenantId, runId);
  await book.within(tenantId, runId, async (tx) => {
    const row = await lockRun(tx, runId);
    const told = await tx.query<{ once_key: string }[]>(
      'select once_key from campaign_timeline where run_id = $1 and step = $2',
      [runId, STEP],
    );
    const known = new Set(told.map((entry) => entry.once_key));
    const fresh = leaving.filter((machine) => !known.has(onceFor(machine)));
    if (fresh.length === 0) return;
    row.revision += 1;
    await tx.save(RunEntity, row);
    for (const machine of fresh) await note(tx, ctx, runId, entryFor(machine), book.now());
    const signal = { kind: 'signal', workflowId: runWorkflowId(runId), signal: RUN_CHANGED } as const;
    await postToOutbox(tx, tenantId, signal);
  });
}

function onceFor({ item }: RunMachine): string {
  return `notice/${item.machineId ?? ''}`;
}

function entryFor(machine: RunMachine) {
  const { service, poolId, item } = machine;
  const words = item.refusal?.message ?? 'it said no more';
  return {
    step: STEP,
    level: 'warning' as const,
    detail: `${item.machineId ?? ''} of ${service} (${poolId}) is taken back by its cloud (${words}): it gets no more traffic, and is replaced within what was approved.`,
    facts: { service, poolId },
    once: onceFor(machine),
  };
}
