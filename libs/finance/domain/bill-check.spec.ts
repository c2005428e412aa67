import { HOUR, MINUTE, addMoney, addMs, decimal, money, zero, type Instant } from '@springtide/kernel';
import fc from 'fast-check';
import {
  BILL_POLICIES,
  checkBill,
  nextLook,
  type BillQuestion,
  type BilledCharge,
  type UsageInterval,
} from './index.js';

const START = '2026-11-11T00:03:10.000Z';
const DAY = 24 * HOUR;
const later = (hours: number): Instant => addMs(START, hours * HOUR);

/** Two hours at 1 an hour, unless said otherwise. */
function ran(over: Partial<UsageInterval> = {}): UsageInterval {
  return {
    machine: 'i-1',
    accountId: 'acc',
    accountName: 'east',
    provider: 'some',
    region: 'r1',
    zone: 'r1-a',
    machineType: 'm.large',
    purchaseOption: 'on-demand',
    service: 'storefront',
    pool: 'pool-1',
    pricePerHour: money('CNY', '1'),
    minimumBillingSeconds: 60,
    marketSnapshotId: 'snap',
    from: START,
    to: later(2),
    wantedUntil: null,
    ...over,
  };
}

function charged(amount: string, over: Partial<BilledCharge> = {}): BilledCharge {
  return {
    resourceId: 'i-1',
    product: 'machine',
    from: addMs(START, 30_000),
    to: later(2),
    amount: money('CNY', amount),
    ...over,
  };
}

function check(over: Partial<BillQuestion> = {}) {
  const at = later(50);
  return checkBill({
    usage: [ran()],
    satellites: [],
    charges: [charged('2')],
    at,
    toldUntil: later(48),
    ...over,
  });
}

