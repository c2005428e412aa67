import fc from 'fast-check';
import { toShares, toWeights } from './listener-weights.js';

describe('shares as weights of target groups', () => {
  it('takes whole percents as they are', () => {
    expect(toWeights({ home: 75, burst: 25 })).toEqual({ home: 75, burst: 25 });
    expect(toShares({ home: 75, burst: 25 })).toEqual({ home: 75, burst: 25 });
  });

  it('keeps every other share within two thousandths, and never makes one vanish', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 2, maxLength: 5 }),
        (parts) => {
          const sum = parts.reduce((total, part) => total + part, 0);
          const shares = Object.fromEntries(parts.map((part, at) => [`g${at}`, (part / sum) * 100]));
          const weights = toWeights(shares);
          const back = toShares(weights);
          for (const [group, share] of Object.entries(shares)) {
            expect(weights[group]).toBeGreaterThan(0);
            expect(weights[group]).toBeLessThanOrEqual(999);
            expect(Math.abs((back[group] ?? 0) - share)).toBeLessThan(0.4);
          }
        },
      ),
    );
  });
});
