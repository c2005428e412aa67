import { solvePlan } from './index.js';
import { eur, requireHonest, shop } from './testing/shop.js';

const quick = { searchRounds: 8, deadlineMs: 8_000 };

describe('a plan on the edge', () => {
  it('plans with machines that cost nothing, of which some are used up', async () => {
    const [item] = shop().classes;
    const [home] = shop().pools;
    if (item === undefined || home === undefined) throw new Error('the shop has a class and a pool');
    const free = { ...home, pricePerHour: eur('0') };
    const gift = shop({
      phases: [0, 1, 2].map((k) => ({ id: `phase-${k}`, hours: 1 })),
      pools: [
        { ...free, cap: 40 },
        { ...free, id: 'full', zone: 'dc2', cap: 1 },
      ],
      classes: [
        {
          ...item,
          demand: [0, 500, 200].map((units) => ({ units, memoryGiB: 0 })),
          allowed: [
            { pool: 'home', units: 50 },
            { pool: 'full', units: 51 },
          ],
        },
      ],
    });
    const plan = await solvePlan(gift);
    requireHonest(gift, plan);
    expect(plan.shortage).toEqual([]);
    expect(plan.objective).toEqual(eur('0'));
  });

  it('fills a line to the brim, whatever products of floats make of it', async () => {
    const [item] = shop().classes;
    if (item === undefined) throw new Error('the shop has a class');
    const line = shop({
      links: [{ id: 'line', freeMbps: 11 }],
      pools: shop().pools.map((pool) => ({ ...pool, cap: 100, quotaGroup: null })),
      classes: [
        {
          ...item,
          demand: item.demand.map(() => ({ units: 6_000, memoryGiB: 0 })),
          // 0.22 Mbit/s, as a computer multiplies.
          allowed: [{ pool: 'cheap', units: 100, traffic: { link: 'line', mbps: (100 * 2.2) / 1_000 } }],
        },
      ],
    });
    const plan = await solvePlan(line, quick);
    requireHonest(line, plan);
    expect(plan.machines).toEqual([{ class: 'storefront', pool: 'cheap', counts: [50, 50] }]);
    expect(plan.shortage.map(({ causes }) => causes)).toEqual([['link'], ['link']]);
  });

  it('takes as much spot as it may, whatever a third of a hundred is as a float', async () => {
    const [item] = shop().classes;
    const [home, cheap] = shop().pools;
    if (item === undefined || home === undefined || cheap === undefined) throw new Error('the shop has them');
    const half = shop({
      pools: [
        { ...home, cap: 1 },
        { ...cheap, option: 'spot', quotaGroup: null },
      ],
      classes: [
        {
          ...item,
          spotMax: 0.5,
          demand: item.demand.map(() => ({ units: 200, memoryGiB: 0 })),
          allowed: [
            { pool: 'home', units: 100 },
            { pool: 'cheap', units: 100 / 3 },
          ],
        },
      ],
    });
    const plan = await solvePlan(half, quick);
    requireHonest(half, plan);
    expect(plan.machines.map(({ counts }) => counts)).toEqual([
      [1, 1],
      [3, 3],
    ]);
  });

  it('keeps a budget that only spot machines already running leave nothing of', async () => {
    const [item] = shop().classes;
    const [home, cheap] = shop().pools;
    if (item === undefined || home === undefined || cheap === undefined) throw new Error('the shop has them');
    const poor = shop({
      pools: [home, { ...cheap, option: 'spot' }],
      budget: eur('0'),
      delivered: [{ class: item.id, pool: cheap.id, machines: 1 }],
      classes: [
        {
          ...item,
          spotMax: 0.3,
          allowed: [home, cheap].map(({ id }) => ({ pool: id, units: 100 })),
        },
      ],
    });
    const plan = await solvePlan(poor, quick);
    requireHonest(poor, plan);
    expect(plan.machines).toEqual([{ class: item.id, pool: cheap.id, counts: [1, 1] }]);
  });
});
