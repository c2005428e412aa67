import { addMs, addMoney, compareMoney, money, multiplyMoney, zero, type Money } from '@springtide/kernel';
import fc from 'fast-check';
import { POOL, PRICE, START, aMandate } from '../testing/effect-fixtures.js';
import { claim, extendReservation, giveBack, type Claim, type Mandate } from './index.js';

const claims = fc.record({
  count: fc.integer({ min: 1, max: 20 }),
  price: fc.integer({ min: 1, max: 500 }).map((cents) => money('CNY', `${cents / 100}`)),
  hours: fc.integer({ min: 1, max: 10 }),
});
const limits = fc.record({
  maxMachines: fc.integer({ min: 0, max: 60 }),
  budget: fc.integer({ min: 0, max: 300 }).map((n) => money('CNY', n)),
  maxPerHour: fc.integer({ min: 0, max: 60 }).map((n) => money('CNY', n)),
});

function claimOf({ count, price, hours }: { count: number; price: Money; hours: number }): Claim {
  return { poolId: POOL, count, pricePerHour: price, amount: multiplyMoney(price, count * hours) };
}

function within(mandate: Mandate): boolean {
  return (
    mandate.machines <= mandate.maxMachines &&
    compareMoney(addMoney(mandate.reserved, mandate.committed), mandate.budget) <= 0 &&
    compareMoney(mandate.perHour, mandate.maxPerHour) <= 0
  );
}

describe('a mandate', () => {
  it('is never exceeded by claims, and refuses only what would exceed it', () => {
    fc.assert(
      fc.property(limits, fc.array(claims, { maxLength: 20 }), (limit, list) => {
        let mandate = aMandate(limit);
        for (const each of list) {
          const wanted = claimOf(each);
          const result = claim(mandate, wanted, START);
          if (result.ok) {
            mandate = result.value;
            expect(within(mandate)).toBe(true);
          } else {
            const grown: Mandate = {
              ...mandate,
              machines: mandate.machines + wanted.count,
              reserved: addMoney(mandate.reserved, wanted.amount),
              perHour: addMoney(mandate.perHour, multiplyMoney(wanted.pricePerHour, wanted.count)),
            };
            expect(within(grown)).toBe(false);
          }
        }
      }),
    );
  });

  it('has all its room back and holds exactly the actual cost when every claim was given back, in any order', () => {
    const order = fc.array(fc.tuple(claims, fc.nat(), fc.integer({ min: 0, max: 99 })), { maxLength: 15 });
    fc.assert(
      fc.property(order, (list) => {
        let mandate = aMandate();
        const taken = list.map(([each, key, cost]) => ({
          claim: claimOf(each),
          key,
          actual: money('CNY', cost),
        }));
        for (const each of taken) {
          const result = claim(mandate, each.claim, START);
          if (!result.ok) throw new Error(result.error.message);
          mandate = result.value;
        }
        let spent = zero('CNY');
        for (const { claim: back, actual } of taken.toSorted((a, b) => a.key - b.key)) {
          mandate = giveBack(mandate, { ...back, actual });
          spent = addMoney(spent, actual);
        }
        expect(mandate).toMatchObject({ machines: 0, reserved: zero('CNY'), perHour: zero('CNY') });
        expect(compareMoney(mandate.committed, spent)).toBe(0);
      }),
    );
  });

  it('grants what was approved to the last machine, digit and instant, and not one more', () => {
    const wanted = claimOf({ count: 5, price: PRICE, hours: 5 });
    const exact = aMandate({
      maxMachines: 5,
      budget: wanted.amount,
      maxPerHour: multiplyMoney(PRICE, 5),
      validUntil: START,
    });
    expect(claim(exact, wanted, START)).toMatchObject({ ok: true });
    expect(claim(exact, wanted, addMs(START, 1))).toMatchObject({ ok: false, error: { code: 'expired' } });
  });

  it('sets the cost of more time aside within the budget, and has it back at the end', () => {
    const wanted = claimOf({ count: 10, price: PRICE, hours: 2 });
    const taken = claim(aMandate({ budget: money('CNY', '12') }), wanted, START);
    if (!taken.ok) throw new Error(taken.error.message);
    const more = extendReservation(taken.value, 1 / 3);
    expect(more).toMatchObject({ ok: true, value: { reserved: money('CNY', '9.1') } });
    expect(extendReservation(taken.value, 2)).toMatchObject({ ok: false, error: { code: 'over-budget' } });
    // What was spent for good is not there to be set aside again.
    const spent = { ...taken.value, committed: money('CNY', '2') };
    expect(extendReservation(spent, 1)).toMatchObject({ ok: false, error: { code: 'over-budget' } });
    if (!more.ok) throw new Error(more.error.message);
    expect(giveBack(more.value, { ...wanted, actual: PRICE })).toMatchObject({
      machines: 0,
      reserved: zero('CNY'),
      committed: PRICE,
    });
  });

  it.each([
    ['frozen', { state: 'frozen' as const }],
    ['frozen', { state: 'closed' as const }],
    ['expired', { validUntil: addMs(START, -1) }],
    ['outside-envelope', { poolIds: [] }],
    ['over-machines', { maxMachines: 4 }],
    ['over-budget', { budget: money('CNY', '9.74') }],
    ['over-hourly-rate', { maxPerHour: money('CNY', '1.94') }],
  ])('refuses with %s and says in words that nothing was bought', (code, over) => {
    const result = claim(aMandate(over), claimOf({ count: 5, price: PRICE, hours: 5 }), START);
    expect(result).toMatchObject({ ok: false, error: { code } });
    if (!result.ok) expect(result.error.message).toMatch(/nothing was bought|were refused/);
  });
});
