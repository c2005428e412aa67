import fc from 'fast-check';
import { recordWeights } from './name-weights.js';

describe('shares as weights of records', () => {
  it('is exact for whole percents over few members', () => {
    expect(recordWeights({ home: { share: 75, members: 3 }, burst: { share: 25, members: 2 } })).toEqual({
      home: 50,
      burst: 25,
    });
    expect(recordWeights({ home: { share: 100, members: 1 }, burst: { share: 0, members: 4 } })).toEqual({
      home: 100,
      burst: 0,
    });
  });

  it('stays within what a record takes and close to the share', () => {
    const size = fc.record({
      share: fc.integer({ min: 1, max: 99 }),
      members: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 20 }), (one, others) => {
        const groups = { one, other: { share: 100 - one.share, members: others } };
        const weights = recordWeights(groups);
        const total = (weights['one'] ?? 0) * one.members + (weights['other'] ?? 0) * others;
        expect(Math.max(...Object.values(weights))).toBeLessThanOrEqual(255);
        expect(Math.min(...Object.values(weights))).toBeGreaterThanOrEqual(1);
        const off = Math.abs((((weights['one'] ?? 0) * one.members) / total) * 100 - one.share);
        expect(off).toBeLessThan(7);
      }),
    );
  });

  it('gives nothing to a group without members', () => {
    expect(recordWeights({ home: { share: 100, members: 2 }, burst: { share: 0, members: 0 } })).toEqual({
      home: 50,
      burst: 0,
    });
  });
});
