import { money } from '@springtide/kernel';
import { monthOf, projectedIn, spentIn } from './month.js';

const NOVEMBER = monthOf('2026-11-16T00:00:00.000Z');
const at = (day: number, hour = 0) => new Date(Date.UTC(2026, 10, day, hour)).toISOString();
const used = (from: string, to: string | null, amount = '2', currency = 'CNY') => ({
  ...{ from, to, pricePerHour: money(currency, amount), minimumBillingSeconds: 3_600 },
});

describe('a calendar month', () => {
  it('begins and ends in UTC, also at the end of a year', () => {
    expect(NOVEMBER).toEqual({ from: '2026-11-01T00:00:00.000Z', until: '2026-12-01T00:00:00.000Z' });
    expect(monthOf('2026-12-31T23:59:59.999Z').until).toBe('2027-01-01T00:00:00.000Z');
  });

  it.each<[string, ReturnType<typeof used>, string | undefined]>([
    ['a machine that came and went', used(at(2), at(2, 10)), '20'],
    ['the part of one that runs since the month before', used('2026-10-30T00:00:00.000Z', at(1, 3)), '6'],
    ['one that still runs, until now', used(at(15, 20), null), '8'],
    [
      'the least that is billed of one that was short',
      used(at(3), new Date(Date.UTC(2026, 10, 3, 0, 5)).toISOString()),
      '2',
    ],
    [
      'nothing of one that was gone before',
      used('2026-10-30T00:00:00.000Z', '2026-10-31T00:00:00.000Z'),
      undefined,
    ],
  ])('counts %s', (_what, usage, amount) => {
    const spent = spentIn(NOVEMBER, [usage], at(16));
    expect(spent).toEqual(amount === undefined ? [] : [money('CNY', amount)]);
  });

  it('adds what runs on until its end, or until the group ends, currency by currency', () => {
    const usages = [used(at(15, 20), null), used(at(2), at(2, 10)), used(at(16), null, '1', 'EUR')];
    expect(projectedIn(NOVEMBER, usages, { at: at(16), until: '2027-01-01T00:00:00.000Z' })).toEqual([
      money('CNY', String(28 + 2 * 24 * 15)),
      money('EUR', String(1 + 24 * 15)),
    ]);
    expect(projectedIn(NOVEMBER, usages, { at: at(16), until: at(17) })[0]).toEqual(money('CNY', '76'));
  });
});
