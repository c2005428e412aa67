import { scaleBackWorkflowId, type HousekeepingActivities } from '@springtide/contracts';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  ParentClosePolicy,
  isCancellation,
  proxyActivities,
  startChild,
} from '@temporalio/workflow';
import { EFFECT, TRUTH } from '../activity-profiles.js';
import { scaleBack } from '../scale-back/scale-back.workflow.js';
import { inWindow } from '../window.js';

const { reconcileScopes } = proxyActivities<HousekeepingActivities>(TRUTH);
const { reconcilePass } = proxyActivities<HousekeepingActivities>({
  ...EFFECT,
  retry: { maximumAttempts: 1 },
});

/** Compares every account with the ledger; a run whose leases lapsed is scaled back, whoever drove it. */
export async function reconcile(): Promise<void> {
  const scopes = await reconcileScopes();
  await inWindow(4, scopes, async (scope) => {
    for (const runId of await lapsedIn(scope)) await startScaleBack(scope.tenantId, runId);
  });
}

/** An account that cannot be listed, which its pass has logged, must not keep the others from being compared. */
async function lapsedIn(scope: Parameters<typeof reconcilePass>[0]): Promise<readonly string[]> {
  try {
    const { lapsedRunIds } = await reconcilePass(scope);
    return lapsedRunIds;
  } catch (thrown) {
    if (thrown instanceof ActivityFailure && !isCancellation(thrown)) return [];
    throw thrown;
  }
}

async function startScaleBack(tenantId: string, runId: string): Promise<void> {
  try {
    await startChild(scaleBack, {
      workflowId: scaleBackWorkflowId(runId),
      args: [{ tenantId, runId, reason: 'its lease lapsed: nobody drives this run any more' }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (thrown) {
    if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
  }
}
