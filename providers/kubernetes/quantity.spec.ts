import { quantity } from './quantity.js';

describe('quantity', () => {
  it.each([
    ['250m', 0.25],
    ['8', 8],
    ['32Gi', 34_359_738_368],
    ['1.5Ki', 1_536],
    ['2e3', 2_000],
    ['100k', 100_000],
    ['1E', 1e18],
    ['3Ei', 3_458_764_513_820_540_928],
  ])('%s is %d', (text, number) => {
    expect(quantity(text)).toBe(number);
  });

  it.each(['', 'many', '1 Gi', '1Xi'])('%j is no quantity', (text) => {
    expect(quantity(text)).toBeNaN();
  });
});
