import { formatFor } from './format.js';

const english = formatFor('en-US');
const chinese = formatFor('zh-CN');

describe('money', () => {
  it('keeps digits that a binary number would lose', () => {
    expect(english.money({ currency: 'EUR', amount: '123456789012345678.123456' })).toBe(
      '€123,456,789,012,345,678.12',
    );
  });

  it('is shown to the smallest coin, which not every currency has at two places', () => {
    expect(english.money({ currency: 'USD', amount: '3' })).toBe('$3.00');
    expect(chinese.money({ currency: 'CNY', amount: '5.669175' })).toBe('¥5.67');
    expect(english.money({ currency: 'JPY', amount: '1234.56' })).toBe('¥1,235');
  });

  it('of less than a coin is not nothing, and nothing is not negative', () => {
    expect(english.money({ currency: 'USD', amount: '0.0004' })).toBe('< $0.01');
    expect(english.money({ currency: 'USD', amount: '-0.0000' })).toBe('$0.00');
  });

  it('for an hour is a little finer', () => {
    expect(english.rate({ currency: 'USD', amount: '0.0832' })).toBe('$0.0832');
    expect(english.rate({ currency: 'USD', amount: '0.35' })).toBe('$0.35');
    expect(english.rate({ currency: 'JPY', amount: '35' })).toBe('¥35');
  });
});

describe('differences', () => {
  it('carry their sign, and nothing has none', () => {
    expect(english.moneyDifference({ currency: 'CNY', amount: '12.3456' })).toBe('+CN¥12.35');
    expect(chinese.moneyDifference({ currency: 'CNY', amount: '-0.001' })).toBe('¥0.00');
    expect([english.difference(3, 0), english.difference(-3, 0), english.difference(0)]).toEqual([
      '+3',
      '-3',
      '0',
    ]);
  });
});

describe('time', () => {
  const at = '2026-12-11T16:00:00.000Z';

  it('is told with its zone', () => {
    expect(english.instant(at, 'Asia/Shanghai')).toBe('Dec 12, 2026, 12:00:00 AM GMT+8');
    expect(english.clock(at, 'Asia/Shanghai')).toBe('00:00:00');
  });

  it('is told from now in the unit that fits', () => {
    const now = Date.parse('2026-12-11T16:03:10.000Z');
    expect(english.ago(at, now)).toBe('3 minutes ago');
    expect(chinese.ago('2026-12-11T18:03:10.000Z', now)).toBe('2小时后');
  });
});
