import fc from 'fast-check';
import { countersBetween, judgeStep, sameShares, sharesByCapacity, stepBetween } from './index.js';

const capacities = fc
  .array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 12 })
  .map((list) => list.map((capacity, index) => ({ name: `g${index}`, capacity })));

const sum = (shares: Readonly<Record<string, number>>) => Object.values(shares).reduce((a, b) => a + b, 0);

describe('shares', () => {
  it('sum to 100, follow capacity within one percent and never point at nothing', () => {
    fc.assert(
      fc.property(capacities, (groups) => {
        const shares = sharesByCapacity(groups);
        const total = groups.reduce((a, g) => a + g.capacity, 0);
        if (total === 0) {
          expect(shares).toBeUndefined();
          return;
        }
        expect(sum(shares ?? {})).toBe(100);
        for (const { name, capacity } of groups) {
          const share = shares?.[name] ?? -1;
          expect(Math.abs(share - (capacity / total) * 100)).toBeLessThan(1);
          if (capacity === 0) expect(share).toBe(0);
        }
      }),
    );
  });
  it('move in steps that sum to 100 and end exactly at the target', () => {
    const from = { home: 100 };
    const to = { home: 37, burst: 63 };
    expect(stepBetween(from, to, 0.25)).toEqual({ home: 84, burst: 16 });
    expect(stepBetween(from, to, 1)).toEqual(to);
    expect(stepBetween(to, from, 1)).toEqual({ home: 100, burst: 0 });
    expect(sameShares({ home: 100 }, { home: 100, burst: 0 })).toBe(true);
  });
});

describe('gate', () => {
  const policy = { minimumRequests: 20, maxErrorRatio: 0.02 };
  it('fails on a group that fails, and says nothing on few samples', () => {
    expect(judgeStep([{ group: 'burst', requests: 100, errors: 5 }], policy).passed).toBe(false);
    expect(judgeStep([{ group: 'burst', requests: 10, errors: 10 }], policy).passed).toBe(true);
    expect(judgeStep([{ group: 'burst', requests: 100, errors: 2 }], policy).passed).toBe(true);
  });
  it('takes a counter that went down as a restarted proxy', () => {
    const before = [{ group: 'home', requests: 500, errors: 3 }];
    expect(countersBetween(before, [{ group: 'home', requests: 520, errors: 4 }])).toEqual([
      { group: 'home', requests: 20, errors: 1 },
    ]);
    expect(countersBetween(before, [{ group: 'home', requests: 7, errors: 1 }])).toEqual([
      { group: 'home', requests: 7, errors: 1 },
    ]);
  });
});
