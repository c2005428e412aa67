import { identitySchema } from '@springtide/identity';
import { addMs, money } from '@springtide/kernel';
import { Roles1760000000000, type RequestContext, type SchemaPart } from '@springtide/platform';
import { fakeClock, seedTenant, testDatabase, type TestDatabase } from '@springtide/testing';
import type { CostBasis, UsageInterval } from './domain/index.js';
import { CampaignCostService, financeSchema, type CampaignFacts } from './index.js';

const CAMPAIGN = '20000000-0000-4000-8000-000000000001';
const ACCOUNT = '10000000-0000-4000-8000-000000000001';
const SNAPSHOT = '30000000-0000-4000-8000-000000000001';
const START = '2026-11-11T00:00:00.000Z';
const MINUTE = 60_000;
const roles: SchemaPart = { entities: [], migrations: [Roles1760000000000] };

const basis: CostBasis = {
  planId: '40000000-0000-4000-8000-000000000001',
  marketSnapshotId: SNAPSHOT,
  budget: money('USD', '10'),
  phases: [{ name: 'peak', from: START, to: addMs(START, 60 * MINUTE) }],
  planned: [
    {
      service: 'storefront',
      pool: 'pool-1',
      purchaseOption: 'on-demand',
      phase: 'peak',
      machines: 3,
      amount: money('USD', '0.36'),
    },
  ],
};

function machine(n: number, over: Partial<UsageInterval> = {}): UsageInterval {
  return {
    machine: `i-${n}`,
    accountId: ACCOUNT,
    accountName: 'east',
    provider: 'aws',
    region: 'r1',
    zone: 'r1-a',
    machineType: 'm.large',
    purchaseOption: 'on-demand',
    service: 'storefront',
    pool: 'pool-1',
    pricePerHour: money('USD', '0.12'),
    minimumBillingSeconds: 60,
    marketSnapshotId: SNAPSHOT,
    from: START,
    to: null,
    wantedUntil: addMs(START, 60 * MINUTE),
    ...over,
  };
}

