import fc from 'fast-check';
import { answerCalm, answerSurge } from './surge.js';
import type { PlanContent } from './plan-content.js';

const now = (minute: number) =>
  new Date(Date.parse('2026-11-11T00:00:00.000Z') + minute * 60_000).toISOString();

const CONTENT = {
  standing: [{ service: 'web', machines: 2, requestsPerSecond: 60 }],
  pools: [
    { id: 'home', purchaseOption: 'private', pricePerHour: { currency: 'CNY', amount: '9' }, cap: 2 },
    { id: 'dear', purchaseOption: 'on-demand', pricePerHour: { currency: 'CNY', amount: '3' }, cap: 50 },
    { id: 'cheap', purchaseOption: 'on-demand', pricePerHour: { currency: 'CNY', amount: '1' }, cap: 3 },
  ],
  sheets: ['home', 'dear', 'cheap'].map((poolId) => ({ service: 'web', poolId, requestsPerSecond: 10 })),
} as unknown as PlanContent;

const ENOUGH = { machines: 1_000, perHour: 1_000 };

const question = (multiple: number, room = ENOUGH) => ({
  service: 'web',
  multiple,
  headroom: 0.2,
  phases: [{ name: 'peak' as const, startsAt: now(60), endsAt: now(120) }],
  demand: () => 100,
  room: () => room,
});

describe('answerSurge', () => {
  it('adds nothing where the targets carry it already', () => {
    const base = [{ service: 'web', phase: 'peak' as const, poolId: 'dear', machines: 6 }];
    expect(answerSurge(base, CONTENT, question(1)).added).toEqual([]);
  });

  it('adds on private pools first, then by price, within caps, and leaves what is there as it is', () => {
    const base = [{ service: 'web', phase: 'peak' as const, poolId: 'dear', machines: 6 }];
    const answer = answerSurge(base, CONTENT, question(1.5));
    expect(answer.added).toEqual([
      { phase: 'peak', poolId: 'home', machines: 2 },
      { phase: 'peak', poolId: 'cheap', machines: 3 },
      { phase: 'peak', poolId: 'dear', machines: 1 },
    ]);
    expect(answer.targets).toContainEqual({ service: 'web', phase: 'peak', poolId: 'dear', machines: 7 });
    expect(answer.uncovered.size).toBe(0);
  });

  it('adds what the approval leaves room for, and says what is missing', () => {
    const few = answerSurge([], CONTENT, question(1.5, { machines: 4, perHour: 1_000 }));
    expect(few.targets.map(({ machines }) => machines)).toEqual([2, 2]);
    expect(few.uncovered.get('peak')).toBeCloseTo(80);
    const poor = answerSurge([], CONTENT, question(1.5, { machines: 99, perHour: 20.5 }));
    expect(poor.targets.map(({ poolId, machines }) => [poolId, machines])).toEqual([
      ['home', 2],
      ['cheap', 2],
    ]);
  });

  it('covers the demand or says what is missing, and never goes beyond a cap', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 12, noNaN: true }), (multiple) => {
        const { targets, uncovered } = answerSurge([], CONTENT, question(multiple));
        const bought = targets.reduce((sum, row) => sum + row.machines * 10, 60);
        const short = uncovered.get('peak') ?? 0;
        expect(bought + short).toBeGreaterThanOrEqual(120 * multiple - 1e-6);
        for (const { poolId, machines } of targets) {
          const cap = CONTENT.pools.find((pool) => pool.id === poolId)?.cap;
          expect(machines).toBeLessThanOrEqual(cap ?? 0);
        }
      }),
    );
  });
});

describe('answerCalm', () => {
  const row = (poolId: string, machines: number) => ({
    service: 'web',
    phase: 'peak' as const,
    poolId,
    machines,
  });
  const base = [row('home', 2), row('cheap', 3), row('dear', 5), { ...row('dear', 4), service: 'shop' }];

  it('lets the dearest go first, private machines last, and keeps what the demand and its headroom need', () => {
    const half = answerCalm(base, CONTENT, question(0.8));
    expect(half.added).toEqual([
      { phase: 'peak', poolId: 'dear', machines: -5 },
      { phase: 'peak', poolId: 'cheap', machines: -1 },
    ]);
    expect(half.targets).toEqual([row('home', 2), row('cheap', 2), { ...row('dear', 4), service: 'shop' }]);
  });

  it('keeps enough, whatever the demand, and lets nothing go that is not there', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (multiple) => {
        const { targets } = answerCalm(base, CONTENT, question(multiple));
        const left = targets.filter(({ service }) => service === 'web');
        const capacity = left.reduce((sum, { machines }) => sum + machines * 10, 60);
        expect(capacity).toBeGreaterThanOrEqual(Math.min(160, 120 * multiple) - 1e-6);
        for (const { machines } of left) expect(machines).toBeGreaterThan(0);
      }),
    );
  });
});
