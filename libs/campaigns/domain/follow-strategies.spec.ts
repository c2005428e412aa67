import fc from 'fast-check';
import { followTargets } from './follow-strategies.js';
import type { PlanContent } from './plan-content.js';

const CONTENT = {
  standing: [],
  pools: [
    { id: 'home', purchaseOption: 'private', pricePerHour: { currency: 'CNY', amount: '9' }, cap: 2 },
    { id: 'dear', purchaseOption: 'on-demand', pricePerHour: { currency: 'CNY', amount: '3' }, cap: 50 },
    { id: 'cheap', purchaseOption: 'on-demand', pricePerHour: { currency: 'CNY', amount: '1' }, cap: 3 },
  ],
  sheets: ['home', 'dear', 'cheap'].map((poolId) => ({ service: 'web', poolId, requestsPerSecond: 10 })),
} as unknown as PlanContent;

const row = (poolId: string, machines: number, phase: 'ramp' | 'peak' = 'peak') => ({
  ...{ service: 'web', phase, poolId, machines },
});
const question = (machines: number, room = { machines: 100, perHour: 1_000 }) => ({
  ...{ service: 'web', phases: ['peak' as const], machines, room },
});

describe('following strategies', () => {
  it('adds the cheapest that has room, and lets the dearest go first', () => {
    const grown = followTargets([row('dear', 1)], CONTENT, question(7));
    expect(grown.targets).toEqual([row('dear', 2), row('home', 2), row('cheap', 3)]);
    const shrunk = followTargets(grown.targets, CONTENT, question(4));
    expect(shrunk.targets).toEqual([row('home', 2), row('cheap', 2)]);
    expect(followTargets(shrunk.targets, CONTENT, question(0)).targets).toEqual([]);
  });

  it('leaves other services and phases that are over as they are', () => {
    const others = [row('cheap', 2, 'ramp'), { ...row('dear', 4), service: 'shop' }];
    expect(followTargets(others, CONTENT, question(1)).targets).toEqual([...others, row('home', 1)]);
  });

  it('never wants more than is asked, than pools have, or than the approval leaves, and says what is missing', () => {
    const rows = fc.record({ home: fc.nat(2), cheap: fc.nat(3), dear: fc.nat(20) });
    const room = fc.record({ machines: fc.nat(60), perHour: fc.nat(120) });
    fc.assert(
      fc.property(rows, room, fc.nat(80), (there, left, machines) => {
        const before = Object.entries(there).map(([poolId, count]) => row(poolId, count));
        const { targets, missing } = followTargets(before, CONTENT, question(machines, left));
        const sum = targets.reduce((all, own) => all + own.machines, 0);
        const had = before.reduce((all, own) => all + own.machines, 0);
        expect(sum + missing).toBe(Math.max(sum, machines));
        expect(sum).toBeLessThanOrEqual(machines);
        expect(sum).toBeLessThanOrEqual(Math.max(left.machines, Math.min(had, machines)));
        for (const own of targets) {
          expect(own.machines).toBeLessThanOrEqual(
            CONTENT.pools.find(({ id }) => id === own.poolId)?.cap ?? 0,
          );
        }
      }),
      { seed: 6 },
    );
  });
});
