import type { ProviderRates } from '../../contract/rates.js';
import fc from 'fast-check';
import { apiTime, launchesWithin, sharesLaunches, type PlannedLaunch } from './api-time.js';

const some = { burst: 1, perSecond: 1 };
const ec2: ProviderRates = {
  read: some,
  mutate: some,
  budgets: {
    calls: { burst: 5, perSecond: 2 },
    machines: { counts: 'machines', burst: 1_000, perSecond: 2 },
  },
  operations: { launch: ['calls', 'machines'] },
};

function time(rates: ProviderRates, machines: number, launchBatch: number, more: PlannedLaunch[] = []) {
  return apiTime([{ account: 'a', region: 'r', machines, launchBatch, rates }, ...more])[0];
}

describe('the time an API itself needs', () => {
  it.each([
    [700, 100, { calls: 7, ms: 1_000, budget: 'calls' }],
    [500, 100, { calls: 5, ms: 0, budget: undefined }],
    [1_260, 100, { calls: 13, ms: 130_000, budget: 'machines' }],
    [0, 100, { calls: 0, ms: 0, budget: undefined }],
  ])('is that of the slowest bucket: %i machines, %i a call', (machines, batch, expected) => {
    expect(time(ec2, machines, batch)).toMatchObject(expected);
  });

  it('counts windows whole, and turns of tasks but the last', () => {
    const window = { most: 10, everyMs: 1_000, window: 'sliding' } as const;
    expect(time({ read: some, mutate: window }, 100, 1)?.ms).toBe(9_000);
    const tasks = { counts: 'machines', atOnce: 20, typicalMs: 60_000 } as const;
    expect(time({ read: some, mutate: tasks }, 41, 20)?.ms).toBe(120_000);
  });

  it('adds regions up where the limit is the account’s', () => {
    const mutate = { per: 'account', burst: 1, perSecond: 1 } as const;
    const other = { account: 'a', region: 'r2', machines: 3, launchBatch: 1, rates: { read: some, mutate } };
    expect(time({ read: some, mutate }, 2, 1, [other])?.ms).toBe(4_000);
    expect(time({ read: some, mutate: some }, 2, 1, [other])?.ms).toBe(1_000);
  });
});

describe('launches within a time', () => {
  const most = fc.integer({ min: 1, max: 500 });
  const counted = fc.constantFrom({}, { counts: 'machines' as const });
  const budget = fc.oneof(
    fc.record({ burst: most, perSecond: fc.integer({ min: 1, max: 50 }) }),
    fc.record({
      most,
      everyMs: fc.integer({ min: 1_000, max: 60_000 }),
      window: fc.constant('sliding' as const),
    }),
    fc.record({ atOnce: most, typicalMs: fc.integer({ min: 1_000, max: 60_000 }) }),
  );

  it('are as many as take no longer, and not one more', () => {
    const ms = fc.integer({ min: 0, max: 3_600_000 });
    fc.assert(
      fc.property(budget, counted, most, ms, (limit, by, launchBatch, within) => {
        const rates = { read: some, mutate: { ...limit, ...by } };
        const machines = launchesWithin({ rates, launchBatch }, within, 1);
        expect(time(rates, machines, launchBatch)?.ms).toBeLessThanOrEqual(within);
        expect(time(rates, machines + 1, launchBatch)?.ms).toBeGreaterThan(within);
      }),
    );
  });

  it('are of the tightest budget, and one of the account is not there once for each region', () => {
    expect(launchesWithin({ rates: ec2, launchBatch: 100 }, 60_000, 1)).toBe(1_120);
    expect(launchesWithin({ rates: ec2, launchBatch: 100 }, 60_000, 2)).toBe(2_240);
    const shared = { read: some, mutate: { per: 'account', burst: 10, perSecond: 1 } } as const;
    expect(launchesWithin({ rates: shared, launchBatch: 5 }, 10_000, 2)).toBe(100);
    expect([ec2, shared].map(sharesLaunches)).toEqual([false, true]);
  });
});
