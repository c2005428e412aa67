import { checkRelease, groupsOfOthers, sharesOfRelease } from './index.js';

const next = (share: number) => ({ groups: [{ name: 'next', share }], matches: [] });

describe('a gray release', () => {
  it('leaves to the standing fleet what the released groups do not get', () => {
    expect(sharesOfRelease('home', next(0))).toEqual({ home: 100, next: 0 });
    expect(sharesOfRelease('home', next(30))).toEqual({ home: 70, next: 30 });
    expect(sharesOfRelease('home', { groups: [] })).toEqual({ home: 100 });
  });

  it('sees that a campaign spreads the route', () => {
    const live = [
      { name: 'home', weight: 60 },
      { name: 'next', weight: 10 },
      { name: 'burst', weight: 30 },
      { name: 'idle', weight: 0 },
    ];
    expect(groupsOfOthers('home', [next(10)], live)).toEqual(['burst']);
    expect(groupsOfOthers('home', [next(10)], live.slice(0, 2))).toEqual([]);
  });

  it('refuses what no route could be', () => {
    const match = { name: 'testers' };
    for (const release of [
      { groups: [{ name: 'home', share: 10 }], matches: [] },
      { groups: [...next(1).groups, ...next(2).groups], matches: [] },
      { groups: [...next(60).groups, { name: 'other', share: 41 }], matches: [] },
      { groups: [], matches: [match, match] },
    ]) {
      expect(() => checkRelease('home', release)).toThrow(/the route was not changed/);
    }
    expect(() => checkRelease('home', { ...next(100), matches: [match] })).not.toThrow();
  });
});