describe('a bill held against the ledger', () => {
  it('finds nothing where what ran was charged', () => {
    expect(check()).toEqual({
      machines: 1,
      totals: [
        {
          expected: money('CNY', '2'),
          billed: money('CNY', '2'),
          difference: money('CNY', '0'),
          percent: '0.0',
        },
      ],
      findings: [],
      covered: true,
    });
  });

  it('names time that was charged after the end, with its money', () => {
    const whole = charged('5', { from: later(3), to: later(8) });
    const tail = charged('7', { to: later(7), from: START });
    expect(check({ charges: [charged('2'), whole] }).findings).toMatchObject([
      { kind: 'after-end', resourceId: 'i-1', from: later(3), to: later(8), unseen: { amount: '5' } },
    ]);
    // Five hours too long, less the five minutes that clouds and ledger may be apart.
    expect(check({ charges: [tail] }).findings).toMatchObject([
      { kind: 'after-end', from: addMs(later(2), 5 * MINUTE), unseen: { amount: '4.9166666667' } },
    ]);
  });

  it('names time that was charged before the start', () => {
    const early = charged('4', { from: later(-5), to: later(-1) });
    expect(check({ charges: [charged('2'), early] })).toMatchObject({
      findings: [{ kind: 'before-start', from: later(-5), to: later(-1), unseen: { amount: '4' } }],
      totals: [{ difference: { amount: '4' }, percent: '200.0' }],
    });
  });

  it('compares sums where the cloud tells whole days, and times where a whole day is too much', () => {
    const day = { from: '2026-11-10T16:00:00.000Z', to: '2026-11-11T16:00:00.000Z' };
    const next = { from: '2026-11-11T16:00:00.000Z', to: '2026-11-12T16:00:00.000Z' };
    expect(check({ charges: [charged('2.01', day)] }).findings).toEqual([]);
    expect(check({ charges: [charged('2.5', day)] }).findings).toMatchObject([
      { kind: 'above', expected: { amount: '2' }, billed: { amount: '2.5' }, unseen: { amount: '0.5' } },
    ]);
    expect(check({ charges: [charged('2', day), charged('24', next)] }).findings).toMatchObject([
      { kind: 'after-end', ...next, unseen: { amount: '24' } },
    ]);
  });

  it('tolerates a hundredth, or a cent where that is more', () => {
    const kinds = (usage: UsageInterval, amount: string) =>
      check({ usage: [usage], charges: [charged(amount)] }).findings.map(({ kind }) => kind);
    const big = ran({ pricePerHour: money('CNY', '100') });
    expect([kinds(big, '202'), kinds(big, '202.01')]).toEqual([[], ['above']]);
    const small = ran({ pricePerHour: money('CNY', '0.01') });
    expect([kinds(small, '0.03'), kinds(small, '0.031')]).toEqual([[], ['above']]);
  });

  it('says whether a charge that is missing may still come', () => {
    expect(check({ charges: [], toldUntil: later(1) })).toMatchObject({
      findings: [{ kind: 'not-yet', expected: { amount: '2' }, billed: null }],
      covered: false,
    });
    expect(check({ charges: [] })).toMatchObject({
      findings: [{ kind: 'no-charge' }],
      totals: [{ billed: { amount: '0' }, percent: '-100.0' }],
      covered: false,
    });
    const free = ran({ pricePerHour: money('CNY', '0') });
    expect(check({ usage: [free], charges: [] })).toMatchObject({ findings: [], covered: true });
    expect(check({ usage: [ran({ to: null })] }).covered).toBe(false);
  });

  it('never adds currencies, and says where the bill has another one than the price', () => {
    const result = check({ charges: [charged('0.3', { amount: money('USD', '0.3') })] });
    expect(result.findings).toMatchObject([
      { kind: 'other-currency', billed: money('USD', '0.3'), unseen: null },
    ]);
    expect(result.totals).toMatchObject([
      { expected: money('CNY', '2'), billed: zero('CNY') },
      { expected: zero('USD'), billed: money('USD', '0.3'), percent: null },
    ]);
  });

  it('shows what nobody knows a price of', () => {
    expect(check({ usage: [ran({ pricePerHour: null })] }).findings).toMatchObject([
      { kind: 'no-price', billed: { amount: '2' }, unseen: { amount: '2' } },
    ]);
  });

  it('lets a satellite cost until it was let go, and not after it', () => {
    const disk = { id: 'd-1', accountId: 'acc', until: later(3) };
    const own = (from: number, to: number) =>
      charged('0.4', { resourceId: 'd-1', from: later(from), to: later(to) });
    expect(check({ satellites: [disk], charges: [charged('2'), own(2, 3)] })).toMatchObject({
      findings: [],
      totals: [{ billed: { amount: '2.4' } }],
    });
    expect(check({ satellites: [disk], charges: [charged('2'), own(4, 5)] }).findings).toMatchObject([
      { kind: 'after-end', resource: 'satellite', resourceId: 'd-1', unseen: { amount: '0.4' } },
    ]);
  });

  it('takes what came back off, and calls it no money paid', () => {
    const back = charged('-0.5', { from: later(10), to: later(11) });
    expect(check({ charges: [charged('2.5'), back] })).toMatchObject({
      findings: [],
      totals: [{ billed: { amount: '2' } }],
    });
  });

  it('is the same however the charges are cut and ordered, and counts all of them and nobody else’s', () => {
    const cents = fc.integer({ min: 1, max: 500 });
    const machines = fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
    fc.assert(
      fc.property(machines, fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), cents)), (ids, parts) => {
        const usage = ids.map((id) => ran({ machine: `i-${id}` }));
        const charges = parts.map(([id, cent]) =>
          charged(decimal(cent).dividedBy(100).toString(), { resourceId: `i-${id}` }),
        );
        const result = check({ usage, charges });
        expect(check({ usage: usage.toReversed(), charges: charges.toReversed() })).toEqual(result);
        const own = charges.filter(({ resourceId }) => usage.some(({ machine }) => machine === resourceId));
        const sum = own.reduce((all, { amount }) => addMoney(all, amount), zero('CNY'));
        expect(result.totals).toMatchObject([{ billed: sum, expected: money('CNY', 2 * ids.length) }]);
        const billed = new Set(own.map(({ resourceId }) => resourceId));
        expect(result.covered).toBe(billed.size === usage.length);
        const missing = result.findings.filter(({ kind }) => kind === 'no-charge');
        expect(missing).toHaveLength(usage.length - billed.size);
        for (const { machine } of usage) {
          const paid = own.filter(({ resourceId }) => resourceId === machine);
          const total = paid.reduce((all, { amount }) => all.plus(amount.amount), decimal(0));
          const found = result.findings.some((one) => one.kind === 'above' && one.resourceId === machine);
          expect(found).toBe(total.greaterThan('2.02'));
        }
      }),
    );
  });
});

describe('when a bill is looked at', () => {
  const policy = BILL_POLICIES.standard;

  it('is when it is due, then daily until nothing more can come, for forty days at most', () => {
    expect(nextLook(START, undefined, policy)).toBe(START);
    expect(nextLook(START, { checkedAt: later(-1), over: true }, policy)).toBe(START);
    expect(nextLook(START, { checkedAt: later(1), over: true }, policy)).toBeNull();
    expect(nextLook(START, { checkedAt: later(1), over: false }, policy)).toBe(later(25));
    expect(nextLook(START, { checkedAt: addMs(START, 39 * DAY), over: false }, policy)).toBe(
      addMs(START, 40 * DAY),
    );
    expect(nextLook(START, { checkedAt: addMs(START, 39 * DAY + 1), over: false }, policy)).toBeNull();
  });
});
