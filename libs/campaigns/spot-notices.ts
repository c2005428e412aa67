import { sentence } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import { isTakenBack } from '@springtide/effects/domain';
import type { RunBook } from './run-book.js';
import type { PlanContent } from './domain/index.js';
import { isLive, machinesOf, type RunMachine } from './run-machines.js';
import { tellAndWake, type WatchedRun } from './tell-and-wake.js';

/**
 * Machines that their cloud is about to take back are told of once, and the run is woken to replace them: a spot machine
 * has two minutes.
 */
export async function heedNotices(book: RunBook, ledger: EffectLedger, run: WatchedRun): Promise<void> {
  const machines = machinesOf(await ledger.listIntents(run.tenantId, { runId: run.runId, kind: 'create' }));
  const leaving = machines.filter(({ item }) => isTakenBack(item) && item.machineId !== null);
  if (leaving.length === 0) return;
  await tellAndWake(book, run, 'guard.notice', (told) =>
    leaving.map(entryFor).filter(({ once }) => !told.includes(once)),
  );
}

/** Whether any of them lives that its cloud may take back with two minutes of notice, or with none. */
export function mayBeTakenBack(
  { pools }: Pick<PlanContent, 'pools'>,
  machines: readonly RunMachine[],
): boolean {
  const spot = new Set(pools.filter(({ purchaseOption }) => purchaseOption === 'spot').map(({ id }) => id));
  return machines.some((machine) => isLive(machine) && spot.has(machine.poolId));
}

function entryFor({ service, poolId, item }: RunMachine) {
  const facts = { machine: item.machineId ?? '', service, pool: poolId };
  const message = item.refusal?.message;
  return {
    level: 'warning' as const,
    sentences: [
      message === undefined
        ? sentence('guard.notice-mute', facts)
        : sentence('guard.notice', { ...facts, message }),
    ],
    facts: { service, poolId },
    once: `notice/${item.machineId ?? ''}`,
  };
}
