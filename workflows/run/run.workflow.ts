import {
  RUN_CHANGED,
  scaleBackWorkflowId,
  type RunActivities,
  type RunBrief,
  type RunInput,
  type RunRef,
} from '@springtide/contracts';
import { nextStep, type Applied } from '@springtide/campaigns/domain';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ParentClosePolicy,
  condition,
  continueAsNew,
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
import type { PhaseInput } from '../phase/phase-input.js';
import { scaleBack } from '../scale-back/scale-back.workflow.js';
import { applyPhase, type News } from './apply-phase.js';

/** Truth changed: read it afresh. */
export const changed = defineSignal(RUN_CHANGED);

const { takeOwnership, readRun, noteSkipped } = proxyActivities<RunActivities>(TRUTH);

/** What was carried out, when a long history was cut and the run goes on in a new one. */
export type RunState = RunInput & Readonly<{ applied?: Applied }>;

/** `over`: why the run is over. Otherwise its history has become long, and it goes on in a new one. */
type Leg = Readonly<{ over: string }> | Readonly<{ applied: Applied }>;

/**
 * One campaign run, from armed to closed. Truth says what is wanted; the run reads it, does the next step, and sleeps
 * until the next moment or until somebody changed something. However it ends, it ends in scale-back.
 */
export async function run(state: RunState): Promise<void> {
  const { applied, ...input } = state;
  const news: News = { pending: false };
  setHandler(changed, () => {
    news.pending = true;
  });
  let leg: Leg;
  try {
    leg = await drive(input, applied ?? [], news);
  } catch (thrown) {
    leg = { over: failureOf(thrown) };
  }
  if ('applied' in leg) return await continueAsNew<typeof run>({ ...input, applied: leg.applied });
  const { over } = leg;
  await CancellationScope.nonCancellable(async () => await bringEverythingBack(input, over));
}

function failureOf(thrown: unknown): string {
  return isCancellation(thrown)
    ? 'the run was cancelled'
    : `the run failed: ${rootCause(thrown) ?? 'unknown'}`;
}

async function drive(input: RunInput, before: Applied, news: News): Promise<Leg> {
  const fence = await takeOwnership({ ...input, owner: `run/${workflowInfo().firstExecutionRunId}` });
  const ref = { ...input, fence };
  await startGuard(ref, (await readRun(input)).guardEveryMs);
  // Begun and left to a newer step: their turn comes again after it.
  let aside: Applied = [];
  for (let applied = before; ;) {
    const brief = await readRun(input);
    const step = nextStep(brief, [...applied, ...aside]);
    if (step.kind === 'wait' && aside.length > 0) {
      aside = [];
      continue;
    }
    if (step.kind === 'scale-back')
      return { over: step.reason === 'aborted' ? 'it was stopped' : 'the campaign is over' };
    if (step.kind === 'wait') {
      await condition(() => news.pending, step.ms);
      news.pending = false;
      if (workflowInfo().continueAsNewSuggested) return { applied };
      continue;
    }
    const { kind, ...wanted } = step;
    if (wanted.stage === 'late') await noteSkipped({ ...ref, phase: wanted.phase });
    const order = { ...ref, ...wanted, ...termsOf(brief) };
    const came = kind === 'skip' ? 'whole' : await applyPhase(order, { brief, applied }, news);
    if (came === 'whole') applied = [...applied.filter((one) => one.revision === wanted.revision), wanted];
    aside = came === 'in-part' ? [...aside, wanted] : [];
  }
}

/** Its id is of this history alone: the guard of the one before may take a moment to end. */
async function startGuard(ref: RunRef, everyMs: number): Promise<void> {
  const { workflowId, runId } = workflowInfo();
  await startChild(guard, {
    workflowId: `${workflowId}/guard/${runId}`,
    args: [{ ...ref, everyMs }],
    parentClosePolicy: ParentClosePolicy.TERMINATE,
  });
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

function termsOf({ services, guardEveryMs }: RunBrief): Pick<PhaseInput, 'services' | 'lookEveryMs'> {
  return { services, lookEveryMs: guardEveryMs };
}
