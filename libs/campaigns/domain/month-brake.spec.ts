import fc from 'fast-check';
import { englishOf } from '@springtide/contracts';
import { HOUR, addMs, money } from '@springtide/kernel';
import { withinMonth } from './month-brake.js';

const NOW = '2026-11-21T00:00:00.000Z';
const question = (change: Partial<Parameters<typeof withinMonth>[0]> = {}) => ({
  ...{ now: NOW, wanted: 8, floor: 2, until: addMs(NOW, 240 * HOUR) },
  ...{ limit: money('CNY', '1000'), spent: money('CNY', '0') },
  costOf: (machines: number) => money('CNY', machines),
  ...change,
});

describe('the money of a month', () => {
  it('lets come what fits for an hour beside the floor until its end', () => {
    // 1000 less 480 for the floor leave 520; 6 above it cost 6 an hour.
    expect(withinMonth(question())).toEqual({ machines: 8, told: [] });
    expect(withinMonth(question({ spent: money('CNY', '514') }))).toEqual({ machines: 8, told: [] });
    const held = withinMonth(question({ spent: money('CNY', '516.5') }));
    expect(held.machines).toBe(5);
    expect(englishOf(held.told)).toMatch(
      /^of 1000 CNY for this month \(UTC\) 516.5 are spent: 3 of 8 machines do not fit/,
    );
  });

  it('keeps the floor where the limit is broken by it, and says what that costs', () => {
    const held = withinMonth(question({ spent: money('CNY', '900') }));
    expect(held.machines).toBe(2);
    expect(englishOf(held.told)).toMatch(
      /the floor of 2 is kept until 2026-12-01.* costs 380 CNY more than the limit/,
    );
    const alone = withinMonth(question({ spent: money('CNY', '900'), wanted: 2 }));
    expect([alone.machines, englishOf(alone.told)]).toEqual([
      2,
      expect.stringMatching(/^the floor of 2 is kept/),
    ]);
  });

  it('holds at the floor where the limit is in another currency', () => {
    const held = withinMonth(question({ limit: money('EUR', '1000') }));
    expect([held.machines, englishOf(held.told)]).toEqual([
      2,
      expect.stringMatching(/limited in EUR .* pays in CNY/),
    ]);
  });

  it('never goes below the floor or above what is wanted, and gives no more for less money', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(1_500), fc.nat(200), (wanted, floor, spent, more) => {
        const after = (amount: number) =>
          withinMonth(question({ wanted, floor, spent: money('CNY', amount) })).machines;
        expect(after(spent)).toBeGreaterThanOrEqual(Math.min(floor, wanted));
        expect(after(spent)).toBeLessThanOrEqual(wanted);
        expect(after(spent + more)).toBeLessThanOrEqual(after(spent));
      }),
      { seed: 7 },
    );
  });
});
