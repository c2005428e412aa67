import fc from 'fast-check';
import { shareWeights, sharesGiven, sharesReceived, type Weighed } from './share-weights.js';

function members(sizes: Readonly<Record<string, number>>): Weighed[] {
  return Object.entries(sizes).flatMap(([group, size]) =>
    Array.from({ length: size }, (_, n) => ({ key: `${group}/${n}`, group, healthy: true, weight: 0 })),
  );
}

function weighed(some: readonly Weighed[], shares: Readonly<Record<string, number>>): Weighed[] {
  const weights = shareWeights(some, shares);
  return some.map((member) => ({ ...member, weight: weights.get(member.key) ?? -1 }));
}

describe('shareWeights', () => {
  it('gives whole percents exactly, whatever the sizes of the groups, within 0 … 100', () => {
    const sizes = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 0, max: 100 }), (home, burst, share) => {
        const shares = { home: 100 - share, burst: share };
        const after = weighed(members({ home, burst }), shares);
        expect(sharesGiven(after)).toEqual(shares);
        for (const { weight } of after) expect(weight >= 0 && weight <= 100).toBe(true);
      }),
    );
  });

  it('spreads the share over the healthy ones, and gives the others what a sibling has', () => {
    const some = members({ home: 2, burst: 2 }).map((each) => ({ ...each, healthy: each.key !== 'burst/1' }));
    const after = weighed(some, { home: 50, burst: 50 });
    expect(sharesReceived(after)).toEqual({ home: 50, burst: 50 });
    expect(after.find(({ key }) => key === 'burst/1')?.weight).toBe(
      after.find(({ key }) => key === 'burst/0')?.weight,
    );
  });

  it('hands the share of a group that is no longer there to the others', () => {
    expect(sharesGiven(weighed(members({ home: 3 }), { home: 20, burst: 80 }))).toEqual({ home: 100 });
  });

  it('knows no share where every weight is 0', () => {
    expect(sharesGiven(members({ home: 2 }))).toEqual({ home: 0 });
  });
});
