import { recordWeights, wholeShares } from './whole-weights.js';

describe('wholeShares', () => {
  it.each([
    [
      { home: 75, burst: 25 },
      { home: 75, burst: 25 },
    ],
    [
      { home: 33.4, burst: 66.6 },
      { home: 33, burst: 67 },
    ],
    [
      { a: 33.3, b: 33.3, c: 33.4 },
      { a: 33, b: 33, c: 34 },
    ],
    [{ home: 100 }, { home: 100 }],
  ])('%j becomes %j', (shares, whole) => {
    expect(wholeShares(shares)).toEqual(whole);
  });
});

describe('recordWeights', () => {
  it.each([
    [
      { home: 75, burst: 25 },
      { home: 1, burst: 1 },
      { home: 3, burst: 1 },
    ],
    [
      { home: 50, burst: 50 },
      { home: 3, burst: 2 },
      { home: 2, burst: 3 },
    ],
    [
      { home: 99, burst: 1 },
      { home: 1, burst: 1 },
      { home: 99, burst: 1 },
    ],
    [{ home: 100, burst: 0 }, { home: 2, burst: 1 }, { home: 1 }],
    [
      { home: 63, burst: 37 },
      { home: 1, burst: 1 },
      { home: 63, burst: 37 },
    ],
  ])('%j over %j records is %j each', (shares, sizes, weights) => {
    expect(recordWeights(shares, sizes, 100)).toEqual(weights);
  });
});
