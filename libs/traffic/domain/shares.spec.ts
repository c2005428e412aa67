import fc from 'fast-check';
import {
  SLOW,
  countersBetween,
  judgeStep,
  relievingSteps,
  sameShares,
  sharesByCapacity,
  stepBetween,
} from './index.js';

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

describe('the steps of a shift', () => {
  const fractions = [0.05, 0.25, 0.5, 1];
  const way = { from: { home: 100 }, to: { home: 40, burst: 60 } };
  const capacity = new Map([
    ['home', 400],
    ['burst', 600],
  ]);

  it('are gentle while those who have the traffic can serve it', () => {
    expect(relievingSteps(fractions, way, 0, capacity)).toEqual(fractions);
    expect(relievingSteps(fractions, way, 400, capacity)).toEqual(fractions);
  });
  it('leave out those that would leave a group overloaded, and end at the target whatever it is', () => {
    expect(relievingSteps(fractions, way, 450, capacity)).toEqual([0.25, 0.5, 1]);
    expect(relievingSteps(fractions, way, 900, capacity)).toEqual([1]);
    expect(relievingSteps(fractions, way, 5_000, capacity)).toEqual([1]);
  });
  it('do not hurry for a group that gets more than before', () => {
    const back = { from: way.to, to: { home: 100, burst: 0 } };
    expect(relievingSteps(fractions, back, 500, capacity)).toEqual(fractions);
  });
});

describe('gate', () => {
  const policy = { minimumRequests: 20, maxErrorRatio: 0.02, slow: SLOW };
  it('fails on a group that fails, and says nothing on few samples', () => {
    expect(judgeStep([{ group: 'burst', requests: 100, errors: 5 }], policy).passed).toBe(false);
    expect(judgeStep([{ group: 'burst', requests: 10, errors: 10 }], policy).passed).toBe(true);
    expect(judgeStep([{ group: 'burst', requests: 100, errors: 2 }], policy).passed).toBe(true);
  });
  it('does not blame a step for the trouble of those whom it relieves', () => {
    const home = { group: 'home', requests: 900, errors: 120, answerMs: 2_000 };
    const burst = { group: 'burst', requests: 100, errors: 0, answerMs: 30 };
    const relieved = new Set(['home']);
    expect(judgeStep([home, burst], policy).passed).toBe(false);
    expect(judgeStep([home, burst], policy, relieved)).toMatchObject({ passed: true, judged: true });
    expect(judgeStep([home, { ...burst, errors: 9 }], policy, relieved).passed).toBe(false);
    const slow = [
      { ...home, answerMs: 100 },
      { ...burst, answerMs: 900 },
    ];
    expect(judgeStep(slow, policy, relieved).reason).toMatch(/group burst took 900 ms/);
  });
  it('says when nothing was counted, instead of calling it healthy', () => {
    expect(judgeStep([], policy)).toMatchObject({ passed: true, judged: false });
    expect(judgeStep([{ group: 'burst', requests: 10, errors: 10 }], policy).judged).toBe(false);
    expect(judgeStep([{ group: 'burst', requests: 100, errors: 0 }], policy).judged).toBe(true);
  });
  it('fails on a group that answers, but much slower than the others, and not when all are slow', () => {
    const verdict = (home: number, burst: number, requests = 100) =>
      judgeStep(
        [
          { group: 'home', requests: 900, errors: 0, answerMs: home },
          { group: 'burst', requests, errors: 0, answerMs: burst },
        ],
        policy,
      );
    expect(verdict(30, 1_200)).toMatchObject({
      passed: false,
      reason: 'group burst took 1200 ms on average, others 30 ms',
    });
    expect(verdict(30, 1_200, 10).passed).toBe(true);
    expect(verdict(30, 450).passed).toBe(true);
    expect(verdict(900, 1_200).passed).toBe(true);
  });
  it('takes the time to answer of the requests in between, by whatever the product tells', () => {
    const counted = (requests: number, totalMs: number) => ({
      ...{ group: 'home', requests, errors: 0 },
      answerTime: { totalMs },
    });
    expect(countersBetween([counted(100, 5_000)], [counted(150, 15_000)])[0]?.answerMs).toBe(200);
    expect(countersBetween([counted(100, 5_000)], [counted(100, 5_000)])[0]?.answerMs).toBeUndefined();
    expect(countersBetween([counted(100, 5_000)], [counted(10, 300)])[0]?.answerMs).toBe(30);
    const recent = { group: 'home', requests: 9, errors: 0, answerTime: { recentMs: 40 } };
    expect(countersBetween([], [recent])[0]?.answerMs).toBe(40);
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
