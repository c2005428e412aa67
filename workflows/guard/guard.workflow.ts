import type { RunActivities, RunRef } from '@springtide/contracts';
import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { EFFECT } from '../activity-profiles.js';

const { guardTick } = proxyActivities<RunActivities>(EFFECT);

/** Renews leases and watches money and machines for as long as its run lives; it ends with the run. */
export async function guard(input: RunRef & { everyMs: number }): Promise<void> {
  while (!workflowInfo().continueAsNewSuggested) {
    await guardTick(input);
    await sleep(input.everyMs);
  }
  await continueAsNew<typeof guard>(input);
}
