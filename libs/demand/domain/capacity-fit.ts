import { SpringtideError } from '@springtide/kernel';

/** One measurement of one machine under load. */
export type CapacitySample = Readonly<{
  requestsPerSecond: number;
  /** The latency that the target is about, as a rule the 99th percentile. */
  latencyMs: number;
  /** Busy part of its processors, 0 … 1, where it was measured. */
  utilisation?: number;
}>;

/** What one machine serves at the latency target, and what that is concluded from. */
export type CapacityFit = Readonly<{
  requestsPerSecond: number;
  latencyTargetMs: number;
  /** `measured`: the samples themselves cross the target. `extrapolated`: they do not reach it, the curve does. */
  basis: 'measured' | 'extrapolated';
  samples: number;
  /** Rates that were sampled. */
  sampledFrom: number;
  sampledTo: number;
  /** Rate at which the fitted curve has no latency left to give: the knee's asymptote. */
  saturation: number;
  /** Root mean square of ln(measured ÷ fitted latency): 0.05 is "five percent off". */
  fitError: number;
  /** Utilisation at the rate found, by a straight line through the samples; null where none was measured. */
  utilisation: number | null;
  evidence: string;
}>;

const LEAST_SAMPLES = 5;
/** A curve is not believed further than this beyond the highest rate that was sampled. */
const FURTHEST = 1.2;
/** A curve that is off by more than this says nothing. */
const WORST_ERROR = 0.5;

/**
 * Fits latency = a + b · r / (c − r), the course of a queue before one machine, and reads off the rate at the target. Where the
 * samples themselves exceed the target earlier, they win.
 * @throws invalid-argument when samples are too few, all at one rate, or follow no such curve.
 */
export function fitCapacity(samples: readonly CapacitySample[], latencyTargetMs: number): CapacityFit {
  const sorted = samples.toSorted((a, b) => a.requestsPerSecond - b.requestsPerSecond);
  const sampledFrom = sorted[0]?.requestsPerSecond ?? 0;
  const sampledTo = sorted.at(-1)?.requestsPerSecond ?? 0;
  if (sorted.length < LEAST_SAMPLES || sampledTo < sampledFrom * 1.5) throw tooFew(sorted.length);
  const curve = bestCurve(sorted);
  if (curve.error > WORST_ERROR) throw noCurve(curve.error);
  const exceeded = firstExceeded(sorted, latencyTargetMs);
  const allowed = Math.min(rateAt(curve, latencyTargetMs), sampledTo * FURTHEST);
  const requestsPerSecond = Math.min(allowed, exceeded ?? Number.POSITIVE_INFINITY);
  if (!(requestsPerSecond > 0)) throw neverReached(latencyTargetMs);
  const basis = requestsPerSecond <= sampledTo ? 'measured' : 'extrapolated';
  const fit = {
    requestsPerSecond: Math.floor(requestsPerSecond * 10) / 10,
    latencyTargetMs,
    basis,
    samples: sorted.length,
    sampledFrom,
    sampledTo,
    saturation: curve.saturation,
    fitError: curve.error,
    utilisation: utilisationAt(sorted, requestsPerSecond),
  } as const;
  return { ...fit, evidence: evidenceText(fit) };
}

type Curve = Readonly<{ base: number; slope: number; saturation: number; error: number }>;

/** The asymptote is searched, base and slope follow from it by least squares. */
function bestCurve(samples: readonly CapacitySample[]): Curve {
  const highest = samples.at(-1)?.requestsPerSecond ?? 0;
  const candidates = Array.from({ length: 200 }, (_, n) => highest * (1.005 + 3 * (n / 200) ** 3));
  return candidates
    .map((saturation) => curveFor(samples, saturation))
    .reduce((best, curve) => (curve.error < best.error ? curve : best));
}

function curveFor(samples: readonly CapacitySample[], saturation: number): Curve {
  const points = samples.map(({ requestsPerSecond: rate, latencyMs }) => ({
    x: rate / (saturation - rate),
    y: latencyMs,
    // Relative errors count: a millisecond matters at two, not at two hundred.
    weight: 1 / Math.max(latencyMs, 1e-3) ** 2,
  }));
  const mean = (value: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + point.weight * value(point), 0) /
    points.reduce((sum, { weight }) => sum + weight, 0);
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  const variance = mean(({ x }) => (x - mx) ** 2);
  const slope = variance > 0 ? Math.max(0, mean(({ x, y }) => (x - mx) * (y - my)) / variance) : 0;
  const base = Math.max(1e-3, my - slope * mx);
  const squares = points.map(({ x, y }) => Math.log(Math.max(y, 1e-3) / (base + slope * x)) ** 2);
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / points.length);
  return { base, slope, saturation, error };
}

