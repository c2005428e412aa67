import fc from 'fast-check';
import type { PlanningClass, PlanningPool, PlanningProblem } from '../domain/index.js';

const eur = (amount: string) => ({ currency: 'EUR', amount });
const cents = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((n) => eur((n / 10_000).toFixed(4)));

const pool = (index: number): fc.Arbitrary<PlanningPool> =>
  fc
    .record({
      zone: fc.constantFrom('a', 'b', 'c'),
      option: fc.constantFrom('private' as const, 'reserved' as const, 'on-demand' as const, 'spot' as const),
      vcpu: fc.constantFrom(2, 4, 8, 16),
      memoryPerVcpu: fc.constantFrom(2, 4, 8),
      pricePerHour: cents(100, 9000),
      startCost: cents(0, 900),
      cap: fc.integer({ min: 0, max: 12 }),
      quotaGroup: fc.constantFrom('q1', 'q2', null),
    })
    .map(({ memoryPerVcpu, ...part }) => ({
      ...part,
      id: `p${index}`,
      account: part.option === 'private' ? 'private' : 'acc',
      region: 'r',
      machineType: `t${part.vcpu}`,
      family: 'm',
      arch: 'amd64',
      memoryGiB: part.vcpu * memoryPerVcpu,
      interruptionPerHour: 0,
    }));

const item = (index: number, pools: number, phases: number): fc.Arbitrary<PlanningClass> =>
  fc
    .record({
      headroom: fc.constantFrom(0, 0.1, 0.25),
      spotMax: fc.constantFrom(0, 0.3, 1),
      zoneLossFraction: fc.constantFrom(0, 0.5, 0.8),
      perVcpu: fc.constantFrom(1, 37.5),
      demand: fc.array(
        fc.record({ load: fc.integer({ min: 0, max: 90 }), memory: fc.constantFrom(0, 2, 5) }),
        {
          minLength: phases,
          maxLength: phases,
        },
      ),
      allowed: fc.subarray(
        Array.from({ length: pools }, (_, i) => i),
        { minLength: 0 },
      ),
    })
    .map(({ perVcpu, demand, allowed, ...part }) => ({
      ...part,
      id: `c${index}`,
      unit: 'requests/s',
      demand: demand.map(({ load, memory }) => ({ units: load * perVcpu, memoryGiB: load * memory })),
      // Units are filled in from the pools' sizes by the problem below.
      allowed: allowed.map((p) => ({ pool: `p${p}`, units: perVcpu })),
      shortagePenaltyPerUnitHour: eur(String(10 / perVcpu)),
    }));

/** Small problems with every rule in play, sold-out pools and impossible demand included. */
export const randomProblem: fc.Arbitrary<PlanningProblem> = fc
  .record({
    classes: fc.integer({ min: 1, max: 3 }),
    pools: fc.integer({ min: 1, max: 8 }),
    phases: fc.integer({ min: 1, max: 4 }),
    objective: fc.constantFrom('cheapest' as const, 'private-first' as const),
  })
  .chain(({ classes, pools, phases, objective }) =>
    fc
      .record({
        pools: fc.tuple(...Array.from({ length: pools }, (_, p) => pool(p))),
        classes: fc.tuple(...Array.from({ length: classes }, (_, g) => item(g, pools, phases))),
        hours: fc.array(fc.constantFrom(0.25, 0.5, 1, 3), { minLength: phases, maxLength: phases }),
        quota: fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 })),
        ceiling: fc.option(cents(5_000, 60_000), { nil: null, freq: 3 }),
      })
      .map((drawn) => assemble(drawn, objective)),
  );

type Drawn = Readonly<{
  pools: readonly PlanningPool[];
  classes: readonly PlanningClass[];
  hours: readonly number[];
  quota: readonly [number, number];
  ceiling: { currency: string; amount: string } | null;
}>;

function assemble(drawn: Drawn, objective: PlanningProblem['objective']): PlanningProblem {
  const vcpu = new Map(drawn.pools.map((entry) => [entry.id, entry.vcpu]));
  return {
    currency: 'EUR',
    objective,
    phases: drawn.hours.map((hours, k) => ({ id: `k${k}`, hours })),
    quotaGroups: [
      { id: 'q1', limitVcpu: drawn.quota[0], usedVcpu: 4 },
      { id: 'q2', limitVcpu: drawn.quota[1], usedVcpu: 0 },
    ],
    pools: drawn.pools,
    classes: drawn.classes.map((entry) => ({
      ...entry,
      allowed: entry.allowed.map(({ pool: id, units }) => ({ pool: id, units: units * (vcpu.get(id) ?? 0) })),
    })),
    ...(drawn.ceiling === null ? {} : { hourlyCeilings: [{ account: null, perHour: drawn.ceiling }] }),
  };
}
