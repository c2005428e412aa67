import { sentence } from '@springtide/contracts';
import type { TimerTrouble } from '@springtide/effects';
import { msBetween, type Instant } from '@springtide/kernel';
import type { TimelineNote } from './run-timeline.js';

/**
 * What people must know about timers in the clouds that could not be moved. A failure that the next renewals make good is
 * not told; one that lasts longer than a lease is, well before the first machine ends itself.
 * @param policy `timerLeastMs` is what is left when the lease is as long again as when the first attempt failed.
 */
export function timerNotes(
  troubles: readonly TimerTrouble[],
  now: Instant,
  policy: Readonly<{ timerLeastMs: number }>,
): readonly TimelineNote[] {
  const places = Map.groupBy(troubles, ({ accountId, region }) => `${accountId}/${region}`);
  return [...places].flatMap(([place, all]) => {
    const near = all.filter(({ endsAt }) => endsAt !== null && msBetween(now, endsAt) < policy.timerLeastMs);
    const bare = all.filter(({ endsAt }) => endsAt === null);
    return [...noteOfNear(place, near), ...noteOfBare(place, bare)];
  });
}

function noteOfNear(place: string, near: readonly TimerTrouble[]): readonly TimelineNote[] {
  const [first] = near.toSorted((a, b) => ((a.endsAt ?? '') < (b.endsAt ?? '') ? -1 : 1));
  if (first?.endsAt === undefined || first.endsAt === null) return [];
  const { region, endsAt, code, message } = first;
  const machines = countOf(near);
  return [
    {
      step: 'guard.timer',
      level: 'problem',
      sentences: [sentence('guard.timer-near', { machines, region, endsAt, code, message })],
      facts: { machines, region, endsAt, code },
      once: `timer/${place}/${endsAt}`,
    },
  ];
}

function noteOfBare(place: string, bare: readonly TimerTrouble[]): readonly TimelineNote[] {
  const [first] = bare;
  if (first === undefined) return [];
  const { region, code, message } = first;
  const machines = countOf(bare);
  return [
    {
      step: 'guard.timer',
      level: 'warning',
      sentences: [sentence('guard.timer-none', { machines, region, code, message })],
      facts: { machines, region, code },
      once: `timer/${place}/none/${code}`,
    },
  ];
}

function countOf(troubles: readonly TimerTrouble[]): number {
  return troubles.reduce((sum, { machines }) => sum + machines, 0);
}
