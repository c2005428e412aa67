import type { PhaseName, RunBrief } from '@springtide/contracts';
import { msBetween } from '@springtide/kernel';

/** What a run must do next. `applied` is the last phase and revision whose orders were carried out. */
export type RunStep =
  | Readonly<{ kind: 'apply'; phase: PhaseName; stage: Stage; revision: number }>
  | Readonly<{ kind: 'wait'; ms: number; reason: 'next-phase' | 'end' | 'paused' }>
  | Readonly<{ kind: 'scale-back'; reason: 'finished' | 'aborted' }>;

/** Before a phase starts the run only grows toward it; from its start on it also lets go what the phase does not need. */
export type Stage = 'grow' | 'full';

export type Applied = Readonly<{ phase: PhaseName; stage: Stage; revision: number }> | null;

/** The longest a run sleeps without looking: a lost signal costs at most this. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** Decides from truth alone; the same brief always gives the same step. */
export function nextStep(brief: RunBrief, applied: Applied): RunStep {
  if (brief.control === 'abort') return { kind: 'scale-back', reason: 'aborted' };
  const end = brief.phases.at(-1)?.endsAt;
  if (end === undefined || end <= brief.now) return { kind: 'scale-back', reason: 'finished' };
  const untilEnd = msBetween(brief.now, end);
  if (brief.control === 'pause')
    return { kind: 'wait', ms: Math.min(untilEnd, LOOK_AGAIN_MS), reason: 'paused' };
  const due = brief.phases.findLast((phase) => phase.prepareAt <= brief.now);
  if (due !== undefined) {
    const stage: Stage = due.startsAt <= brief.now ? 'full' : 'grow';
    const wanted = { phase: due.name, stage, revision: brief.revision };
    if (!isSame(applied, wanted)) return { kind: 'apply', ...wanted };
  }
  const next = nextMoment(brief);
  const ms = next === undefined ? untilEnd : Math.min(untilEnd, msBetween(brief.now, next));
  return { kind: 'wait', ms: Math.min(ms, LOOK_AGAIN_MS), reason: next === undefined ? 'end' : 'next-phase' };
}

function isSame(applied: Applied, wanted: NonNullable<Applied>): boolean {
  return (
    applied?.phase === wanted.phase && applied.stage === wanted.stage && applied.revision === wanted.revision
  );
}

/** The next instant at which the answer can change by itself. */
function nextMoment(brief: RunBrief): string | undefined {
  return brief.phases
    .flatMap((phase) => [phase.prepareAt, phase.startsAt])
    .filter((at) => at > brief.now)
    .toSorted()[0];
}