function rateAt({ base, slope, saturation }: Curve, latencyMs: number): number {
  if (latencyMs <= base) return 0;
  if (slope === 0) return Number.POSITIVE_INFINITY;
  const x = (latencyMs - base) / slope;
  return (saturation * x) / (1 + x);
}

/** The last rate before the measured latencies are above the target for good. */
function firstExceeded(samples: readonly CapacitySample[], target: number): number | undefined {
  const lastInside = samples.findLastIndex(({ latencyMs }) => latencyMs <= target);
  const after = samples[lastInside + 1];
  if (after === undefined) return undefined;
  const inside = samples[lastInside];
  if (inside === undefined) return 0;
  const part = (target - inside.latencyMs) / (after.latencyMs - inside.latencyMs);
  return inside.requestsPerSecond + part * (after.requestsPerSecond - inside.requestsPerSecond);
}

function utilisationAt(samples: readonly CapacitySample[], rate: number): number | null {
  const measured = samples.filter((sample) => sample.utilisation !== undefined);
  if (measured.length < LEAST_SAMPLES) return null;
  const product = measured.reduce((sum, s) => sum + s.requestsPerSecond * (s.utilisation ?? 0), 0);
  const squares = measured.reduce((sum, s) => sum + s.requestsPerSecond ** 2, 0);
  return Math.min(1, (product / squares) * rate);
}

function evidenceText(fit: Omit<CapacityFit, 'evidence'>): string {
  const rate = (value: number) => value.toFixed(value < 100 ? 1 : 0);
  const busy = fit.utilisation === null ? '' : `, ${(100 * fit.utilisation).toFixed(0)} % busy there`;
  const beyond = fit.basis === 'extrapolated' ? '; extrapolated, no sample reached the target' : '';
  return (
    `${fit.samples} samples from ${rate(fit.sampledFrom)} to ${rate(fit.sampledTo)} requests/s, ` +
    `curve off by ${(100 * fit.fitError).toFixed(0)} %, saturation near ${rate(fit.saturation)}/s${busy}${beyond}`
  );
}

/** CSV with a header naming `rps` and `latencyMs`, and `utilisation` (0 … 1) where it was measured. */
export function parseCapacitySamples(text: string): readonly CapacitySample[] {
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = head.split(',').map((name) => name.trim());
  const [rps, latency, utilisation] = ['rps', 'latencyMs', 'utilisation'].map((name) => names.indexOf(name));
  if (rps === undefined || latency === undefined || rps < 0 || latency < 0) {
    throw new SpringtideError('invalid-argument', 'line 1: expected a header with rps and latencyMs', {
      nextStep: 'Name the columns in the first line: rps,latencyMs,utilisation',
    });
  }
  return lines.flatMap((line, index) => {
    if (line.trim() === '') return [];
    const cells = line.split(',');
    const busy = (cells[utilisation ?? -1] ?? '').trim();
    const sample = {
      requestsPerSecond: numberIn(cells[rps], index + 2, 'rps'),
      latencyMs: numberIn(cells[latency], index + 2, 'latencyMs'),
    };
    return [busy === '' ? sample : { ...sample, utilisation: numberIn(busy, index + 2, 'utilisation') }];
  });
}

function numberIn(cell: string | undefined, line: number, column: string): number {
  const value = cell === undefined || cell.trim() === '' ? Number.NaN : Number(cell);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new SpringtideError(
    'invalid-argument',
    `line ${line}: "${cell ?? ''}" is no ${column}; nothing was read`,
  );
}

function tooFew(count: number): SpringtideError {
  return new SpringtideError(
    'invalid-argument',
    `${count} sample(s) do not show what a machine can serve; no capacity was concluded, so nothing is planned from it`,
    { nextStep: `Measure at ${LEAST_SAMPLES} rates at least, the highest 1.5 times the lowest.` },
  );
}

function noCurve(error: number): SpringtideError {
  return new SpringtideError(
    'invalid-argument',
    `the latencies follow no curve of a queue (off by ${(100 * error).toFixed(0)} %); no capacity was concluded`,
    { nextStep: 'Measure one machine alone, with one kind of request, long enough at each rate.' },
  );
}

function neverReached(target: number): SpringtideError {
  return new SpringtideError(
    'invalid-argument',
    `no sampled rate keeps the latency below ${target} ms; a machine of this type cannot serve at that target`,
    { nextStep: 'Raise the target, or measure a larger machine.' },
  );
}
