import type { Demand, Phase } from '@springtide/contracts';

type PhaseName = Phase['name'];

/** How many samples of the series each phase is drawn from, and how long it lasts here. */
export const TIME_LINE: readonly Readonly<{ name: PhaseName; samples: number; seconds: number }>[] = [
  { name: 'prewarm', samples: 2, seconds: 15 },
  { name: 'ramp', samples: 3, seconds: 45 },
  { name: 'peak', samples: 6, seconds: 45 },
  { name: 'plateau', samples: 4, seconds: 25 },
  { name: 'decay', samples: 5, seconds: 20 },
];

/** Requests per second at the peak, and what is normal without any event. */
export const SERVICES: readonly Readonly<{ name: string; peakRps: number; normalRps: number }>[] = [
  { name: 'storefront', peakRps: 220, normalRps: 40 },
  { name: 'checkout', peakRps: 90, normalRps: 18 },
];

export type RatePoint = Readonly<{ atMs: number; rps: number }>;

/** `timestamp,value` lines, with a header. */
export function readSeries(csv: string): readonly number[] {
  return csv
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[1]));
}

/** Phases one after the other from an instant on. */
export function phasesFrom(start: Date): readonly Phase[] {
  let at = start.getTime();
  return TIME_LINE.map(({ name, seconds }) => {
    const startsAt = new Date(at).toISOString();
    at += seconds * 1000;
    return { name, startsAt, endsAt: new Date(at).toISOString() };
  });
}

/** What a service must serve throughout each phase: the highest sample of the phase, on top of its normal level. */
export function demandFrom(series: readonly number[]): readonly Demand[] {
  const peak = Math.max(...series);
  return SERVICES.flatMap(({ name: service, peakRps, normalRps }) =>
    samplesByPhase(series).map(({ name: phase, values }) => ({
      service,
      phase,
      requestsPerSecond: Math.ceil(
        Math.max(...values.map((value) => rateOf(value, peak, peakRps, normalRps))),
      ),
    })),
  );
}

/** The load that is really sent: the samples of each phase, spread over it, linear in between. */
export function scheduleFor(series: readonly number[], service: string): readonly RatePoint[] {
  const size = SERVICES.find((one) => one.name === service);
  if (size === undefined) throw new Error(`the demo has no service ${service}`);
  const peak = Math.max(...series);
  let startMs = 0;
  return samplesByPhase(series).flatMap(({ values, seconds }) => {
    const lengthMs = seconds * 1000;
    const points = values.map((value, index) => ({
      atMs: startMs + Math.round((index * lengthMs) / values.length),
      rps: rateOf(value, peak, size.peakRps, size.normalRps),
    }));
    const last = points.at(-1)?.rps ?? 0;
    startMs += lengthMs;
    // The next phase's level begins with the next phase, not before it.
    return [...points, { atMs: startMs - 1, rps: last }];
  });
}

function samplesByPhase(series: readonly number[]) {
  let from = 0;
  return TIME_LINE.map(({ name, samples, seconds }) => {
    const values = series.slice(from, from + samples);
    from += samples;
    return { name, seconds, values };
  });
}

function rateOf(value: number, peak: number, peakRps: number, normalRps: number): number {
  return normalRps + (peakRps - normalRps) * (value / peak);
}
