import type { BriefPhase, PhaseName, PhaseStage, RunBrief } from '@springtide/contracts';
import { msBetween } from '@springtide/kernel';

/** What a run must do next. */
export type RunStep =
  | Readonly<{ kind: 'apply'; phase: PhaseName; stage: Stage; revision: number }>
  | Readonly<{ kind: 'skip'; phase: PhaseName; stage: 'late'; revision: number }>
  | Readonly<{ kind: 'wait'; ms: number; reason: 'next-phase' | 'end' | 'paused' | 'held' }>
  | Readonly<{ kind: 'scale-back'; reason: 'finished' | 'aborted' }>;

export type Stage = PhaseStage;

/** What was carried out already. */
export type Applied = readonly Readonly<{ phase: PhaseName; stage: Stage; revision: number }>[];

/** The longest a run sleeps without looking: a lost signal costs at most this. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** Decides from truth alone; the same brief always gives the same step. */
export function nextStep(brief: RunBrief, applied: Applied): RunStep {
  if (brief.control === 'abort') return { kind: 'scale-back', reason: 'aborted' };
  const until = brief.heldUntil ?? brief.now;
  if (brief.control === 'hold' && until > brief.now) {
    const ms = Math.min(msBetween(brief.now, until), LOOK_AGAIN_MS);
    return { kind: 'wait', ms, reason: 'held' };
  }
  if (brief.control === 'hold') return { kind: 'scale-back', reason: 'finished' };
  const missed = missedNow(brief).find((one) => !applied.some((done) => isSame(done, one)));
  if (missed !== undefined) return { kind: 'skip', ...missed };
  const end = brief.phases.at(-1)?.endsAt;
  if (end === undefined || end <= brief.now) return { kind: 'scale-back', reason: 'finished' };
  const untilEnd = msBetween(brief.now, end);
  if (brief.control === 'pause')
    return { kind: 'wait', ms: Math.min(untilEnd, LOOK_AGAIN_MS), reason: 'paused' };
  const wanted = wantedNow(brief).find((one) => !applied.some((done) => isSame(done, one)));
  if (wanted !== undefined) return { kind: 'apply', ...wanted };
  const next = nextMoment(brief);
  const ms = next === undefined ? untilEnd : Math.min(untilEnd, msBetween(brief.now, next));
  return { kind: 'wait', ms: Math.min(ms, LOOK_AGAIN_MS), reason: next === undefined ? 'end' : 'next-phase' };
}

/** The phase that runs first, whole; then those that are being prepared, however many lie within the lead time. */
function wantedNow(brief: RunBrief): Applied {
  const { revision, now } = brief;
  return brief.phases
    .filter((phase) => phase.prepareAt <= now && phase.endsAt > now)
    .map((phase) => ({ phase: phase.name, stage: stageOf(phase, now), revision }));
}

function stageOf(phase: BriefPhase, now: string): Stage {
  if (isLate(phase, now)) return 'late';
  return phase.startsAt <= now ? 'full' : 'grow';
}

function isLate({ startBy }: BriefPhase, now: string): boolean {
  return startBy !== undefined && startBy < now;
}

/** Phases that were over before anybody could begin them. */
function missedNow({ phases, revision, now }: RunBrief) {
  return phases
    .filter((phase) => isLate(phase, now) && phase.endsAt <= now)
    .map((phase) => ({ phase: phase.name, stage: 'late' as const, revision }));
}

function isSame(one: Applied[number], other: Applied[number]): boolean {
  return one.phase === other.phase && one.stage === other.stage && one.revision === other.revision;
}

/** The next instant at which the answer can change by itself. */
function nextMoment(brief: RunBrief): string | undefined {
  return brief.phases
    .flatMap((phase) => [phase.prepareAt, phase.startsAt])
    .filter((at) => at > brief.now)
    .toSorted()[0];
}
