import fc from 'fast-check';
import { answerSurge, surgeOf, type SurgePolicy } from './surge.js';
import type { PlanContent } from './plan-content.js';

const POLICY: SurgePolicy = { tolerance: 0.1, headroom: 0.2, most: 1.5, agreeing: 2, calmMs: 600_000 };
const PLANNED = [
  { startsAt: '2026-11-11T00:00:00.000Z', endsAt: '2026-11-11T01:00:00.000Z', requestsPerSecond: 100 },
  { startsAt: '2026-11-11T01:00:00.000Z', endsAt: '2026-11-11T02:00:00.000Z', requestsPerSecond: 200 },
];

const minute = (at: number, requestsPerSecond: number) => ({
  at: new Date(Date.parse('2026-11-11T00:00:00.000Z') + at * 60_000).toISOString(),
  requestsPerSecond,
});
const now = (at: number) => minute(at, 0).at;

describe('surgeOf', () => {
  it('is nothing while demand is as planned, or above it within the tolerance', () => {
    expect(surgeOf([minute(1, 100), minute(2, 109)], PLANNED, POLICY, now(2))).toBe(1);
    expect(surgeOf([], PLANNED, POLICY, now(2))).toBe(1);
  });

  it('is no single spike, but what readings in a row agree on', () => {
    expect(surgeOf([minute(1, 100), minute(2, 300), minute(3, 100)], PLANNED, POLICY, now(3))).toBe(1);
    expect(surgeOf([minute(1, 100), minute(2, 130), minute(3, 140)], PLANNED, POLICY, now(3))).toBeCloseTo(
      1.3,
    );
  });

  it('holds each reading against the plan of its own phase', () => {
    expect(surgeOf([minute(61, 200), minute(62, 200)], PLANNED, POLICY, now(62))).toBe(1);
    expect(surgeOf([minute(58, 130), minute(59, 130)], PLANNED, POLICY, now(62))).toBeCloseTo(1.3);
  });

  it('falls only after calm, and never rises above its rail', () => {
    const surge = [minute(1, 140), minute(2, 140), minute(3, 90), minute(4, 90)];
    expect(surgeOf(surge, PLANNED, POLICY, now(4))).toBeCloseTo(1.4);
    expect(surgeOf(surge, PLANNED, POLICY, now(13))).toBe(1);
    expect(surgeOf([minute(1, 900), minute(2, 900)], PLANNED, POLICY, now(2))).toBe(1.5);
  });
});

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
