import type { CampaignInput } from '@springtide/contracts';
import { changedCampaign, comparePlans } from './compare-plans.js';
import type { PlanContent } from './plan-content.js';
import { outageReasons } from './plan-outages.js';

const eur = (amount: string) => ({ currency: 'EUR', amount });

function pool(id: string, accountName: string, zone: string): PlanContent['pools'][number] {
  return {
    id,
    accountId: accountName,
    accountName,
    provider: 'simulated',
    region: 'r',
    zone,
    machineType: 'm',
    purchaseOption: id.endsWith('spot') ? 'spot' : 'on-demand',
    pricePerHour: eur('1'),
    cap: 10,
  };
}

const pools = [pool('a', 'east', 'z1'), pool('b', 'east', 'z2'), pool('c-spot', 'west', 'z1')];

function content(machines: Readonly<Record<string, number>>, cost: string, short = 0): PlanContent {
  const allocations = Object.entries(machines).map(([poolId, count]) => ({
    service: 'web',
    poolId,
    phase: 'peak' as const,
    machines: count,
  }));
  const planned = allocations.reduce((sum, row) => sum + 100 * row.machines, 0);
  return {
    marketSnapshotId: null,
    standing: [],
    capacity: [{ service: 'web', phase: 'peak', demand: planned + short, planned, short }],
    cost: eur(cost),
    lowerBound: null,
    gap: null,
    solver: 'price-ascent 1',
    quality: 'optimal-bound',
    reasons: [],
    pools,
    allocations,
    sheets: pools.map((own) => ({
      service: 'web',
      poolId: own.id,
      requestsPerSecond: 100,
      image: 'i',
      subnet: null,
      securityGroups: [],
      userData: null,
      minimumBillingSeconds: 60,
      launchBatch: 10,
    })),
    services: [],
    phases: [{ name: 'peak', startsAt: '2026-01-01T00:00:00.000Z', endsAt: '2026-01-01T01:00:00.000Z' }],
    leadMs: 0,
  };
}

const compared = (own: PlanContent) => ({ planId: null, revision: null, hash: 'h', content: own });

describe('comparePlans', () => {
  it('shows what differs in money, machines and shortage, and nothing else', () => {
    const comparison = comparePlans(
      compared(content({ a: 3, b: 2 }, '5')),
      compared(content({ a: 3, b: 0, 'c-spot': 1 }, '4.5', 100)),
    );
    expect(comparison.costDifference).toEqual(eur('-0.5'));
    expect(comparison.before).toMatchObject({ peakMachines: 5, short: 0 });
    expect(comparison.after).toMatchObject({ peakMachines: 4, short: 100 });
    expect(comparison.pools).toEqual([
      { poolId: 'b', accountName: 'east', machinesBefore: 2, machinesAfter: 0 },
      { poolId: 'c-spot', accountName: 'west', machinesBefore: 0, machinesAfter: 1 },
    ]);
    expect(comparison.phases).toEqual([
      {
        phase: 'peak',
        ...{ machinesBefore: 5, machinesAfter: 4, demandBefore: 500, demandAfter: 500 },
        ...{ shortBefore: 0, shortAfter: 100 },
      },
    ]);
    expect(comparison.shortage).toEqual([{ service: 'web', phase: 'peak', shortBefore: 0, shortAfter: 100 }]);
  });

  it('does not compare plans of different currencies', () => {
    const dollars = { ...content({ a: 1 }, '1'), cost: { currency: 'USD', amount: '1' } };
    expect(() => comparePlans(compared(content({ a: 1 }, '1')), compared(dollars))).toThrow(/not compared/);
  });
});

describe('changedCampaign', () => {
  const campaign = {
    accountIds: ['east', 'west'],
    budget: eur('100'),
    demand: [{ service: 'web', phase: 'peak', requestsPerSecond: 200 }],
  } as unknown as CampaignInput;

  it('changes demand, budget and clouds', () => {
    const changed = changedCampaign(campaign, {
      demandFactor: 1.5,
      budget: eur('80'),
      excludeAccountIds: ['west'],
      excludeRegions: [],
    });
    expect(changed).toMatchObject({ accountIds: ['east'], budget: eur('80') });
    expect(changed.demand[0]?.requestsPerSecond).toBe(300);
  });

  it('refuses a question without a difference, without a cloud, or in another currency', () => {
    const none = { excludeAccountIds: [], excludeRegions: [] };
    expect(() => changedCampaign(campaign, none)).toThrow(/nothing would be different/);
    const region = { ...none, excludeRegions: [{ accountId: 'east', region: 'r' }] };
    expect(changedCampaign(campaign, region).accountIds).toEqual(['east', 'west']);
    expect(() => changedCampaign(campaign, { ...none, excludeAccountIds: ['east', 'west'] })).toThrow(
      /no cloud/,
    );
    const dollars = { ...none, budget: { currency: 'USD', amount: '1' } };
    expect(() => changedCampaign(campaign, dollars)).toThrow(/budgeted in EUR/);
  });

  it('refuses to do without a cloud that the campaign does not have, and a budget below zero', () => {
    const foreign = { demandFactor: 2, excludeAccountIds: ['south'], excludeRegions: [] };
    expect(() => changedCampaign(campaign, foreign)).toThrow(/does not plan with south/);
    const elsewhere = { excludeAccountIds: [], excludeRegions: [{ accountId: 'north', region: 'r' }] };
    expect(() => changedCampaign(campaign, elsewhere)).toThrow(/does not plan with north/);
    const debt = { excludeAccountIds: [], excludeRegions: [], budget: eur('-1') };
    expect(() => changedCampaign(campaign, debt)).toThrow(/below zero/);
  });
});

describe('outageReasons', () => {
  it('says for the worst zone, the worst account and all spot what would still be served', () => {
    const reasons = outageReasons(content({ a: 3, b: 2, 'c-spot': 5 }, '5'));
    expect(reasons.map(({ code, params }) => [code, params['name'], params['percent']])).toEqual([
      ['outage-zone', 'west/z1', '50'],
      ['outage-account', 'east', '50'],
      ['outage-spot', 'spot', '50'],
    ]);
    expect(reasons[0]?.text).toContain('50 % of the demand for web would still be served in peak');
  });
});
