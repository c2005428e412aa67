import type { TimerTrouble } from '@springtide/effects';
import { timerNotes } from './timer-notes.js';

const NOW = '2026-11-11T10:00:00.000Z';
const policy = { timerLeastMs: 80 * 60_000 };

function trouble(over: Partial<TimerTrouble> = {}): TimerTrouble {
  const failure = { code: 'permission-denied', message: 'not allowed' } as const;
  return {
    accountId: 'a',
    region: 'east',
    machines: 5,
    endsAt: '2026-11-11T11:10:00.000Z',
    ...failure,
    ...over,
  };
}

describe('what is told of timers that could not be moved', () => {
  it('is nothing while there is time for further attempts', () => {
    expect(timerNotes([trouble({ endsAt: '2026-11-11T11:25:00.000Z' })], NOW, policy)).toEqual([]);
    expect(timerNotes([], NOW, policy)).toEqual([]);
  });

  it('is one problem per place, with the first end, and the same one at the next tick', () => {
    const troubles = [trouble(), trouble({ endsAt: '2026-11-11T11:05:00.000Z', machines: 2 })];
    const notes = timerNotes(troubles, NOW, policy);
    expect(notes).toMatchObject([
      {
        level: 'problem',
        facts: { machines: 7, endsAt: '2026-11-11T11:05:00.000Z', code: 'permission-denied' },
      },
    ]);
    expect(timerNotes(troubles, '2026-11-11T10:01:00.000Z', policy)[0]?.once).toBe(notes[0]?.once);
    expect(timerNotes([trouble(), trouble({ region: 'west' })], NOW, policy)).toHaveLength(2);
  });

  it('warns of machines that nothing but us would end', () => {
    expect(timerNotes([trouble({ endsAt: null })], NOW, policy)).toMatchObject([{ level: 'warning' }]);
  });
});
