import { freshOf, monthsOf, toCharge, touches } from './bill-mapping.js';

const ROW = {
  Id: 'r-1',
  BillId: 'b-1',
  ResourceId: 'ins-1',
  BusinessCodeName: '云服务器CVM',
  ProductCodeName: '云服务器CVM-标准型S5',
  FeeBeginTime: '2026-11-11 00:00:00',
  FeeEndTime: '2026-11-11 00:59:59',
  ActionType: 'postpay_deduct_h',
};

describe('months of a bill', () => {
  it.each([
    ['within one', '2026-11-10T00:00:00.000Z', '2026-11-12T00:00:00.000Z', ['2026-11']],
    ['over the end of one', '2026-11-30T10:00:00.000Z', '2026-12-02T00:00:00.000Z', ['2026-11', '2026-12']],
    [
      'to the last day, paid the day after',
      '2026-11-30T01:00:00.000Z',
      '2026-11-30T02:00:00.000Z',
      ['2026-11', '2026-12'],
    ],
    ['from the first moment of Beijing', '2026-11-30T16:00:00.000Z', '2026-11-30T17:00:00.000Z', ['2026-12']],
    [
      'over a year',
      '2026-12-31T15:59:59.999Z',
      '2027-02-01T00:00:00.000Z',
      ['2026-12', '2027-01', '2027-02'],
    ],
  ])('%s', (_what, from, to, months) => {
    expect(monthsOf({ from, to })).toEqual(months);
  });
});

describe('a row of a bill', () => {
  it('costs what all its components cost after discounts, whatever paid it', () => {
    const ComponentSet = [
      { RealCost: '0.37400000', Cost: '0.44000000', VoucherPayAmount: '0.37400000' },
      { RealCost: '0.00000001' },
      { RealCost: '-0.10000000' },
    ];
    expect(toCharge({ ...ROW, ComponentSet }, 'CNY')).toEqual({
      resourceId: 'ins-1',
      product: '云服务器CVM-标准型S5',
      from: '2026-11-10T16:00:00.000Z',
      to: '2026-11-10T16:59:59.000Z',
      amount: { currency: 'CNY', amount: '0.27400001' },
    });
  });

  it('may be money back, and exact to the last place', () => {
    const ComponentSet = [{ RealCost: '-123456789012.12345678' }, { RealCost: '0.00000001' }];
    const { amount } = toCharge({ ...ROW, ComponentSet }, 'USD');
    expect(amount).toEqual({ currency: 'USD', amount: '-123456789012.12345677' });
  });

  it.each([
    ['no amount', { ComponentSet: [{ RealCost: '' }] }],
    ['a dash for an amount', { ComponentSet: [{ RealCost: '-' }] }],
    ['no beginning', { FeeBeginTime: '' }],
    ['no end', { FeeEndTime: '0000-00-00 00:00:00' }],
  ])('with %s is an error, and never nothing to pay', (_what, part) => {
    const read = () => toCharge({ ...ROW, ...part }, 'CNY');
    expect(read).toThrow(expect.objectContaining({ code: 'internal', effect: 'none' }));
  });

  it('comes once, though it moved onto the next page; others of the same resource and hour stay', () => {
    const seen = new Set<string>();
    const back = { ...ROW, Id: 'r-2', ActionType: 'postpay_reverse' };
    expect(freshOf([ROW, back], seen)).toEqual([ROW, back]);
    const next = { ...ROW, Id: 'r-3', FeeBeginTime: ROW.FeeEndTime };
    expect(freshOf([back, next], seen)).toEqual([next]);
  });

  it('without an id of its own is never taken for another', () => {
    const { Id: _, ...row } = ROW;
    expect(freshOf([row, row], new Set())).toEqual([row, row]);
  });

  it.each(['', '-'])('that belongs to no resource ("%s") is left out', (ResourceId) => {
    expect(freshOf([{ ...ROW, ResourceId }], new Set())).toEqual([]);
  });
});

describe('a charge and a span', () => {
  const span = { from: '2026-11-11T10:00:00.000Z', to: '2026-11-11T12:00:00.000Z' };
  it.each([
    ['09:00', '10:00', false],
    ['09:00', '10:01', true],
    ['10:00', '10:00', true],
    ['11:59', '13:00', true],
    ['12:00', '12:00', false],
    ['12:00', '13:00', false],
    ['08:00', '14:00', true],
  ])('from %s to %s: touches %s', (from, to, expected) => {
    const at = (time: string) => `2026-11-11T${time}:00.000Z`;
    const charge = { resourceId: 'ins-1', product: 'p', amount: { currency: 'CNY', amount: '1' } };
    expect(touches({ ...charge, from: at(from), to: at(to) }, span)).toBe(expected);
  });
});
