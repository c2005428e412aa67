import fc from 'fast-check';
import {
  addMoney,
  canonicalJson,
  compareMoney,
  money,
  roundMoney,
  subtractMoney,
  sumMoney,
} from './index.js';

const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((n) => money('EUR', `${n}e-4`));

describe('money', () => {
  it('adds without a cent lost where floats lose it', () => {
    expect(addMoney(money('EUR', '0.1'), money('EUR', '0.2'))).toEqual({ currency: 'EUR', amount: '0.3' });
  });
  it('never leaves plain notation', () => {
    expect(money('CNY', '0.0000000000001').amount).toBe('0.0000000000001');
    expect(money('CNY', '123456789012345678901234567890').amount).toBe('123456789012345678901234567890');
  });
  it('refuses to mix currencies, NaN and nonsense', () => {
    expect(() => addMoney(money('EUR', 1), money('CNY', 1))).toThrow(/exchange rate/);
    expect(() => money('EUR', 'NaN')).toThrow(/finite/);
    expect(() => money('EUR', '1,5')).toThrow(/decimal/);
    expect(() => money('euro', 1)).toThrow(/ISO 4217/);
  });
  it('rounds half to even, once', () => {
    expect(roundMoney(money('EUR', '0.125'), 2).amount).toBe('0.12');
    expect(roundMoney(money('EUR', '0.135'), 2).amount).toBe('0.14');
  });
  it('is an exact group under addition', () => {
    fc.assert(
      fc.property(cents, cents, cents, (a, b, c) => {
        expect(sumMoney('EUR', [a, b, c])).toEqual(addMoney(a, addMoney(b, c)));
        expect(compareMoney(subtractMoney(addMoney(a, b), b), a)).toBe(0);
      }),
    );
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of keys', () => {
    expect(canonicalJson({ b: [1, { d: 1, c: undefined }], a: null })).toBe('{"a":null,"b":[1,{"d":1}]}');
  });
});
