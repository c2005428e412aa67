import {
  RUN_CHANGED,
  scaleBackWorkflowId,
  type RunActivities,
  type RunBrief,
  type RunInput,
  type RunRef,
} from '@springtide/contracts';
import { nextStep, type Applied } from '@springtide/campaigns/domain';
import { msBetween } from '@springtide/kernel';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  ParentClosePolicy,
  condition,
  continueAsNew,
  defineSignal,
  executeChild,
  isCancellation,
  patched,
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

const { takeOwnership, readRun, noteProblem, noteSkipped } = proxyActivities<RunActivities>(TRUTH);

/** Since 0.2.0. Before it a phase was waited for however long it took. */
const END_INTERRUPTS = 'end-interrupts-phase';

/** Set by the signal, cleared by whoever acts on it. */
type News = { pending: boolean };

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
  for (let applied = before; ;) {
    const brief = await readRun(input);
    const step = nextStep(brief, applied);
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
    if (
      kind === 'skip' ||
      (await applyPhase({ ...ref, ...wanted, ...termsOf(brief) }, news, untilEnd(brief)))
    ) {
      applied = [...applied.filter((one) => one.revision === wanted.revision), wanted];
    }
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

/**
 * Carries out one phase; a stop, a pause or the end of the campaign interrupts it, and then it counts as not carried out. A
 * phase that fails leaves what stands and is told: in the middle of a peak, less capacity than planned is better than none.
 */
async function applyPhase(input: PhaseInput, news: News, endsInMs: number): Promise<boolean> {
  const ends = patched(END_INTERRUPTS);
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
  let leftMs = ends ? endsInMs : undefined;
  while (!settled()) {
    await woken(() => settled() || news.pending, leftMs);
    if (settled() && !news.pending) continue;
    news.pending = false;
    const brief = await readRun(input);
    leftMs = ends ? untilEnd(brief) : undefined;
    if (brief.control === 'run' && !(ends && nextStep(brief, []).kind === 'scale-back')) continue;
    scope.cancel();
    leftMs = undefined;
  }
  await watched;
  if (isCancellation(outcome.failure)) return false;
  if (outcome.failure === undefined) return true;
  const detail = rootCause(outcome.failure) ?? 'unknown cause';
  await noteProblem({ ...refOf(input), phase: input.phase, detail });
  return true;
}

/** @param mostMs after which it is over in any case; undefined: never. */
async function woken(by: () => boolean, mostMs: number | undefined): Promise<void> {
  if (mostMs === undefined) await condition(by);
  else await condition(by, mostMs);
}

function untilEnd({ now, phases }: RunBrief): number {
  return Math.max(1, msBetween(now, phases.at(-1)?.endsAt ?? now));
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

function phaseId({ phase: name, stage, revision }: PhaseInput): string {
  return `${workflowInfo().workflowId}/${name}.${stage}.${revision}`;
}

function refOf({ tenantId, runId, fence }: PhaseInput): RunRef {
  return { tenantId, runId, fence };
}