describe('campaign cost on PostgreSQL', () => {
  let db: TestDatabase;
  let tenant: RequestContext;
  let costs: CampaignCostService;
  let intervals: UsageInterval[] = [];
  const clock = fakeClock(START);
  const facts: CampaignFacts = {
    usage: (_context, campaignId) => Promise.resolve({ campaignId, basis, intervals }),
  };

  beforeAll(async () => {
    db = await testDatabase([roles, identitySchema, financeSchema]);
    tenant = (await seedTenant(db.database, clock)).job;
    costs = new CampaignCostService(db.database, facts, clock);
  }, 60_000);
  afterAll(() => db.drop());

  async function rows<T>(sql: string): Promise<T[]> {
    return await db.database.unitOfWork(tenant, (tx) => tx.query<T[]>(sql));
  }

  it('is live while machines run', async () => {
    const home = { purchaseOption: 'private', pool: 'home', pricePerHour: money('USD', '0.06') } as const;
    intervals = [machine(1), machine(2), machine(7, home)];
    await clock.advance(30 * MINUTE);
    expect(await costs.campaignCost(tenant, CAMPAIGN)).toMatchObject({
      basis: 'running-seconds',
      planned: { amount: '0.36' },
      actualToDate: { amount: '0.12' },
      committed: { amount: '0.24' },
      projected: { amount: '0.3' },
      private: { actualToDate: { amount: '0.03' } },
      runningMachines: 3,
      burnPerHour: { amount: '0.24' },
      marketSnapshotIds: [SNAPSHOT],
      byPhase: [{ key: 'peak', actualToDate: { amount: '0.12' } }],
      rows: [
        { purchaseOption: 'on-demand', machines: 2, seconds: 3_600, amount: { amount: '0.12' } },
        { purchaseOption: 'private', machines: 1, seconds: 1_800 },
      ],
    });
    const start = await costs.campaignCost(tenant, CAMPAIGN, '2026-11-11T08:00:00+08:00');
    expect(start).toMatchObject({ asOf: START, actualToDate: { amount: '0.004' } });
  });

  it('refuses to settle while machines run, and says what they cost', async () => {
    await expect(costs.settleCampaignCost(tenant, CAMPAIGN)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringMatching(/3 machines .* costs 0\.24 USD per hour/),
    });
    expect(await rows('select 1 from finance_settlement')).toEqual([]);
  });

  it('settles once with its rows, shows late facts as unsettled, and settles again', async () => {
    intervals = intervals.map((one) => ({ ...one, to: addMs(START, 30 * MINUTE) }));
    expect((await costs.campaignCost(tenant, CAMPAIGN)).basis).toBe('running-seconds');
    await Promise.all([1, 2, 3].map(() => costs.settleCampaignCost(tenant, CAMPAIGN)));
    await clock.advance(MINUTE);
    expect(await costs.settleCampaignCost(tenant, CAMPAIGN)).toMatchObject({
      basis: 'settled',
      actualToDate: { amount: '0.12' },
    });
    expect(await costs.campaignCost(tenant, CAMPAIGN)).toMatchObject({
      basis: 'settled',
      actualToDate: { amount: '0.12' },
    });
    expect((await costs.campaignCost(tenant, CAMPAIGN, START)).basis).toBe('running-seconds');

    intervals = [...intervals, machine(9, { to: addMs(START, MINUTE) })];
    expect((await costs.campaignCost(tenant, CAMPAIGN)).basis).toBe('running-seconds');
    expect((await costs.settleCampaignCost(tenant, CAMPAIGN)).actualToDate.amount).toBe('0.122');
    expect(await rows('select bought, private from finance_settlement order by id')).toEqual([
      { bought: '0.12', private: '0.03' },
      { bought: '0.122', private: '0.03' },
    ]);
    const kept = await rows<{ machine: string }>(
      'select machine from finance_usage_interval order by machine',
    );
    expect(kept.map((row) => row.machine)).toEqual(['i-1', 'i-2', 'i-7', 'i-9']);
    const trail = await rows<{ action: string }>(
      `select action from audit_record where action = 'cost.settle'`,
    );
    expect(trail).toHaveLength(2);
  });

  it('lets nobody remove what was spent or rewrite what was settled', async () => {
    for (const sql of [
      'delete from finance_usage_interval',
      'delete from finance_settlement',
      'update finance_settlement set bought = 0',
    ]) {
      await expect(rows(sql)).rejects.toMatchObject({ code: 'permission-denied' });
    }
  });

  it('settles nothing without the permission, and keeps tenants apart', async () => {
    const actor = { kind: 'user', id: 'u', name: 'Visitor', permissions: new Set(['cost:read']) } as const;
    const visitor = { ...tenant, actor };
    await expect(costs.settleCampaignCost(visitor, CAMPAIGN)).rejects.toMatchObject({
      code: 'permission-denied',
    });
    expect((await costs.campaignCost(visitor, CAMPAIGN)).basis).toBe('settled');
    const other = (await seedTenant(db.database, clock)).job;
    expect((await costs.campaignCost(other, CAMPAIGN)).basis).toBe('running-seconds');
  });

  it('reports ten times the machines in about ten times the time, and settles them', async () => {
    const campaign = '20000000-0000-4000-8000-000000000002';
    const report = async (machines: number): Promise<number> => {
      intervals = Array.from({ length: machines }, (_, n) => machine(n, { to: addMs(START, 30 * MINUTE) }));
      const begun = performance.now();
      expect((await costs.campaignCost(tenant, campaign)).rows).toMatchObject([{ machines }]);
      return performance.now() - begun;
    };
    await report(200);
    const few = await report(200);
    // Work that grows with the square would take a hundred times as long.
    expect(await report(2_000)).toBeLessThan(50 * few);
    expect((await costs.settleCampaignCost(tenant, campaign)).actualToDate.amount).toBe('120');
  });
});
