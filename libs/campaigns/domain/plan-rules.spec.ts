import type { MarketOffering, MarketSnapshot, TemplateService } from '@springtide/catalog/domain';
import type { CampaignInput } from '@springtide/contracts';
import { compareMoney, decimal } from '@springtide/kernel';
import { solvePlan } from '@springtide/planning';
import fc from 'fast-check';
import {
  envelopeLimits,
  planContent,
  planningProblem,
  type PlanContent,
  type PlanQuestion,
} from './index.js';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 11, hour)).toISOString();
const cny = (amount: string) => ({ currency: 'CNY', amount });

const offering = (change: Partial<MarketOffering> & { machineType: string }): MarketOffering => ({
  accountId: 'public',
  region: 'east',
  zone: 'east-a',
  purchaseOption: 'on-demand',
  family: 'c',
  arch: 'amd64',
  vcpu: 2,
  memoryMiB: 8192,
  pricePerHour: cny('0.40'),
  minimumBillingSeconds: 60,
  stock: { level: 'enough', machines: 10 },
  interruptionPerHour: 0,
  observedAt: at(0),
  ...change,
});

const own = offering({
  machineType: 'vm.2',
  accountId: 'private',
  region: 'dc',
  zone: 'cluster',
  purchaseOption: 'private',
  pricePerHour: cny('0.90'),
  stock: { level: 'enough', machines: 2 },
});

const service: TemplateService = {
  name: 'web',
  route: 'web',
  group: 'home',
  port: 8080,
  healthPath: '/healthz',
  image: { default: 'img', accounts: { private: 'own-img' } },
  capacityModel: [
    { machineType: 'vm.2', requestsPerSecond: 20, latencyTargetMs: 200, evidence: 'test' },
    { machineType: 'c.2', requestsPerSecond: 20, latencyTargetMs: 200, evidence: 'test' },
  ],
  warmUpSeconds: 5,
  headroom: 0.25,
  minimumMachines: 1,
  zoneLossFraction: 0,
  spotMax: 0,
};

const campaign: CampaignInput = {
  name: 'Double 11',
  templateId: 't',
  timeZone: 'UTC',
  phases: [
    { name: 'ramp', startsAt: at(1), endsAt: at(2) },
    { name: 'peak', startsAt: at(2), endsAt: at(4) },
  ],
  demand: [
    { service: 'web', phase: 'ramp', requestsPerSecond: 48 },
    { service: 'web', phase: 'peak', requestsPerSecond: 112 },
  ],
  budget: cny('100'),
  accountIds: ['private', 'public'],
  policy: 'demo',
};

const market = (
  offerings: readonly MarketOffering[],
  quotas: MarketSnapshot['quotas'] = [],
): MarketSnapshot => {
  return { id: 'm', takenAt: at(0), hash: 'h', offerings, quotas, networks: [], freshness: [] };
};

const question = (change: Partial<PlanQuestion> = {}): PlanQuestion => ({
  campaign,
  services: [service],
  market: market([own, offering({ machineType: 'c.2' })]),
  accounts: ['private', 'public'].map((name) => ({ id: name, name, provider: 'simulated', launchBatch: 50 })),
  standing: [{ service: 'web', machines: 1, requestsPerSecond: 20 }],
  times: { orderedAt: at(0), declared: new Map(), measured: [], warmUpMs: 0 },
  readyMs: 300_000,
  drainMs: 60_000,
  held: new Map(),
  launches: [],
  links: [],
  ...change,
});

