import { RUN_CHANGED, type ProbeInput, type ReadinessActivities } from '@springtide/contracts';
import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { PROBING } from '../activity-profiles.js';

/** Truth changed: the machine has reported. */
const changed = defineSignal(RUN_CHANGED);

const { lookAtProbe } = proxyActivities<Pick<ReadinessActivities, 'lookAtProbe'>>(PROBING);

/**
 * One probe from its purchase until its machine is gone. Truth says what comes next; this only asks, rests and asks again,
 * for as long as it takes: whatever came of the probe, its machine goes back.
 */
export async function probe(input: ProbeInput): Promise<void> {
  const news = { pending: false };
  setHandler(changed, () => {
    news.pending = true;
  });
  for (;;) {
    const { waitMs } = await lookAtProbe(input);
    if (waitMs === null) return;
    await condition(() => news.pending, waitMs);
    news.pending = false;
    // A cloud that keeps a machine for days is asked for days; no history is that long.
    if (workflowInfo().continueAsNewSuggested) return await continueAsNew<typeof probe>(input);
  }
}
