import { count, forPeople, money, shortDecimal } from './numbers.js';

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

  it.each([
    [
      '0.108333 machine-hours (0.00614250000000000007 USD) on highs 1.15.1 at 127.0.0.1',
      '0.11 machine-hours (0.0061 USD) on highs 1.15.1 at 127.0.0.1',
    ],
    ['1 machines were given back to aws.', '1 machine was given back to aws.'],
    ['11 machines were given back to aws.', '11 machines were given back to aws.'],
    [
      '1 standing machines of checkout serve 27 requests/s.',
      '1 standing machine of checkout serves 27 requests/s.',
    ],
    [
      '2 standing machines of checkout serve 27 requests/s.',
      '2 standing machines of checkout serve 27 requests/s.',
    ],
    [
      '1 pools cheaper than aws/a/c6i.large are fully used.',
      '1 pool cheaper than aws/a/c6i.large is fully used.',
    ],
    ['up to 1 machines of private/a at 0.00155556 USD', 'up to 1 machine of private/a at 0.0016 USD'],
    ['Holding decay: 1 machines ready.', 'Holding decay: 1 machine ready.'],
    ['1 of 1 × c6i.large accepted; 3 machines ready', '1 of 1 × c6i.large accepted; 3 machines ready'],
  ])('writes "%s" for people', (sentence, shown) => {
    expect(forPeople(sentence)).toBe(shown);
  });

  it('counts', () => {
    expect([count(1, 'machine'), count(0, 'machine'), count(2, 'entry', 'entries')]).toEqual([
      '1 machine',
      '0 machines',
      '2 entries',
    ]);
  });
});
