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
      leadTimeHours: fc.constantFrom(0, 0, 0, 2),
      promised: fc.option(fc.integer({ min: 0, max: 5 }), { nil: null, freq: 2 }),
      subnet: fc.constantFrom('net', null, null),
      launchLimit: fc.constantFrom('api', null),
    })
    .map(({ memoryPerVcpu, promised, subnet, launchLimit, ...part }) => ({
      ...part,
      ...(promised === null ? {} : { promised: [promised] }),
      ...(subnet === null ? {} : { subnet }),
      ...(launchLimit === null ? {} : { launchLimit }),
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
      zoneShareMax: fc.constantFrom(1, 1, 0.6),
      spotPoolShareMax: fc.constantFrom(1, 1, 0.4),
      mbps: fc.constantFrom(0, 3),
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
    .map(({ perVcpu, demand, allowed, mbps, ...part }) => ({
      ...part,
      id: `c${index}`,
      unit: 'requests/s',
      demand: demand.map(({ load, memory }) => ({ units: load * perVcpu, memoryGiB: load * memory })),
      // Units are filled in from the pools' sizes by the problem below.
      allowed: allowed.map((p) => ({
        pool: `p${p}`,
        units: perVcpu,
        ...(mbps === 0 ? {} : { traffic: { link: 'line', mbps } }),
      })),
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
        addresses: fc.integer({ min: 0, max: 20 }),
        mbps: fc.integer({ min: 0, max: 60 }),
        starts: fc.integer({ min: 0, max: 15 }),
        delivered: fc.integer({ min: 0, max: 6 }),
      })
      .map((drawn) => assemble(drawn, objective)),
  );

type Drawn = Readonly<{
  pools: readonly PlanningPool[];
  classes: readonly PlanningClass[];
  hours: readonly number[];
  quota: readonly [number, number];
  ceiling: { currency: string; amount: string } | null;
  addresses: number;
  mbps: number;
  starts: number;
  delivered: number;
}>;

function assemble(drawn: Drawn, objective: PlanningProblem['objective']): PlanningProblem {
  const vcpu = new Map(drawn.pools.map((entry) => [entry.id, entry.vcpu]));
  return {
    currency: 'EUR',
    objective,
    phases: drawn.hours.map((hours, k) => ({ id: `k${k}`, hours, startsInHours: 1 + k })),
    quotaGroups: [
      { id: 'q1', limitVcpu: drawn.quota[0], usedVcpu: 4 },
      { id: 'q2', limitVcpu: drawn.quota[1], usedVcpu: 0 },
    ],
    pools: drawn.pools.map((entry) => ({
      ...entry,
      ...(entry.promised === undefined
        ? {}
        : { promised: drawn.hours.map((_, k) => (k === 0 ? 0 : (entry.promised?.[0] ?? 0))) }),
    })),
    subnets: [{ id: 'net', freeAddresses: drawn.addresses }],
    links: [
      {
        id: 'line',
        freeMbps: drawn.mbps,
        promised: drawn.hours.map((_, k) => (k === 0 ? 0 : drawn.mbps / 4)),
      },
    ],
    launchLimits: [{ id: 'api', starts: drawn.hours.map(() => drawn.starts) }],
    ...deliveredRow(drawn),
    classes: drawn.classes.map((entry) => ({
      ...entry,
      allowed: entry.allowed.map((own) => ({ ...own, units: own.units * (vcpu.get(own.pool) ?? 0) })),
    })),
    ...(drawn.ceiling === null ? {} : { hourlyCeilings: [{ account: null, perHour: drawn.ceiling }] }),
  };
}

/** Some machines of the first class run already, whatever the limits say by now. */
function deliveredRow({ classes, delivered }: Drawn): Pick<PlanningProblem, 'delivered'> {
  const [first] = classes;
  const pool = first?.allowed[0]?.pool;
  if (first === undefined || pool === undefined || delivered === 0) return {};
  return { delivered: [{ class: first.id, pool, machines: delivered }] };
}
