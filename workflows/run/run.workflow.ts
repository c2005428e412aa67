import {
  RUN_CHANGED,
  scaleBackWorkflowId,
  type RunActivities,
  type RunInput,
  type RunRef,
} from '@springtide/contracts';
import { nextStep, type Applied } from '@springtide/campaigns/domain';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ParentClosePolicy,
  condition,
  defineSignal,
  executeChild,
  isCancellation,
  proxyActivities,
  rootCause,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { TRUTH } from '../activity-profiles.js';
import { guard } from '../guard/guard.workflow.js';
import { phase, type PhaseInput } from '../phase/phase.workflow.js';
import { scaleBack } from '../scale-back/scale-back.workflow.js';

/** Truth changed: read it afresh. */
export const changed = defineSignal(RUN_CHANGED);

const { takeOwnership, readRun, noteProblem } = proxyActivities<RunActivities>(TRUTH);

/** Set by the signal, cleared by whoever acts on it. */
type News = { pending: boolean };

/**
 * One campaign run, from armed to closed. Truth says what is wanted; the run reads it, does the next step, and sleeps
 * until the next moment or until somebody changed something. However it ends, it ends in scale-back.
 */
export async function run(input: RunInput): Promise<void> {
  const news: News = { pending: false };
  setHandler(changed, () => {
    news.pending = true;
  });
  let reason = 'the campaign is over';
  try {
    reason = await drive(input, news);
  } catch (thrown) {
    reason = isCancellation(thrown)
      ? 'the run was cancelled'
      : `the run failed: ${rootCause(thrown) ?? 'unknown'}`;
  }
  await CancellationScope.nonCancellable(async () => await bringEverythingBack(input, reason));
}

/** @returns why the run is over. */
async function drive(input: RunInput, news: News): Promise<string> {
  const fence = await takeOwnership({ ...input, owner: `run/${workflowInfo().firstExecutionRunId}` });
  const ref = { ...input, fence };
  const first = await readRun(input);
  await startChild(guard, {
    workflowId: `${workflowInfo().workflowId}/guard`,
    args: [{ ...ref, everyMs: first.guardEveryMs }],
    parentClosePolicy: ParentClosePolicy.TERMINATE,
  });
  for (let applied: Applied = null; ;) {
    const brief = await readRun(input);
    const step = nextStep(brief, applied);
    if (step.kind === 'scale-back')
      return step.reason === 'aborted' ? 'it was stopped' : 'the campaign is over';
    if (step.kind === 'wait') {
      await condition(() => news.pending, step.ms);
      news.pending = false;
      continue;
    }
    const { kind: _, ...wanted } = step;
    applied = wanted;
    await applyPhase({ ...ref, ...wanted, services: brief.services }, news);
  }
}

/**
 * Carries out one phase; a stop interrupts it. A phase that fails leaves what stands and is told: in the middle of a
 * peak, less capacity than planned is better than none.
 */
async function applyPhase(input: PhaseInput, news: News): Promise<void> {
  const scope = new CancellationScope();
  const outcome: { over: boolean; failure: unknown } = { over: false, failure: undefined };
  const work = async () => {
    try {
      await scope.run(async () => await executeChild(phase, { workflowId: phaseId(input), args: [input] }));
    } catch (thrown) {
      outcome.failure = thrown;
    }
    outcome.over = true;
  };
  const watched = work();
  const settled = () => outcome.over;
  while (!settled()) {
    await condition(() => settled() || news.pending);
    if (!news.pending) continue;
    news.pending = false;
    const { control } = await readRun(input);
    if (control === 'abort') scope.cancel();
  }
  await watched;
  if (outcome.failure === undefined || isCancellation(outcome.failure)) return;
  const detail = rootCause(outcome.failure) ?? 'unknown cause';
  await noteProblem({ ...refOf(input), phase: input.phase, detail });
}

async function bringEverythingBack(input: RunInput, reason: string): Promise<void> {
  try {
    await executeChild(scaleBack, {
      workflowId: scaleBackWorkflowId(input.runId),
      args: [{ ...input, reason }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (thrown) {
    // Somebody pulled the stop switch, or a lease lapsed: the way back is under way already.
    if (!(thrown instanceof WorkflowExecutionAlreadyStartedError)) throw thrown;
  }
}

function phaseId({ phase: name, stage, revision }: PhaseInput): string {
  return `${workflowInfo().workflowId}/${name}.${stage}.${revision}`;
}

function refOf({ tenantId, runId, fence }: PhaseInput): RunRef {
  return { tenantId, runId, fence };
}
