import { count, money, shortDecimal, shortenDecimals } from './numbers.js';

describe('numbers for people', () => {
  it.each([
    ['2.00', '2.00'],
    ['0', '0.00'],
    ['1234.5678', '1234.57'],
    ['0.0148320833', '0.015'],
    ['0.00614250000000000007', '0.0061'],
    ['0.00000000000001', '0.00000000'],
    ['-0.0148', '-0.015'],
    ['0.1', '0.10'],
    ['a lot', 'a lot'],
  ])('shows %s as %s', (text, shown) => {
    expect(shortDecimal(text, 2)).toBe(shown);
  });

  it('names the currency', () => {
    expect(money('0.0148320833', 'USD')).toBe('0.015 USD');
  });

  it('shortens decimals inside a sentence and leaves everything else', () => {
    expect(
      shortenDecimals('0.108333 machine-hours (0.00614250000000000007 USD) on highs 1.15.1 at 127.0.0.1'),
    ).toBe('0.11 machine-hours (0.0061 USD) on highs 1.15.1 at 127.0.0.1');
  });

  it('counts', () => {
    expect([count(1, 'machine'), count(0, 'machine'), count(2, 'entry', 'entries')]).toEqual([
      '1 machine',
      '0 machines',
      '2 entries',
    ]);
  });
});