describe('the question to the planner', () => {
  it('asks for what the standing fleet lacks, so that with headroom the whole demand is covered', () => {
    const [only] = planningProblem(question()).problem.classes;
    const withHeadroom = only?.demand.map(({ units }) => 20 + units * 1.25);
    expect(withHeadroom).toEqual([48 * 1.25, 112 * 1.25]);
  });

  it.each([
    ['at least the smallest number of machines', { minimumMachines: 4 }, 0, 60],
    ['nothing that the standing fleet has', { minimumMachines: 1 }, 10, 0],
  ])('asks for %s', (_what, change, requestsPerSecond, units) => {
    const quiet = { ...campaign, demand: [{ service: 'web', phase: 'ramp' as const, requestsPerSecond }] };
    const { problem } = planningProblem(question({ campaign: quiet, services: [{ ...service, ...change }] }));
    expect((problem.classes[0]?.demand[0]?.units ?? 0) * 1.25).toBeCloseTo(units, 9);
  });

  it('leaves out what cannot be bought, and counts why', () => {
    const { pricePerHour: _, ...unpriced } = offering({ machineType: 'c.2', zone: 'east-b' });
    const offerings = [
      own,
      unpriced,
      offering({ machineType: 'c.2', zone: 'east-c', pricePerHour: { currency: 'USD', amount: '0.1' } }),
      offering({ machineType: 'c.2', zone: 'east-d', stock: { level: 'none' } }),
      offering({ machineType: 'c.2', zone: 'east-e', stock: { level: 'enough', machines: 0 } }),
      offering({ machineType: 'unmeasured' }),
      offering({ machineType: 'c.2', accountId: 'not-of-this-campaign' }),
    ];
    const { pools, leftOut } = planningProblem(question({ market: market(offerings) }));
    expect(pools.map((pool) => pool.id)).toEqual(['private/cluster/vm.2/private']);
    expect(leftOut).toEqual({ 'unknown-price': 1, 'other-currency': 1, 'sold-out': 2, 'not-usable': 1 });
  });

  it.each([
    ['enough', 500],
    ['normal', 350],
    ['unknown', 350],
    ['low', 150],
  ] as const)('trusts stock without a number as far as the word "%s" goes', (level, cap) => {
    const offerings = [offering({ machineType: 'c.2', stock: { level } })];
    expect(planningProblem(question({ market: market(offerings) })).pools[0]?.cap).toBe(cap);
  });

  it('knows quota, images per account and what getting ready costs', () => {
    const quotas = [
      { accountId: 'public', region: 'east', group: 'std', limitVcpu: 8, usedVcpu: 2, observedAt: at(0) },
    ];
    const offerings = [own, offering({ machineType: 'c.2', quotaGroup: 'std' })];
    const { problem, sheets } = planningProblem(question({ market: market(offerings, quotas) }));
    expect(problem.pools.map((pool) => pool.quotaGroup)).toEqual([null, 'public/east/std']);
    expect(problem.quotaGroups).toContainEqual({ id: 'public/east/std', limitVcpu: 6, usedVcpu: 0 });
    expect(sheets.map((sheet) => sheet.image)).toEqual(['own-img', 'img']);
    expect(problem.pools.map((pool) => pool.startCost.amount)).toEqual(['0.09', '0.04']);
  });
});

describe('limits that are not the market’s', () => {
  const cloud = offering({ machineType: 'c.2', stock: { level: 'enough', machines: 50 } });
  const asked = (change: Partial<PlanQuestion>) =>
    planningProblem(question({ market: market([cloud]), ...change })).problem;
  const shortOf = async (change: Partial<PlanQuestion>) =>
    (await solvePlan(asked(change), { deadlineMs: 5_000 })).shortage.flatMap(({ causes }) => causes);

  it('orders no more machines than the API takes in time', async () => {
    const launches = [{ accountId: 'public', accountName: 'public', region: 'east', starts: [3, 2] }];
    expect(await shortOf({ launches })).toEqual(['launch-limit']);
    expect(await shortOf({ launches: launches.map((row) => ({ ...row, starts: [1e12, 2] })) })).toEqual([]);
    expect(await shortOf({ launches: launches.map((row) => ({ ...row, region: 'west' })) })).toEqual([]);
  });

  it('leaves slow machines out of a phase that they would be late for, while faster ones are in time', async () => {
    const quick = offering({ machineType: 'vm.2', stock: { level: 'enough', machines: 1 } });
    const measured = [{ accountId: 'public', machineType: 'vm.2', machines: 99, p50Ms: 1, p90Ms: 1_000 }];
    const times = {
      orderedAt: at(-1),
      declared: new Map([['public', 6 * 3_600_000]]),
      measured,
      warmUpMs: 0,
    };
    const both = { market: market([quick, cloud]), times };
    expect(await shortOf(both)).toEqual(['lead-time', 'lead-time']);
    expect(await shortOf({ market: market([cloud]), times })).toEqual([]);
  });

  it('takes addresses from the network that takes them by default, else from the roomiest in reach, and none where one of them is not counted', () => {
    const row = (id: string, free?: number, zone?: string) => ({
      ...{ accountId: 'public', region: 'east', id, name: id, observedAt: at(0) },
      ...(free === undefined ? {} : { freeAddresses: free }),
      ...(zone === undefined ? {} : { zone }),
    });
    const networks = [row('n1', 3), row('n2', 7, 'east-a'), row('n3', 90, 'east-z')];
    const withNetworks = (rows: typeof networks) => asked({ market: { ...market([cloud]), networks: rows } });
    expect(withNetworks(networks).subnets).toEqual([{ id: 'public/east/n2', freeAddresses: 7 }]);
    expect(withNetworks(networks).pools[0]?.subnet).toBe('public/east/n2');
    expect(withNetworks([...networks, row('n4')]).subnets).toEqual([]);
    const told = [...networks, row('n4'), { ...row('n5', 2, 'east-a'), takesUnnamed: true as const }];
    expect(withNetworks(told).subnets).toEqual([{ id: 'public/east/n5', freeAddresses: 2 }]);
  });
});

