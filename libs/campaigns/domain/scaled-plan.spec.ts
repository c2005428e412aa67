import type { CampaignInput } from '@springtide/contracts';
import { decimal } from '@springtide/kernel';
import { comparablePlan } from '../testing/comparable-plan.js';
import { scaledPlan, sharedCampaign } from './scaled-plan.js';

const shared = { planId: '10000000-0000-4000-8000-000000000001', planHash: 'h', share: 0.1 };
/** 25 machines of 100 requests/s on two pools, beside a standing fleet of 500 requests/s. */
const plan = {
  ...comparablePlan({ a: 24, b: 1 }, '25'),
  standing: [{ service: 'web', machines: 5, requestsPerSecond: 500 }],
  capacity: [{ service: 'web', phase: 'peak' as const, demand: 3000, planned: 3000, short: 0 }],
};

describe('scaledPlan', () => {
  it('takes the share of every pool, at least one machine, and leaves the standing fleet whole', () => {
    const scaled = scaledPlan(plan, shared, plan.phases);
    expect(scaled.allocations.map(({ poolId, machines }) => [poolId, machines])).toEqual([
      ['a', 3],
      ['b', 1],
    ]);
    expect(scaled.standing).toEqual(plan.standing);
    expect(scaled.capacity).toEqual([{ service: 'web', phase: 'peak', demand: 750, planned: 900, short: 0 }]);
    expect(decimal(scaled.cost.amount).toNumber()).toBe(4);
    expect(scaled.sheets).toEqual(plan.sheets);
    expect(scaled.reasons[0]?.text).toContain('This is 10 % of plan 10000000');
  });

  it('takes no machine more for what floating point makes of a share', () => {
    const hundred = comparablePlan({ a: 100 }, '100');
    const scaled = scaledPlan(hundred, { ...shared, share: 0.07 }, hundred.phases);
    expect(scaled.allocations.map(({ machines }) => machines)).toEqual([7]);
  });

  it('does not rehearse phases that the plan does not have', () => {
    const phases = plan.phases.map((phase) => ({ ...phase, name: 'ramp' as const }));
    expect(() => scaledPlan(plan, shared, phases)).toThrow(/phases of this campaign are not those/);
  });
});

describe('sharedCampaign', () => {
  const campaign = {
    name: 'sale',
    templateId: 't',
    timeZone: 'Asia/Shanghai',
    accountIds: ['east'],
    policy: 'standard',
    follows: 'strategies',
    budget: { currency: 'EUR', amount: '100' },
  } as unknown as CampaignInput;

  it('is the campaign at another time with its part of demand and budget', () => {
    const input = sharedCampaign({ campaign, plan }, shared, '2026-02-01T10:00:00.000Z');
    expect(input).toMatchObject({
      name: 'sale, rehearsed at 10 %',
      phases: [{ name: 'peak', startsAt: '2026-02-01T10:00:00.000Z', endsAt: '2026-02-01T11:00:00.000Z' }],
      demand: [{ service: 'web', phase: 'peak', requestsPerSecond: 750 }],
      budget: { currency: 'EUR', amount: '16' },
      rehearses: shared,
    });
    expect(input.follows).toBeUndefined();
  });

  it('keeps a long name within what a campaign may be called', () => {
    const long = { ...campaign, name: 'x'.repeat(120) };
    const { name } = sharedCampaign({ campaign: long, plan }, shared, '2026-02-01T10:00:00.000Z');
    expect(name).toHaveLength(120);
    expect(name.endsWith(', rehearsed at 10 %')).toBe(true);
  });
});
