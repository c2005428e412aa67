import type { Deficit, GrowOrder, PhaseName, ProvisionActivities, RunRef } from '@springtide/contracts';
import { batchesOf } from '@springtide/campaigns/domain';
import { isCancellation, proxyActivities } from '@temporalio/workflow';
import { PURCHASE } from '../activity-profiles.js';
import { failureCode } from '../failure-code.js';
import { inWindow } from '../window.js';

const { launchBatch, awaitRunning } = proxyActivities<ProvisionActivities>(PURCHASE);

/** Batches of one order that are under way at once. */
const WINDOW = 10;

export type ProvisionInput = RunRef &
  Readonly<{ phase: PhaseName; revision: number; round: number; turn?: string; order: GrowOrder }>;

/** Buys one order in batches and sees the machines run. @returns what did not come, by cause. */
export async function provision(input: ProvisionInput): Promise<readonly Deficit[]> {
  const { order, ...ref } = input;
  const { service, poolId } = order;
  const results = await inWindow(WINDOW, batchesOf(order.count, order.batchSize), async (count, batch) => {
    try {
      const bought = await launchBatch({ ...ref, service, poolId, batch, count });
      if (bought.intentId === null) return bought.refused;
      const seen = await awaitRunning({ ...ref, intentId: bought.intentId });
      return [...bought.refused, ...seen.refused];
    } catch (thrown) {
      return [{ code: deficitCode(thrown), count }];
    }
  });
  const byCode = new Map<string, number>();
  for (const { code, count } of results.flat()) byCode.set(code, (byCode.get(code) ?? 0) + count);
  return [...byCode].map(([code, count]) => ({ service, poolId, code, count }));
}

/** An account that cannot be used is one pool less, not the end of the phase; a newer owner or a stop is. */
function deficitCode(thrown: unknown): string {
  const code = failureCode(thrown);
  if (isCancellation(thrown) || code === 'fenced') throw thrown;
  return code;
}
