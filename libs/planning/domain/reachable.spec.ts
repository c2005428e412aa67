import { reachable } from './reachable.js';

describe('what whole machines can take of a limit', () => {
  it('is the largest sum that some number of machines of each kind comes to', () => {
    expect(reachable(120, [{ weight: 32, most: 7 }])).toBe(96);
    expect(reachable(504, [kind(16, 40), kind(32, 9)])).toBe(496);
    expect(reachable(240, [kind(64, 4)])).toBe(192);
    expect(reachable(100, [kind(48, 9), kind(30, 1)])).toBe(96);
    expect(reachable(100, [kind(48, 9), kind(30, 3)])).toBe(96);
    expect(reachable(50, [kind(7, 2), kind(11, 3)])).toBe(47);
  });

  it('does not count more machines than there are', () => {
    expect(reachable(100, [kind(10, 3)])).toBe(30);
    expect(reachable(100, [kind(10, 3), kind(7, 1)])).toBe(37);
    expect(reachable(100, [kind(10, 0)])).toBe(0);
  });

  it('leaves a limit alone that is measured in parts', () => {
    expect(reachable(10.5, [kind(0.4, 100)])).toBe(10.5);
    expect(reachable(1e6, [kind(64, 1)])).toBe(1e6);
  });
});

function kind(weight: number, most: number) {
  return { weight, most };
}
