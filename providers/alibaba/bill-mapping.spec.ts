import { daysOf, isUse, toCharge } from './bill-mapping.js';
import { billAnswer, type WireBillItem } from './wire.js';

const ITEM = {
  InstanceID: 'i-bp1',
  BillingDate: '2026-11-11',
  BillingItem: '系统盘',
  ProductName: '云服务器 ECS',
  SubscriptionType: 'PayAsYouGo',
  Currency: 'CNY',
  PretaxGrossAmount: 0.3,
  InvoiceDiscount: 0.1,
  DeductedByCoupons: 0.1,
  DeductedByCashCoupons: 0.1,
};

function read(part: object = {}): WireBillItem {
  const [item] = billAnswer.parse({ Data: { NextToken: '', Items: [{ ...ITEM, ...part }] } }).Data.Items;
  if (item === undefined) throw new Error('no item was read');
  return item;
}

describe('days of a bill', () => {
  it.each([
    ['2026-11-11T00:00:00.000Z', '2026-11-11T01:00:00.000Z', ['2026-11-11']],
    ['2026-11-11T15:59:59.999Z', '2026-11-11T16:00:00.000Z', ['2026-11-11']],
    ['2026-11-11T15:59:59.999Z', '2026-11-11T16:00:00.001Z', ['2026-11-11', '2026-11-12']],
    ['2026-11-29T16:00:00.000Z', '2026-12-01T00:00:00.000Z', ['2026-11-30', '2026-12-01']],
  ])('from %s to %s are %j', (from, to, days) => {
    expect(daysOf({ from, to })).toEqual(days);
  });
});

describe('an item of a bill', () => {
  it('costs its list price less discounts and coupons, exactly, whatever vouchers paid of it', () => {
    expect(toCharge(read(), '2026-11-11')).toEqual({
      resourceId: 'i-bp1',
      product: '云服务器 ECS 系统盘',
      from: '2026-11-10T16:00:00.000Z',
      to: '2026-11-11T16:00:00.000Z',
      // 0.3 - 0.1 - 0.1 in floating point is 0.09999999999999998.
      amount: { currency: 'CNY', amount: '0.1' },
    });
  });

  it.each([
    ['very small', { PretaxGrossAmount: 1e-7, InvoiceDiscount: 0, DeductedByCoupons: null }, '0.0000001'],
    ['money back', { PretaxGrossAmount: -2.5, InvoiceDiscount: -0.5, DeductedByCoupons: 0 }, '-2'],
    ['a text', { PretaxGrossAmount: '12.345678', InvoiceDiscount: '0', DeductedByCoupons: '0' }, '12.345678'],
  ])('may be %s', (_what, part, amount) => {
    expect(toCharge(read(part), '2026-11-11').amount).toEqual({ currency: 'CNY', amount });
  });

  it.each([
    ['no amount', { PretaxGrossAmount: undefined }],
    ['an amount that is no number', { PretaxGrossAmount: '-' }],
    ['no currency', { Currency: undefined }],
  ])('with %s is an answer that cannot be read, and never nothing to pay', (_what, part) => {
    const answer = { Data: { Items: [{ ...ITEM, ...part }] } };
    expect(billAnswer.safeParse(answer).success).toBe(false);
  });

  it('of another day than was asked for is an error: it would be counted twice', () => {
    const stray = () => toCharge(read(), '2026-11-12');
    expect(stray).toThrow(expect.objectContaining({ code: 'internal', effect: 'none' }));
  });

  it.each([
    ['paid for in advance', { SubscriptionType: 'Subscription' }, false],
    ['booked to nothing', { InstanceID: '' }, false],
    ['booked to a dash', { InstanceID: '-' }, false],
    ['a correction of use', { Item: 'Adjustment' }, true],
  ])('that is %s: use %s', (_what, part, expected) => {
    expect(isUse(read(part))).toBe(expected);
  });
});
