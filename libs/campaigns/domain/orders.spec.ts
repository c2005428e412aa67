import type { Deficit } from '@springtide/contracts';
import fc from 'fast-check';
import { batchesOf, missingCapacity, neededByNone, ordersFor, type Delivered, type Target } from './index.js';

const CAPACITY: Readonly<Record<string, number>> = { small: 20, large: 40, odd: 27 };
const capacityOf = (_service: string, poolId: string) => CAPACITY[poolId] ?? 0;
const batchSizeOf = () => 50;

/** The first is the oldest. */
function machines(poolId: string, count: number, service = 'web'): Delivered[] {
  return Array.from({ length: count }, (_, index) => ({
    service,
    poolId,
    intentId: `i-${poolId}`,
    machineId: `${service}-${poolId}-${index}`,
    accountId: 'a',
    region: 'r',
    acceptedAt: `2026-11-11T00:00:0${index}.000Z`,
  }));
}

const target = (poolId: string, count: number, service = 'web'): Target => {
  return { service, poolId, machines: count };
};
const compare = (targets: readonly Target[], there: readonly Delivered[]) =>
  ordersFor(targets, there, capacityOf, batchSizeOf);
const ids = (orders: ReturnType<typeof compare>) =>
  orders.shrink.flatMap((order) => order.targets.map((one) => one.machineId));

describe('the difference between target and ground', () => {
  it.each([
    ['all of it is missing', [target('small', 3)], [], [['small', 3]], []],
    ['it is as it should be', [target('small', 2)], machines('small', 2), [], []],
    ['some are missing', [target('small', 3)], machines('small', 1), [['small', 2]], []],
    ['the youngest go first', [target('small', 1)], machines('small', 3), [], ['web-small-2', 'web-small-1']],
    ['a service that is over goes whole', [], machines('small', 1), [], ['web-small-0']],
    ['what stands in for a refused pool stays', [target('large', 1)], machines('small', 2), [], []],
    ['what stands in for nothing goes', [target('large', 1)], machines('small', 3), [], ['web-small-2']],
    [
      'what stands in badly does not keep more than it must',
      [target('large', 3)],
      machines('odd', 5),
      [],
      [],
    ],
    [
      'too little to stand in for one machine stands in for none',
      [target('large', 1)],
      machines('small', 1),
      [['large', 1]],
      ['web-small-0'],
    ],
  ])('%s', (_what, targets, there, grow, gone) => {
    const orders = compare(targets, there);
    expect(orders.grow.map((order) => [order.poolId, order.count])).toEqual(grow);
    expect(ids(orders)).toEqual(gone);
  });

  it('keeps services apart', () => {
    const orders = compare(
      [target('small', 1, 'web'), target('small', 1, 'pay')],
      machines('small', 2, 'web'),
    );
    expect(orders.grow).toEqual([{ service: 'pay', poolId: 'small', count: 1, batchSize: 50 }]);
    expect(ids(orders)).toEqual(['web-small-1']);
  });

  it('lets nothing go whose answer is still out', () => {
    const asked = machines('small', 2).map((machine) => ({ ...machine, machineId: null, acceptedAt: null }));
    expect(compare([target('small', 1)], asked)).toEqual({ grow: [], shrink: [] });
  });

  const ground = fc.record({
    targets: fc.tuple(...Object.keys(CAPACITY).map((pool) => fc.nat(9).map((count) => target(pool, count)))),
    there: fc
      .tuple(...Object.keys(CAPACITY).map((pool) => fc.nat(9).map((count) => machines(pool, count))))
      .map((all) => all.flat()),
  });
  const capacity = (rows: readonly Readonly<{ poolId: string; count?: number; machines?: number }>[]) =>
    rows.reduce((sum, row) => sum + (CAPACITY[row.poolId] ?? 0) * (row.count ?? row.machines ?? 1), 0);

  it('always leaves at least the capacity that is wanted', () => {
    fc.assert(
      fc.property(ground, ({ targets, there }) => {
        const orders = compare(targets, there);
        const gone = new Set(ids(orders));
        const staying = there.filter((machine) => !gone.has(machine.machineId ?? ''));
        expect(capacity(staying) + capacity(orders.grow)).toBeGreaterThanOrEqual(capacity(targets));
      }),
    );
  });

  it('never buys and lets go on the same pool, and is content with what it asked for', () => {
    fc.assert(
      fc.property(ground, ({ targets, there }) => {
        const orders = compare(targets, there);
        const gone = new Set(ids(orders));
        const staying = there.filter((machine) => !gone.has(machine.machineId ?? ''));
        const growing = new Set(orders.grow.map((order) => order.poolId));
        const leaving = there.filter((machine) => gone.has(machine.machineId ?? ''));
        expect(leaving.filter((machine) => growing.has(machine.poolId))).toEqual([]);
        const bought = orders.grow.flatMap(({ poolId, count }) =>
          machines(poolId, count).map((machine) => ({ ...machine, machineId: `new-${machine.machineId}` })),
        );
        expect(compare(targets, [...staying, ...bought]).grow).toEqual([]);
      }),
    );
  });

  it('never lets go what stands in for a pool that gives nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.constantFrom('small', 'large', 'odd'), (count, pool) => {
        const refused = [target('refused', 0), target('small', count)].slice(1);
        const standIns = Math.ceil((count * 20) / (CAPACITY[pool] ?? 1));
        const orders = compare(refused, machines(pool, standIns));
        expect([orders.grow, ids(orders)]).toEqual([[], []]);
      }),
    );
  });
});

describe('what several phases need', () => {
  const shrink = (...machineIds: string[]) => [
    {
      service: 'web',
      targets: machineIds.map((machineId) => ({ intentId: 'i', machineId, accountId: 'a', region: 'r' })),
    },
  ];

  it('lets go only what none of them needs', () => {
    expect(neededByNone(shrink('a', 'b'), [])).toEqual(shrink('a', 'b'));
    expect(neededByNone(shrink('a', 'b'), [shrink('b', 'c'), shrink('b')])).toEqual(shrink('b'));
    expect(neededByNone(shrink('a'), [[]])).toEqual([]);
  });
});

describe('missing capacity', () => {
  const deficit = (poolId: string, count: number): Deficit => {
    return { service: 'web', poolId, count, code: 'insufficient-capacity' };
  };

  it('is no more than the ground lacks, however large a refused stand-in was', () => {
    const [refused, lacking] = [[deficit('large', 1)], [deficit('small', 1)]];
    expect(missingCapacity(refused, lacking, capacityOf)).toEqual(new Map([['web', 20]]));
    expect(missingCapacity(refused, [], capacityOf)).toEqual(new Map([['web', 0]]));
  });
});

describe('batches', () => {
  it('add up and are no larger than asked', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 100 }), (count, size) => {
        const batches = batchesOf(count, size);
        expect(batches.reduce((sum, one) => sum + one, 0)).toBe(count);
        expect(batches.every((one) => one > 0 && one <= size)).toBe(true);
        expect(batches).toHaveLength(Math.ceil(count / size));
      }),
    );
  });
});
