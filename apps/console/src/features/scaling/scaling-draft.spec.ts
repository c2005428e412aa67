import type { ScalingInput } from '@springtide/contracts';
import { NOTHING_YET, anotherRule, check, draftOf, withStrategy } from './scaling-draft.js';

const settings: ScalingInput = {
  ...{ floor: 1, ceiling: 9, cooldownSeconds: 60, largestScaleIn: 0.07 },
  moneyPerMonth: { currency: 'EUR', amount: '1200.50' },
  strategies: [
    { id: 'now', kind: 'manual', machines: 2, until: '2026-11-12T00:00:00.000Z' },
    {
      ...{ id: 'evenings', kind: 'scheduled', timeZone: 'Asia/Shanghai' },
      holidays: ['2026-10-01', '2026-10-02'],
      rules: [{ days: ['fri'], from: '18:00', to: '02:00', machines: 7, holidays: 'except' }],
    },
    { id: 'campaigns', kind: 'campaign' },
  ],
};

describe('what somebody types', () => {
  it('is what was read until it is changed', () => {
    expect(check(draftOf(settings)).input).toEqual(settings);
    expect(check(draftOf(NOTHING_YET)).input).toEqual(NOTHING_YET);
  });

  it('takes holidays as they are pasted, and money with its currency', () => {
    const draft = draftOf(settings);
    const strategies = draft.strategies.map((row) =>
      row.strategy.kind === 'scheduled'
        ? { ...row, strategy: { ...row.strategy, holidays: ' 2027-01-01，2027-02-06\n2027-01-01' } }
        : row,
    );
    const { input } = check({ ...draft, strategies, money: { amount: ' 5 ', currency: 'usd' } });
    expect(input?.moneyPerMonth).toEqual({ amount: '5', currency: 'USD' });
    expect(input?.strategies[1]).toMatchObject({ holidays: ['2027-01-01', '2027-02-06'] });
    expect(check({ ...draft, money: { amount: '', currency: 'EUR' } }).input?.moneyPerMonth).toBeNull();
  });

  it('is wrong where a number is missing, a day is none, or money is less than nothing', () => {
    const draft = withStrategy({ ...draftOf(NOTHING_YET), floor: null }, 'scheduled', 'Mars/Base');
    expect([...(check(draft).wrong ?? [])]).toEqual([
      'strategies.0.timeZone',
      'strategies.0.rules.0.machines',
      'floor',
    ]);
    const debt = { ...draftOf(NOTHING_YET), money: { amount: '-1', currency: 'CNY' } };
    expect([...(check(debt).wrong ?? [])]).toEqual(['moneyPerMonth.amount']);
  });

  it('gets strategies with names and keys that none has', () => {
    const one = withStrategy(draftOf(settings), 'campaign', 'UTC');
    const two = withStrategy(one, 'campaign', 'UTC');
    expect(two.strategies.map(({ strategy }) => strategy.id).slice(2)).toEqual([
      ...['campaigns', 'campaigns-2', 'campaigns-3'],
    ]);
    expect(new Set(two.strategies.map(({ key }) => key)).size).toBe(5);
  });

  it('begins another rule as the one before', () => {
    const [first] = anotherRule([]);
    expect(first).toMatchObject({ from: '09:00', machines: null });
    expect(anotherRule([{ ...first, machines: 3 } as never])).toHaveLength(2);
    expect(anotherRule([{ ...first, machines: 3 } as never])[1]).toMatchObject({ machines: 3 });
  });
});
