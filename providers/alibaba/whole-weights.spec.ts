import { wholeShares } from './whole-weights.js';

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