describe('the plan of a campaign', () => {
  async function planOf(asked: PlanQuestion): Promise<PlanContent> {
    const setup = planningProblem(asked);
    return planContent(asked, setup, await solvePlan(setup.problem, { deadlineMs: 5_000 }));
  }

  it('uses what the company owns first, buys the rest, and says what it will hold', async () => {
    const plan = await planOf(question());
    expect(plan.allocations).toEqual([
      { service: 'web', poolId: 'private/cluster/vm.2/private', phase: 'ramp', machines: 2 },
      { service: 'web', poolId: 'private/cluster/vm.2/private', phase: 'peak', machines: 2 },
      { service: 'web', poolId: 'public/east-a/c.2/on-demand', phase: 'peak', machines: 4 },
    ]);
    expect(plan.capacity).toEqual([
      { service: 'web', phase: 'ramp', demand: 48, planned: 60, short: 0 },
      { service: 'web', phase: 'peak', demand: 112, planned: 140, short: 0 },
    ]);
    // Two own machines for three hours and four bought ones for two, and the tenth of an hour each takes to be ready.
    expect(plan.cost).toEqual(
      cny(decimal('0.90').times('6.2').plus(decimal('0.40').times('8.4')).toString()),
    );
    expect(plan.reasons.map((reason) => reason.code)).toContain('standing-fleet');
  });

  it('says how much is missing when the clouds have too little', async () => {
    const offerings = [own, offering({ machineType: 'c.2', stock: { level: 'low', machines: 1 } })];
    const plan = await planOf(question({ market: market(offerings) }));
    const [ramp, peak] = plan.capacity;
    expect([ramp?.short, peak?.planned]).toEqual([0, 80]);
    expect(peak?.short).toBeCloseTo(60, 6);
  });

  it('approves fallbacks beside what is bought, and no pool besides', async () => {
    const zones = Array.from({ length: 8 }, (_, index) => `east-${index}`);
    const offerings = [own, ...zones.map((zone) => offering({ machineType: 'c.2', zone }))];
    const plan = await planOf(question({ market: market(offerings) }));
    const used = new Set(plan.allocations.map((row) => row.poolId));
    expect(plan.pools.length).toBeGreaterThan(used.size);
    expect(plan.pools.length).toBeLessThan(offerings.length);
    for (const poolId of used) expect(plan.pools.map((pool) => pool.id)).toContain(poolId);
    expect(new Set(plan.sheets.map((sheet) => sheet.poolId))).toEqual(
      new Set(plan.pools.map((pool) => pool.id)),
    );
  });
});

describe('the envelope of an approval', () => {
  const pools = ['a', 'b'].map((id, index) => ({ id, pricePerHour: cny(['0.10', '0.35'][index] ?? '') }));
  const content = (counts: readonly (readonly [number, number])[]) =>
    ({
      cost: cny('1'),
      pools,
      phases: counts.map((_, index) => ({ name: `p${index}` })),
      allocations: counts.flatMap((pair, index) =>
        pair.map((machines, pool) => ({
          service: 'web',
          poolId: pools[pool]?.id,
          phase: `p${index}`,
          machines,
        })),
      ),
    }) as unknown as PlanContent;

  it('is half as much again in machines and twice the dearest hour', () => {
    expect(
      envelopeLimits(
        content([
          [2, 0],
          [4, 2],
        ]),
      ),
    ).toEqual({ maxMachines: 10, maxPerHour: cny('2.2') });
  });

  it('always has room for every phase, and for two neighbours by the hour', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(50), fc.nat(50)), { minLength: 1, maxLength: 5 }), (counts) => {
        const limits = envelopeLimits(content(counts));
        const perHour = counts.map(([a, b]) => decimal('0.10').times(a).plus(decimal('0.35').times(b)));
        for (const [index, [a, b]] of counts.entries()) {
          expect(limits.maxMachines).toBeGreaterThan(a + b);
          const both = (perHour[index] ?? decimal(0)).plus(perHour[index + 1] ?? 0);
          expect(compareMoney(cny(both.toString()), limits.maxPerHour)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });
});
