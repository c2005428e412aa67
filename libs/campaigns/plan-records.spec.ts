import type { PlanEntity } from './data/campaign.entity.js';
import { asPlanBody } from './plan-records.js';
import { comparablePlan } from './testing/comparable-plan.js';

const bound = { currency: 'CNY', amount: '460' };

function row(change: Partial<PlanEntity>): PlanEntity {
  return {
    ...{ id: 'p', tenantId: 't', campaignId: 'c', revision: 1, campaignVersion: 1 },
    ...{ status: 'ready', hash: 'h', failure: null, createdAt: new Date(0) },
    content: { ...comparablePlan({ a: 1 }, '1'), lowerBound: bound, gap: 0.1 },
    ...change,
  };
}

describe('a plan as people see it', () => {
  it('has the least that any plan costs where all demand is carried', () => {
    expect(asPlanBody(row({}), 'CNY').lowerBound).toEqual(bound);
  });

  it('has none where the bound weighs what is missing', () => {
    expect(asPlanBody(row({ status: 'infeasible' }), 'CNY')).toMatchObject({ lowerBound: null, gap: 0.1 });
  });

  it('costs nothing in its campaign’s currency while it is being solved', () => {
    const solving = asPlanBody(row({ status: 'solving', content: null }), 'CNY');
    expect(solving.cost).toEqual({ currency: 'CNY', amount: '0' });
  });
});
