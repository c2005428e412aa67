import type { CampaignInput } from '@springtide/contracts';
import { comparablePlan as content, eur } from '../testing/comparable-plan.js';
import { changedCampaign, comparePlans } from './compare-plans.js';
import type { PlanContent } from './plan-content.js';
import { outageReasons } from './plan-outages.js';

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
  const told = (plan: PlanContent) =>
    outageReasons(plan).map(({ code, params }) => [code, params['name'], params['percent'], params['lost']]);

  it('says for the worst zone, the worst account and all spot what would still be served', () => {
    const plan = content({ a: 3, b: 2, 'c-spot': 5 }, '5');
    expect(told(plan)).toEqual([
      ['outage-zone', 'west/z1', '50', 5],
      ['outage-account', 'east', '50', 5],
      ['outage-spot', 'spot', '50', 5],
    ]);
  });

  it('says it in machines, requests that go unanswered, and what standing in would cost', () => {
    const [zone, account] = outageReasons(content({ a: 3, b: 2, 'c-spot': 5 }, '5'));
    // 5 of 10 machines carry 500 of 1000 requests/s; 5 machines at 1 EUR stand in on what is left of a and b.
    expect(zone?.text).toBe(
      'If zone west/z1 failed in peak, 5 of 10 machines would be gone and 50 % of the demand for web would still be served. 30,000 requests a minute would go unanswered until others stand in. Standing in for them takes 5 machines of pools that this plan allows, for €5.00 an hour; those that are gone cost €5.00 an hour.',
    );
    // Ten machines of c-spot exist and five run: those left close all of it.
    expect(account?.params).toMatchObject({ standIns: 5, replacing: 'all' });
  });

  it('says so where what is left of the pools cannot stand in for all or for any of it', () => {
    const part = content({ a: 8, b: 0, 'c-spot': 7 }, '15');
    const account = outageReasons(part).find(({ code }) => code === 'outage-account');
    expect(account?.params).toMatchObject({
      name: 'east',
      lost: 8,
      standIns: 3,
      closes: '37.5',
      replacing: 'part',
    });
    const none = content({ a: 10, b: 10 }, '20');
    expect(outageReasons({ ...none, pools: none.pools.slice(0, 2) })[0]?.text).toContain(
      'No pool that this plan allows',
    );
  });

  it('tells of the phase in which most requests would go unanswered, not of a small one that is lost as a whole', () => {
    const plan = content({ a: 6, b: 2, 'c-spot': 4 }, '12');
    const early = { service: 'web', poolId: 'a', phase: 'prewarm' as const, machines: 1 };
    const [zone] = outageReasons({
      ...plan,
      allocations: [early, ...plan.allocations],
      capacity: [{ service: 'web', phase: 'prewarm', demand: 100, planned: 100, short: 0 }, ...plan.capacity],
    });
    expect(zone?.params).toMatchObject({
      name: 'east/z1',
      phase: 'peak',
      lost: 6,
      machines: 12,
      percent: '50',
    });
  });

  it('says so where nothing would be missing', () => {
    const plan = content({ a: 1, b: 1, 'c-spot': 1 }, '3');
    const spare = plan.capacity.map((row) => ({ ...row, demand: 100 }));
    expect(told({ ...plan, capacity: spare })).toEqual([
      ['outage-zone-survived', 'east/z1', '100', 1],
      ['outage-account-survived', 'east', '100', 2],
      ['outage-spot-survived', 'spot', '100', 1],
    ]);
  });
});
