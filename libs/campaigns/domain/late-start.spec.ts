import { dueAt, inTimeUntil, type StartFacts } from './index.js';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 11, 0, minute)).toISOString();
const peak = { name: 'peak', startsAt: at(40) } as const;
const late = { policy: 'skip', afterMinutes: 15 } as const;
const facts = (change: Partial<StartFacts> = {}): StartFacts => ({
  ...{ armedAt: at(0), steeredAt: null, begun: new Set<string>() },
  ...change,
});

describe('a start is due', () => {
  it.each([
    ['when its phase starts', facts(), at(40)],
    ['when its run is armed, where that is later', facts({ armedAt: at(50) }), at(50)],
    ['when a person steered the run last', facts({ armedAt: at(50), steeredAt: at(58) }), at(58)],
    ['not before its phase, whatever came before', facts({ steeredAt: at(10) }), at(40)],
  ])('%s', (_when, given, due) => {
    expect(dueAt(peak, given)).toBe(due);
    expect(inTimeUntil(peak, late, given)).toBe(new Date(Date.parse(due) + 15 * 60_000).toISOString());
  });

  it('is over and done with when the phase was begun', () => {
    expect(inTimeUntil(peak, late, facts({ begun: new Set(['peak']) }))).toBeUndefined();
    expect(inTimeUntil(peak, late, facts({ begun: new Set(['ramp']) }))).toBe(at(55));
  });
});
