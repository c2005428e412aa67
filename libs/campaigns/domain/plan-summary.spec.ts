import { comparablePlan, eur } from '../testing/comparable-plan.js';
import { summaryReason, withOneBudget } from './plan-summary.js';

const budget = eur('40');
const plan = comparablePlan({ a: 3, 'c-spot': 2 }, '5.669175');

describe('summaryReason', () => {
  it('says what it costs, how many machines, and where from', () => {
    expect(summaryReason(plan, budget).text).toBe(
      'For €5.67 this plan carries all demand: at most 5 machines at once, from east, west. The budget is €40.00.',
    );
  });

  it('says how much of the demand is served where it is least, and never that all is', () => {
    const short = comparablePlan({ a: 3 }, '3', 500.2);
    expect(summaryReason(short, budget).text).toContain('in peak, 37.4 % of what web is asked for is served');
  });

  it('tells want of spare capacity from want of capacity', () => {
    const thin = plan.capacity.map((row) => ({ ...row, short: 50 }));
    expect(summaryReason({ ...plan, capacity: thin }, budget).code).toBe('in-short-thin');
    expect(summaryReason(comparablePlan({}, '0'), budget).code).toBe('in-short-nothing');
  });
});

describe('withOneBudget', () => {
  const reason = (code: string, params: Record<string, string>) => ({ code, params, text: '' });
  const short = reason('budget-short', {
    ...{ budget: '300', needed: '2340.88', missing: '2040.88', currency: 'EUR' },
  });
  const relief = (cost: string, closesPercent = '100') =>
    reason('relief-rule', { kind: 'budget', cost, closesPercent });

  it('tells the lower of two figures', () => {
    expect(withOneBudget([relief('2274.48'), short])[1]?.text).toBe(
      'The budget of €300.00 is too small. Carrying all demand takes at least €2,274.48, €1,974.48 more.',
    );
    expect(withOneBudget([relief('2400'), short])[1]).toEqual(short);
    expect(withOneBudget([relief('2000', '80'), short])[1]).toEqual(short);
  });
});
