import { CapacityMeter } from './capacity.js';

describe('CapacityMeter', () => {
  it('sustains exactly its capacity, however much more is asked', () => {
    const meter = new CapacityMeter({ requestsPerSecond: 50, baseLatencyMs: 5, queueMs: 200 });
    for (let ms = 0; ms < 10_000; ms += 4) meter.admit(ms);
    expect(meter.served).toBeGreaterThanOrEqual(500);
    expect(meter.served).toBeLessThanOrEqual(500 + 200 / 20 + 1);
    expect(meter.served + meter.refused).toBe(2_500);
  });

  it('answers an idle machine in its base latency and lets a crowd wait in line', () => {
    const meter = new CapacityMeter({ requestsPerSecond: 100, baseLatencyMs: 8, queueMs: 25 });
    const delays = [0, 0, 0, 0, 0].map((ms) => meter.admit(ms)?.delayMs);
    expect(delays).toEqual([8, 18, 28, undefined, undefined]);
    expect(meter.admit(1_000)).toEqual({ delayMs: 8 });
  });
});
