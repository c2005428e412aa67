import type { RatePoint } from './load-config.js';

/**
 * Send times in ms from the start, strictly planned: nothing that happens to a request moves a later one. The n-th
 * arrival is where the integral of the rate reaches the sum of n steps: steps of 1 (uniform), or exponential with mean
 * 1 (Poisson).
 */
export function* arrivals(
  schedule: readonly RatePoint[],
  endMs: number,
  kind: 'poisson' | 'uniform',
  seed: number,
): Generator<number, void> {
  const random = seededRandom(seed);
  let owed = 0;
  const step = (): number => (kind === 'uniform' ? 1 : -Math.log(1 - random()));
  let next = kind === 'uniform' ? 0.5 : step();
  for (const segment of segments(schedule, endMs)) {
    const total = areaOf(segment, segment.toMs - segment.fromMs);
    while (next <= owed + total) {
      yield segment.fromMs + timeForArea(segment, next - owed);
      next += step();
    }
    owed += total;
  }
}

type Segment = Readonly<{ fromMs: number; toMs: number; fromRps: number; toRps: number }>;

function segments(schedule: readonly RatePoint[], endMs: number): readonly Segment[] {
  const result: Segment[] = [];
  for (const [index, point] of schedule.entries()) {
    const after = schedule[index + 1] ?? { atMs: endMs, rps: point.rps };
    if (point.atMs >= endMs || after.atMs <= point.atMs) continue;
    const toMs = Math.min(after.atMs, endMs);
    const part = (toMs - point.atMs) / (after.atMs - point.atMs);
    const toRps = point.rps + (after.rps - point.rps) * part;
    result.push({ fromMs: point.atMs, toMs, fromRps: point.rps, toRps });
  }
  return result;
}

function areaOf({ fromMs, toMs, fromRps, toRps }: Segment, elapsedMs: number): number {
  const slope = (toRps - fromRps) / (toMs - fromMs);
  return (fromRps * elapsedMs + (slope * elapsedMs * elapsedMs) / 2) / 1_000;
}

function timeForArea({ fromMs, toMs, fromRps, toRps }: Segment, area: number): number {
  const slope = (toRps - fromRps) / (toMs - fromMs);
  const wanted = area * 1_000;
  if (Math.abs(slope) < 1e-12) return wanted / fromRps;
  const root = Math.sqrt(Math.max(0, fromRps * fromRps + 2 * slope * wanted));
  return Math.min(toMs - fromMs, (root - fromRps) / slope);
}

/** mulberry32: small, seeded, good enough for arrival times. 0 ≤ x < 1. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
