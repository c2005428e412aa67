import fc from 'fast-check';
import { money } from '@springtide/kernel';
import { solvePlan } from '@springtide/planning';
import { residualQuestion, residualTargets, type ResidualFacts } from './residual.js';
import type { PlanContent } from './plan-content.js';

const PHASES = [
  { name: 'ramp' as const, startsAt: '2026-11-11T00:00:00.000Z', endsAt: '2026-11-11T01:00:00.000Z' },
  { name: 'peak' as const, startsAt: '2026-11-11T01:00:00.000Z', endsAt: '2026-11-11T03:00:00.000Z' },
];
const CAPACITY: Readonly<Record<string, number>> = { first: 20, second: 20, big: 45 };

const pool = (id: string, price: string, cap: number) => {
  const place = { accountId: 'a', accountName: 'a', provider: 'p', region: 'r', zone: id, machineType: id };
  return { id, ...place, purchaseOption: 'on-demand', pricePerHour: money('CNY', price), cap };
};

function content(caps: Readonly<Record<string, number>>): PlanContent {
  const pools = [
    pool('first', '1', 10),
    pool('second', '1.2', caps['second'] ?? 10),
    pool('big', '2', caps['big'] ?? 10),
  ];
  const sheets = pools.map(({ id }) => {
    return { service: 'web', poolId: id, requestsPerSecond: CAPACITY[id], minimumBillingSeconds: 60 };
  });
  return { pools, sheets, leadMs: 0 } as unknown as PlanContent;
}

const row = (poolId: string, phase: 'ramp' | 'peak', machines: number) => {
  return { service: 'web', poolId, phase, machines };
};

function question(changes: Partial<ResidualFacts> = {}): ResidualFacts {
  return {
    content: content({}),
    targets: [row('first', 'ramp', 2), row('first', 'peak', 6), row('second', 'peak', 1)],
    delivered: (_service, poolId) => (poolId === 'first' ? 3 : 0),
    refused: new Set(['first']),
    phases: PHASES,
    left: money('CNY', '100'),
    now: '2026-11-11T00:30:00.000Z',
    holders: [],
    drainMs: 0,
    ...changes,
  };
}

async function replanned(asked: ResidualFacts) {
  const residual = residualQuestion(asked);
  if (residual === undefined) return asked.targets;
  return residualTargets(residual, await solvePlan(residual.problem), asked.content);
}

const served = (targets: readonly { poolId: string; phase: string; machines: number }[], phase: string) =>
  targets
    .filter((one) => one.phase === phase)
    .reduce((sum, one) => sum + one.machines * (CAPACITY[one.poolId] ?? 0), 0);

describe('a residual re-plan', () => {
  it('is not made where nothing that is wanted is missing', () => {
    expect(residualQuestion(question({ refused: new Set(['big']) }))).toBeUndefined();
    expect(residualQuestion(question({ delivered: () => 6 }))).toBeUndefined();
  });

  it('keeps what was delivered and fills this and later phases from the other pools', async () => {
    const targets = await replanned(question());
    expect(targets).toContainEqual(row('first', 'ramp', 2));
    expect(targets).toContainEqual(row('first', 'peak', 3));
    expect(served(targets, 'peak')).toBeGreaterThanOrEqual(6 * 20 + 20);
    // One of each is cheaper than three more of the cheapest, which a look at prices alone would take.
    expect(targets).toContainEqual(expect.objectContaining(row('second', 'peak', 2)));
    expect(targets).toContainEqual(expect.objectContaining(row('big', 'peak', 1)));
  });

  it('does not make up for the size of a stand-in that is refused as well', async () => {
    const first = await replanned(question({ content: content({ second: 0 }) }));
    expect(first).toContainEqual({ ...row('big', 'peak', 2), spare: 90 - 60 });
    const again = await replanned(question({ targets: first, refused: new Set(['first', 'big']) }));
    expect(served(again, 'peak')).toBe(3 * 20 + 4 * 20);
  });

  it('leaves in sight what nothing can stand in for, so that it is tried again', async () => {
    const targets = await replanned(question({ content: content({ second: 2, big: 0 }) }));
    expect(targets).toContainEqual(row('second', 'peak', 2));
    expect(targets).toContainEqual(row('first', 'peak', 5));
  });

  it('spends no more than is left', async () => {
    const targets = await replanned(question({ left: money('CNY', '2.5') }));
    expect(targets).toContainEqual(row('second', 'peak', 2));
  });

  it('takes nothing that another campaign was promised meanwhile', async () => {
    const limit = {
      ...({ id: 'quota/a/r/std', kind: 'quota', name: 'a/r/std', unit: 'vCPU', free: 13 } as const),
      takes: ['second', 'big'].map((poolId) => ({ poolId, each: 1 })),
    };
    const other = {
      ...{ campaignId: 'other', name: 'Other', phases: PHASES, drainMs: 0, standing: new Map() },
      content: { ...content({}), limits: [limit] },
      targets: [row('second', 'peak', 10), row('big', 'peak', 2)],
    };
    const beside = question({ content: { ...content({}), limits: [limit] }, holders: [other] });
    // Twelve of thirteen are the other's, and one is the machine that stays.
    expect(await replanned(beside)).toEqual(
      expect.arrayContaining([row('second', 'peak', 1), row('first', 'peak', 6)]),
    );
    const stock = { ...other, content: content({}) };
    const targets = await replanned({ ...beside, holders: [stock] });
    expect(targets.filter(({ poolId }) => poolId === 'second')).toEqual([row('second', 'peak', 1)]);
    expect(targets).toContainEqual(expect.objectContaining(row('big', 'peak', 2)));
  });

  it('sends no more over a line between sites than it bears, beside what stays and what others send', async () => {
    const line = {
      ...({ id: 'link/a/r/line', kind: 'link', name: 'line', unit: 'Mbit/s', free: 9 } as const),
      takes: [
        { poolId: 'first', service: 'web', each: 1 },
        { poolId: 'big', service: 'web', each: 2 },
      ],
    };
    // Three of the first stay and send 3 of 9; what is missing needs two of the big ones, which send 4.
    const alone = await replanned(question({ content: { ...content({ second: 1 }), limits: [line] } }));
    expect(alone).toContainEqual(expect.objectContaining(row('big', 'peak', 2)));
    const other = {
      ...{ campaignId: 'other', name: 'Other', phases: PHASES, drainMs: 0, standing: new Map() },
      content: { ...content({}), limits: [line] },
      targets: [row('big', 'peak', 2)],
    };
    const beside = { content: { ...content({ second: 1 }), limits: [line] }, holders: [other] };
    const targets = await replanned(question(beside));
    expect(targets).toContainEqual(expect.objectContaining(row('big', 'peak', 1)));
    // What nothing can carry stays in sight.
    expect(targets).toContainEqual(row('first', 'peak', 4));
  });

  it('never asks a pool for more than its cap, and never for less capacity than can be had', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(8), fc.nat(4), fc.nat(6), async (second, big, delivered) => {
        const asked = question({ content: content({ second, big }), delivered: () => delivered });
        const targets = await replanned(asked);
        for (const one of targets.filter(({ poolId }) => poolId !== 'first')) {
          const cap = asked.content.pools.find(({ id }) => id === one.poolId)?.cap ?? 0;
          expect(one.machines).toBeLessThanOrEqual(Math.max(cap, 1));
        }
        expect(served(targets, 'peak')).toBeGreaterThanOrEqual(6 * 20 + 20);
      }),
      { numRuns: 25 },
    );
  });
});
