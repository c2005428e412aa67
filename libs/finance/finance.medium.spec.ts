import { identitySchema } from '@springtide/identity';
import { addMs, money } from '@springtide/kernel';
import { Roles1760000000000, type RequestContext, type SchemaPart } from '@springtide/platform';
import { fakeClock, seedTenant, testDatabase, type TestDatabase } from '@springtide/testing';
import type { EntityManager } from 'typeorm';
import type { CostBasis } from './domain/index.js';
import { CampaignCostService, financeSchema, type StartedMachine } from './index.js';

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
  // As a person may type it: eight hours ahead of UTC.
  phases: [{ name: 'peak', from: '2026-11-11T08:00:00+08:00', to: '2026-11-11T09:00:00+08:00' }],
  planned: [
    {
      service: 'storefront',
      pool: 'pool-1',
      purchaseOption: 'on-demand',
      phase: 'peak',
      machines: 3,
      pricePerHour: money('USD', '0.12'),
    },
  ],
};

function started(n: number, over: Partial<StartedMachine> = {}): StartedMachine {
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
    startedAt: START,
    wantedUntil: addMs(START, 60 * MINUTE),
    ...over,
  };
}

describe('campaign cost on PostgreSQL', () => {
  let db: TestDatabase;
  let tenant: RequestContext;
  let other: RequestContext;
  let costs: CampaignCostService;
  const clock = fakeClock(START);

  beforeAll(async () => {
    db = await testDatabase([roles, identitySchema, financeSchema]);
    tenant = (await seedTenant(db.database, clock)).job;
    other = (await seedTenant(db.database, clock)).job;
    costs = new CampaignCostService(db.database, clock);
  }, 60_000);
  afterAll(() => db.drop());

  async function write(work: (tx: EntityManager) => Promise<unknown>): Promise<void> {
    await db.database.unitOfWork(tenant, work);
  }
  const end = (machine: string, at: string): Promise<void> =>
    write((tx) => costs.recordMachinesEnded(tx, tenant, [{ accountId: ACCOUNT, region: 'r1', machine }], at));

  it('has zeros before anything is known', async () => {
    const cost = await costs.campaignCost(tenant, CAMPAIGN);
    expect(cost).toMatchObject({ planned: { amount: '0' }, actualToDate: { amount: '0' }, rows: [] });
  });

  it('counts each machine once however often it is recorded, by the second', async () => {
    await write((tx) => costs.recordPlan(tx, tenant, CAMPAIGN, basis, START));
    for (let turn = 0; turn < 2; turn += 1) {
      await write((tx) => costs.recordMachinesStarted(tx, tenant, CAMPAIGN, [started(1), started(2)]));
    }
    await write((tx) =>
      costs.recordMachinesStarted(tx, tenant, CAMPAIGN, [
        started(1, { pricePerHour: money('USD', '99') }),
        started(7, { purchaseOption: 'private', pool: 'home', pricePerHour: money('USD', '0.06') }),
      ]),
    );
    await clock.advance(30 * MINUTE);
    const cost = await costs.campaignCost(tenant, CAMPAIGN);
    expect(cost).toMatchObject({
      basis: 'running-seconds',
      planned: { amount: '0.36' },
      actualToDate: { amount: '0.12' },
      committed: { amount: '0.24' },
      projected: { amount: '0.3' },
      private: { actualToDate: { amount: '0.03' } },
      runningMachines: 3,
      burnPerHour: { amount: '0.24' },
      marketSnapshotIds: [SNAPSHOT],
    });
    expect(cost.byPhase).toMatchObject([{ key: 'peak', actualToDate: { amount: '0.12' } }]);
    expect(cost.rows).toMatchObject([
      { purchaseOption: 'on-demand', machines: 2, seconds: 3_600, amount: { amount: '0.12' } },
      { purchaseOption: 'private', machines: 1, seconds: 1_800 },
    ]);
  });

  it('refuses to settle while machines run, and says what they cost', async () => {
    await expect(costs.settleCampaignCost(tenant, CAMPAIGN)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringMatching(/3 machines .* cost 0\.24 USD per hour/),
    });
  });

  it('keeps the first end, and never one before the start', async () => {
    await end('i-1', addMs(START, 40 * MINUTE));
    await end('i-1', addMs(START, 50 * MINUTE));
    await end('i-2', addMs(START, -MINUTE));
    await end('i-7', addMs(START, 30 * MINUTE));
    await clock.advance(60 * MINUTE);
    const cost = await costs.campaignCost(tenant, CAMPAIGN);
    expect(cost).toMatchObject({
      actualToDate: { amount: '0.082' },
      runningMachines: 0,
      basis: 'running-seconds',
    });
    expect((await costs.campaignCost(tenant, CAMPAIGN, START)).actualToDate.amount).toBe('0.004');
  });

  it('settles once, shows late facts as unsettled, and settles again', async () => {
    const settled = await costs.settleCampaignCost(tenant, CAMPAIGN);
    expect(settled).toMatchObject({ basis: 'settled', actualToDate: { amount: '0.082' } });
    await clock.advance(MINUTE);
    await costs.settleCampaignCost(tenant, CAMPAIGN);
    expect((await costs.campaignCost(tenant, CAMPAIGN)).basis).toBe('settled');
    expect((await costs.campaignCost(tenant, CAMPAIGN, START)).basis).toBe('running-seconds');
    await write((tx) => costs.recordMachinesStarted(tx, tenant, CAMPAIGN, [started(9)]));
    await end('i-9', addMs(START, MINUTE));
    expect((await costs.campaignCost(tenant, CAMPAIGN)).basis).toBe('running-seconds');
    expect((await costs.settleCampaignCost(tenant, CAMPAIGN)).actualToDate.amount).toBe('0.084');
    const count = await db.database.unitOfWork(tenant, (tx) =>
      tx.query<{ n: number }[]>('select count(*)::int as n from finance_settlement'),
    );
    expect(count).toEqual([{ n: 2 }]);
  });

  it('lets nobody remove or reprice what was spent and settled', async () => {
    for (const table of ['finance_usage_interval', 'finance_settlement', 'finance_campaign_basis']) {
      await expect(write((tx) => tx.query(`delete from ${table}`))).rejects.toMatchObject({
        code: 'permission-denied',
      });
    }
    await expect(write((tx) => tx.query('update finance_settlement set bought = 0'))).rejects.toMatchObject({
      code: 'permission-denied',
    });
  });

  it('shows nothing to another tenant, and nothing without the permission', async () => {
    expect((await costs.campaignCost(other, CAMPAIGN)).rows).toEqual([]);
    const actor = { kind: 'user', id: 'u', name: 'Visitor', permissions: new Set(['cost:read']) } as const;
    const visitor = { ...tenant, actor };
    await expect(costs.settleCampaignCost(visitor, CAMPAIGN)).rejects.toMatchObject({
      code: 'permission-denied',
    });
    expect((await costs.campaignCost(visitor, CAMPAIGN)).rows).toHaveLength(2);
  });

  it('refuses a plan in two currencies', async () => {
    const mixed = { ...basis, budget: money('CNY', '10') };
    await expect(write((tx) => costs.recordPlan(tx, tenant, CAMPAIGN, mixed, START))).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  it('reports a campaign of 2,000 machines in well under a second', async () => {
    const campaign = '20000000-0000-4000-8000-000000000002';
    const machines = Array.from({ length: 2_000 }, (_, n) => started(1_000 + n));
    await write((tx) => costs.recordMachinesStarted(tx, tenant, campaign, machines));
    const begun = performance.now();
    const cost = await costs.campaignCost(tenant, campaign);
    expect(cost.rows).toMatchObject([{ machines: 2_000 }]);
    expect(performance.now() - begun).toBeLessThan(1_500);
  });
});
