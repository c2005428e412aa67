import type { CampaignInput, LateStart, Phase } from '@springtide/contracts';
import { MINUTE, SpringtideError, addMs, type Instant } from '@springtide/kernel';

/** What the story of a run tells of its starts. */
export type StartFacts = Readonly<{
  armedAt: Instant;
  /** When a person gave the run its last command. */
  steeredAt: Instant | null;
  /** Names of phases that were begun: prepared, or reached. */
  begun: ReadonlySet<string>;
}>;

/**
 * From when on it counts that a phase is not begun: its start, or when its run was armed, or when a person steered it last. Who
 * decides after a start knows that it is late.
 */
export function dueAt({ startsAt }: Pick<Phase, 'startsAt'>, { armedAt, steeredAt }: StartFacts): Instant {
  return [startsAt, armedAt, steeredAt ?? startsAt].toSorted().at(-1) ?? startsAt;
}

/** The last moment at which the start of a phase is in time; undefined for one that was begun. */
export function inTimeUntil(
  phase: Pick<Phase, 'name' | 'startsAt'>,
  { afterMinutes }: LateStart,
  facts: StartFacts,
): Instant | undefined {
  return facts.begun.has(phase.name) ? undefined : addMs(dueAt(phase, facts), afterMinutes * MINUTE);
}

/** @throws invalid-argument: what a scaling group needs is asked at every moment, so that none of them is its start. */
export function requireStartToSkip({ name, follows, lateStart }: CampaignInput): void {
  if (follows !== 'strategies' || lateStart?.policy !== 'skip') return;
  throw new SpringtideError(
    'invalid-argument',
    `the campaign was not saved: "${name}" follows scaling strategies all the time, so there is no start that it could skip (lateStart)`,
    {
      nextStep:
        'Leave lateStart out, or say that it starts all the same; or let the campaign follow its plan.',
    },
  );
}
