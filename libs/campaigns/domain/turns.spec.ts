import type { RunBrief } from '@springtide/contracts';
import { Turns, type Applied } from './index.js';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 11, 0, minute)).toISOString();
const MINUTE = 60_000;

/** Ramp 20–40, peak 40–60; each prepared ten minutes ahead. */
const brief = (minute: number, revision = 1): RunBrief => ({
  now: at(minute),
  control: 'run',
  revision,
  phases: [
    { name: 'ramp', prepareAt: at(10), startsAt: at(20), endsAt: at(40) },
    { name: 'peak', prepareAt: at(30), startsAt: at(40), endsAt: at(60) },
  ],
  services: ['web'],
  guardEveryMs: MINUTE,
});

/** The ramp, whole, is being carried out. */
const ramp: Applied = [{ phase: 'ramp', stage: 'full', revision: 1 }];

describe('the turn of a phase', () => {
  it('lasts while nothing newer is wanted', () => {
    const turns = new Turns(true, 1, ramp);
    expect([turns.endsNow(brief(28)), turns.lookAgainMs(brief(28))]).toEqual([false, 2 * MINUTE]);
  });

  it('ends at once for a newer revision, and is ended only once', () => {
    const turns = new Turns(true, 1, ramp);
    expect([turns.endsNow(brief(25, 2)), turns.endsNow(brief(26, 2))]).toEqual([true, false]);
    expect(turns.lookAgainMs(brief(26, 2))).toBe(Infinity);
  });

  it('leaves a phase to its end for two looks when the next one is due', () => {
    const turns = new Turns(true, 1, ramp);
    expect([30, 31, 32].map((minute) => turns.endsNow(brief(minute)))).toEqual([false, false, true]);
    expect(new Turns(true, 1, ramp).lookAgainMs(brief(30))).toBe(2 * MINUTE);
  });

  it('never ends for runs of a version that did not know it', () => {
    const turns = new Turns(false, 1, ramp);
    expect([turns.endsNow(brief(35, 2)), turns.lookAgainMs(brief(35, 2))]).toEqual([false, Infinity]);
  });
});
