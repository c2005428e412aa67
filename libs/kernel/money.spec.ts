import { ceilMoney, money, roundMoney } from './money.js';

describe('rounding money', () => {
  const price = money('CNY', '10.0349');

  it('goes to the nearest for amounts that are shown', () => {
    expect(roundMoney(price, 2)).toEqual(money('CNY', '10.03'));
  });

  it('goes up for limits, so that what they were made from still fits', () => {
    expect(ceilMoney(price, 2)).toEqual(money('CNY', '10.04'));
    expect(ceilMoney(money('CNY', '10.03'), 2)).toEqual(money('CNY', '10.03'));
  });
});
