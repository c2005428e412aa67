import type { RunActivities, RunBrief, RunRef } from '@springtide/contracts';
import { Turns, nextStep, type Applied } from '@springtide/campaigns/domain';
import { msBetween } from '@springtide/kernel';
import {
  CancellationScope,
  condition,
  isCancellation,
  patched,
  proxyActivities,
  rootCause,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { TRUTH } from '../activity-profiles.js';
import type { PhaseInput } from '../phase/phase-input.js';
import { handOver, phase, type PhaseOutcome } from '../phase/phase.workflow.js';

const { readRun, noteProblem } = proxyActivities<RunActivities>(TRUTH);

/** Since 0.2.0. Before it a phase was waited for however long it took. */
const END_INTERRUPTS = 'end-interrupts-phase';
/** Since 0.2.0. Before it whatever came up during a phase waited until that was over. */
const HANDS_OVER = 'phase-hands-over';

/** Set by the signal, cleared by whoever acts on it. */
export type News = { pending: boolean };

/** What became of a phase: `in-part`: it left the rest to a newer step; `not`: it was interrupted. */
export type Came = 'whole' | 'in-part' | 'not';

/**
 * Carries out one phase; a stop, a pause or the end of the campaign interrupts it, and then it counts as not carried out. What
 * became newer than it, a command or the next phase, it makes room for. A phase that fails leaves what stands and is told: in
 * the middle of a peak, less capacity than planned is better than none.
 */
export async function applyPhase(
  input: PhaseInput,
  { brief: begunWith, applied }: Readonly<{ brief: RunBrief; applied: Applied }>,
  news: News,
): Promise<Came> {
  const ends = patched(END_INTERRUPTS);
  const turns = new Turns(patched(HANDS_OVER), input.revision, [...applied, input]);
  const scope = new CancellationScope();
  const outcome: { over: boolean; failure: unknown; isWhole: boolean } = {
    ...{ over: false, failure: undefined, isWhole: true },
  };
  const child = scope.run(async () => await startChild(phase, { workflowId: phaseId(input), args: [input] }));
  const work = async () => {
    try {
      // A phase of 0.1.0 says nothing.
      const came = (await scope.run(async () => await (await child).result())) as PhaseOutcome | undefined;
      outcome.isWhole = came?.isWhole ?? true;
    } catch (thrown) {
      outcome.failure = thrown;
    }
    outcome.over = true;
  };
  const watched = work();
  const settled = () => outcome.over;
  let leftMs = ends ? Math.min(untilEnd(begunWith), turns.lookAgainMs(begunWith)) : undefined;
  while (!settled()) {
    await woken(() => settled() || news.pending, leftMs);
    if (settled() && !news.pending) continue;
    news.pending = false;
    const brief = await readRun(input);
    leftMs = ends ? Math.min(untilEnd(brief), turns.lookAgainMs(brief)) : undefined;
    if (brief.control === 'run' && !(ends && nextStep(brief, []).kind === 'scale-back')) {
      if (turns.endsNow(brief)) await tellToHandOver(child);
      continue;
    }
    scope.cancel();
    leftMs = undefined;
  }
  await watched;
  if (isCancellation(outcome.failure)) return 'not';
  if (outcome.failure === undefined) return outcome.isWhole ? 'whole' : 'in-part';
  const detail = rootCause(outcome.failure) ?? 'unknown cause';
  await noteProblem({ ...refOf(input), phase: input.phase, detail });
  return 'whole';
}

async function tellToHandOver(child: Promise<ChildWorkflowHandle<typeof phase>>): Promise<void> {
  try {
    await (await child).signal(handOver);
  } catch (thrown) {
    // Otherwise it never began, or is over: who waits for it hears that.
    if (isCancellation(thrown)) throw thrown;
  }
}

/** @param mostMs after which it is over in any case; undefined: never. */
async function woken(by: () => boolean, mostMs: number | undefined): Promise<void> {
  if (mostMs === undefined) await condition(by);
  else await condition(by, mostMs);
}

function untilEnd({ now, phases }: RunBrief): number {
  return Math.max(1, msBetween(now, phases.at(-1)?.endsAt ?? now));
}

function phaseId({ phase: name, stage, revision }: PhaseInput): string {
  return `${workflowInfo().workflowId}/${name}.${stage}.${revision}`;
}

function refOf({ tenantId, runId, fence }: PhaseInput): RunRef {
  return { tenantId, runId, fence };
}
