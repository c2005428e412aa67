import { isCancellation } from '@temporalio/workflow';

/** Waits for all of them; only then does the first failure count, so that one that fails cuts no other short. */
export async function settleAll<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const outcomes = await Promise.allSettled(work);
  const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  const first = reasons.find((reason) => isCancellation(reason)) ?? reasons[0];
  if (reasons.length > 0) throw first;
  return outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
}
