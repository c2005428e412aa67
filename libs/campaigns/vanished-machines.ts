import { sentence } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import type { RunBook } from './run-book.js';
import { machinesOf } from './run-machines.js';
import { tellAndWake, type WatchedRun } from './tell-and-wake.js';

/**
 * Machines that vanished are told of, and the run is woken to replace them, whoever noticed it first: a guard, a
 * reconciler or a phase that waited for them. What is lost stays so in the books, so their number says what is new.
 */
export async function heedLosses(book: RunBook, ledger: EffectLedger, run: WatchedRun): Promise<void> {
  const machines = machinesOf(await ledger.listIntents(run.tenantId, { runId: run.runId, kind: 'create' }));
  const lost = machines.filter(({ item }) => item.state === 'lost').length;
  if (lost === 0) return;
  await tellAndWake(book, run, 'guard.lost', (told) => {
    const fresh = lost - Math.max(0, ...told.map(numberIn));
    if (fresh <= 0) return [];
    const sentences = [sentence('guard.lost', { count: fresh })];
    return [{ level: 'warning', sentences, facts: { lost }, once: `lost/${lost}` }];
  });
}

function numberIn(once: string): number {
  return Number(once.split('/')[1]);
}
