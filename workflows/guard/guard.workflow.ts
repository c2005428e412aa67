import type { GuardFindings, GuardLook, RunActivities, RunRef } from '@springtide/contracts';
import { continueAsNew, isCancellation, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { EFFECT } from '../activity-profiles.js';
import { failureCode } from '../failure-code.js';

const { guardTick } = proxyActivities<RunActivities>({
  ...EFFECT,
  retry: { ...EFFECT.retry, maximumAttempts: 3 },
});

/**
 * Renews leases and watches money, machines and entrances for as long as its run lives; it ends with the run. While
 * machines live that may be taken back at short notice, it looks at them between its ticks too.
 */
export async function guard(input: RunRef & { everyMs: number }): Promise<void> {
  const { everyMs, ...ref } = input;
  let untilTickMs = 0;
  let lookEveryMs = everyMs;
  while (!workflowInfo().continueAsNewSuggested) {
    const findings = await look(untilTickMs > 0 ? { ...ref, between: true } : ref);
    if (findings?.over === true) return;
    if (untilTickMs <= 0) untilTickMs = everyMs;
    // A look that failed says nothing of the machines: the rhythm stays.
    if (findings !== undefined) lookEveryMs = findings.lookAgainMs ?? everyMs;
    const waitMs = Math.min(untilTickMs, lookEveryMs);
    await sleep(waitMs);
    untilTickMs -= waitMs;
  }
  await continueAsNew<typeof guard>(input);
}

/** A look that fails must not end the guard: without it the leases lapse, and the peak is taken down. */
async function look(input: GuardLook): Promise<GuardFindings | undefined> {
  try {
    return await guardTick(input);
  } catch (thrown) {
    if (isCancellation(thrown)) throw thrown;
    return failureCode(thrown) === 'fenced' ? { over: true, held: false } : undefined;
  }
}
