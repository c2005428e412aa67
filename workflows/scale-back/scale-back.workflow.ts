import {
  RUN_CHANGED,
  type RunRef,
  type ScaleBackActivities,
  type ScaleBackInput,
  type WayBackNext,
} from '@springtide/contracts';
import {
  condition,
  continueAsNew,
  defineSignal,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { RETURN } from '../activity-profiles.js';
import { withoutPhases } from './without-phases.js';

/** Truth changed: somebody holds the way back, lets it go on, or ends its waiting. */
const changed = defineSignal(RUN_CHANGED);

const { beginWayBack, lookAtWayBack, closeRun } = proxyActivities<ScaleBackActivities>(RETURN);

/** Since 0.2.0. Runs that began their way back before it go on as they began. */
const NAMED_PHASES = 'way-back-in-named-phases';

/**
 * Brings everything of a run back, phase by phase. Truth says which phase comes next; this only asks, rests, and asks
 * again, for as long as it takes. It closes the run when truth knows of no phase any more: then two listings agree.
 */
export async function scaleBack(input: ScaleBackInput): Promise<void> {
  const news = { pending: false };
  setHandler(changed, () => {
    news.pending = true;
  });
  if (!patched(NAMED_PHASES)) return await withoutPhases(input);
  const { tenantId, runId, reason } = input;
  const owner = `scale-back/${workflowInfo().runId}`;
  const { fence, ...begun } = await beginWayBack({ tenantId, runId, owner, reason });
  const run: RunRef = { tenantId, runId, fence };
  for (let turn: WayBackNext = begun; turn.next !== null;) {
    // A cloud that keeps a machine for days is asked for days; no history is that long.
    if (workflowInfo().continueAsNewSuggested) return await continueAsNew<typeof scaleBack>(input);
    turn = await lookAtWayBack({ ...run, phase: turn.next });
    if (turn.waitMs > 0) await condition(() => news.pending, turn.waitMs);
    news.pending = false;
  }
  await closeRun(run);
}
