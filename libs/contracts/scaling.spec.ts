import { ScalingInput, ScalingSettings } from './scaling.js';

const wrongIn = (input: unknown): string[] =>
  (ScalingInput.safeParse(input).error?.issues ?? []).map(({ path }) => path.join('.'));

describe('what is asked of scaling', () => {
  it('is refused at the place that is wrong', () => {
    expect(wrongIn({ strategies: [], floor: 2, ceiling: 1 })).toEqual(['floor']);
    const debt = { currency: 'CNY', amount: '-0.01' };
    expect(wrongIn({ strategies: [], ceiling: 1, moneyPerMonth: debt })).toEqual(['moneyPerMonth.amount']);
    const unknown = { strategies: [{ id: '', kind: 'campaign' }], floor: 2, ceiling: 1, moneyPerMonth: debt };
    expect(wrongIn(unknown)).toEqual(['strategies.0.id', 'floor', 'moneyPerMonth.amount']);
    const campaign = { id: 'a', kind: 'campaign' };
    expect(wrongIn({ strategies: [campaign, { ...campaign, id: 'b' }, campaign], ceiling: 1 })).toEqual([
      'strategies.2.id',
    ]);
    const rules = [{ days: ['mon'], from: '22:00', to: '02:00', machines: 1 }];
    const night = { id: 'n', kind: 'scheduled', timeZone: 'Mars/Base', rules };
    expect(wrongIn({ strategies: [night], ceiling: 1 })).toEqual(['strategies.0.timeZone']);
    expect(wrongIn({ strategies: [{ ...night, timeZone: 'Asia/Shanghai' }], ceiling: 1 })).toEqual([]);
  });

  it('is read as it is kept, also where nobody could ask for it any more', () => {
    const kept = { strategies: [], ceiling: 1, moneyPerMonth: { currency: 'CNY', amount: '-1' } };
    expect(ScalingSettings.parse(kept)).toMatchObject(kept);
  });
});
