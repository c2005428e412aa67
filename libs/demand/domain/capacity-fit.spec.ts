import fc from 'fast-check';
import { fitCapacity, parseCapacitySamples } from './capacity-fit.js';

/** Latency of a queue that saturates at a rate, with a relative disturbance of some samples. */
function samplesOf(saturation: number, upTo: number, disturbance = 0) {
  return Array.from({ length: 20 }, (_, n) => {
    const requestsPerSecond = (upTo * (n + 1)) / 20;
    const latencyMs =
      (10 + (4 * requestsPerSecond) / (saturation - requestsPerSecond)) * (1 + disturbance * ((n % 3) - 1));
    return { requestsPerSecond, latencyMs, utilisation: requestsPerSecond / saturation };
  });
}

describe('the capacity of one machine', () => {
  it('is read off the curve through the samples, with what it is concluded from', () => {
    const fit = fitCapacity(samplesOf(200, 190, 0.05), 30);
    // 10 + 4 r / (200 − r) = 30 at r = 166.7
    expect(fit.requestsPerSecond).toBeGreaterThan(158);
    expect(fit.requestsPerSecond).toBeLessThan(172);
    expect(fit).toMatchObject({ basis: 'measured', samples: 20, sampledTo: 190 });
    expect(fit.fitError).toBeLessThan(0.08);
    expect(fit.utilisation).toBeCloseTo(fit.requestsPerSecond / 200, 2);
    expect(fit.evidence).toMatch(
      /^20 samples from 9\.5 to 190 requests\/s, curve off by \d %, saturation near \d+\/s, 8\d % busy there$/,
    );
  });

  it('is never taken much beyond what was sampled', () => {
    const fit = fitCapacity(samplesOf(200, 60), 30);
    expect(fit).toMatchObject({ basis: 'extrapolated', requestsPerSecond: 72 });
    expect(fit.evidence).toMatch(/extrapolated, no sample reached the target$/);
  });

  it('is refused where samples say nothing', () => {
    expect(() => fitCapacity(samplesOf(200, 190).slice(0, 4), 30)).toThrow(/4 sample\(s\) do not show/);
    expect(() => fitCapacity(samplesOf(200, 190), 5)).toThrow(/no sampled rate keeps the latency below 5 ms/);
    const noise = samplesOf(200, 190).map((sample, n) => ({ ...sample, latencyMs: n % 2 === 0 ? 1 : 100 }));
    expect(() => fitCapacity(noise, 30)).toThrow(/follow no curve of a queue/);
  });

  it('grows with the target, and stays below saturation', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 50, max: 5_000 }),
        fc.integer({ min: 12, max: 60 }),
        (saturation, target) => {
          const samples = samplesOf(saturation, 0.97 * saturation);
          const one = fitCapacity(samples, target).requestsPerSecond;
          expect(one).toBeLessThan(saturation);
          expect(fitCapacity(samples, target + 10).requestsPerSecond).toBeGreaterThanOrEqual(one);
        },
      ),
      { seed: 6 },
    );
  });

  it('reads samples from CSV and names the line at fault', () => {
    expect(parseCapacitySamples('latencyMs,rps,utilisation\n12,100,0.4\n\n15,200,\n')).toEqual([
      { requestsPerSecond: 100, latencyMs: 12, utilisation: 0.4 },
      { requestsPerSecond: 200, latencyMs: 15 },
    ]);
    expect(() => parseCapacitySamples('rps,latencyMs\n100,12\n200,fast')).toThrow(
      'line 3: "fast" is no latencyMs',
    );
    expect(() => parseCapacitySamples('a,b\n1,2')).toThrow(/rps and latencyMs/);
  });
});
