import type { RunActivities, RunRef } from '@springtide/contracts';
import { continueAsNew, isCancellation, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { EFFECT } from '../activity-profiles.js';
import { failureCode } from '../failure-code.js';

const { guardTick } = proxyActivities<RunActivities>({
  ...EFFECT,
  retry: { ...EFFECT.retry, maximumAttempts: 3 },
});

/** Renews leases and watches money, machines and entrances for as long as its run lives; it ends with the run. */
export async function guard(input: RunRef & { everyMs: number }): Promise<void> {
  while (!workflowInfo().continueAsNewSuggested) {
    if (await isOver(input)) return;
    await sleep(input.everyMs);
  }
  await continueAsNew<typeof guard>(input);
}

/** A tick that fails must not end the guard: without it the leases lapse, and the peak is taken down. */
async function isOver(input: RunRef): Promise<boolean> {
  try {
    const { over } = await guardTick(input);
    return over;
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    return failureCode(thrown) === 'fenced';
  }
}
