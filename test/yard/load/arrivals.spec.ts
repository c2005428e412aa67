import { arrivals } from './arrivals.js';

const RAMP = [
  { atMs: 0, rps: 0 },
  { atMs: 10_000, rps: 100 },
  { atMs: 20_000, rps: 100 },
];

describe('arrivals', () => {
  it('sends as many as the area under the schedule, in order', () => {
    const times = [...arrivals(RAMP, 30_000, 'uniform', 1)];
    expect(times).toHaveLength(500 + 1_000 + 1_000);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.filter((ms) => ms < 10_000)).toHaveLength(500);
    expect(times.filter((ms) => ms < 5_000)).toHaveLength(125);
  });

  it('is Poisson by default: about the same count, spread as independent customers', () => {
    const times = [...arrivals([{ atMs: 0, rps: 200 }], 60_000, 'poisson', 42)];
    expect(Math.abs(times.length - 12_000)).toBeLessThan(4 * Math.sqrt(12_000));
    const gaps = times.slice(1).map((ms, at) => ms - (times[at] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.95);
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.05);
  });

  it('gives the same times for the same seed, others for another', () => {
    const [first, again, other] = [7, 7, 8].map((seed) => [...arrivals(RAMP, 5_000, 'poisson', seed)]);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('ends in the middle of a segment at the end of the run', () => {
    const times = [...arrivals(RAMP, 5_000, 'uniform', 1)];
    expect(times).toHaveLength(125);
    expect(times.at(-1)).toBeLessThanOrEqual(5_000);
  });
});
