import type { CapacitySample } from './capacity-fit.js';
import type { DemandSample } from './demand-series.js';

type CapacitySeries = Readonly<{
  rate: readonly DemandSample[];
  latencyMs: readonly DemandSample[];
  utilisation: readonly DemandSample[];
}>;

/** What was measured at the same instants; one without a rate or a latency, or without any load, says nothing. */
export function samplesFromMetrics({
  rate,
  latencyMs,
  utilisation,
}: CapacitySeries): readonly CapacitySample[] {
  const [latencies, busy] = [byInstant(latencyMs), byInstant(utilisation)];
  return rate.flatMap(({ atMs, value: requestsPerSecond }) => {
    const latency = latencies.get(atMs);
    if (latency === undefined || requestsPerSecond <= 0 || latency <= 0) return [];
    const used = busy.get(atMs);
    const sample = { requestsPerSecond, latencyMs: latency };
    return [used === undefined ? sample : { ...sample, utilisation: used }];
  });
}

function byInstant(samples: readonly DemandSample[]): ReadonlyMap<number, number> {
  return new Map(samples.map(({ atMs, value }) => [atMs, value]));
}
