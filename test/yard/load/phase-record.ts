import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

export type Outcome = Readonly<
  { kind: 'answer'; status: number } | { kind: 'error'; reason: string } | { kind: 'timeout' }
>;

/** Latencies are from the intended send time to the whole answer; a request that timed out counts with its limit. */
export type Quantiles = Readonly<{ p50: number; p95: number; p99: number; max: number }>;

export type TargetResult = Readonly<{
  intended: number;
  sent: number;
  /** 2xx. */
  ok: number;
  /** Other answers and broken connections. */
  errors: number;
  timeouts: number;
  /** ok ÷ intended; null where nothing was intended. */
  servedRatio: number | null;
  /** Of the requests that were answered 2xx. */
  latencyMs: Quantiles | null;
  /** Of all requests, timeouts and refusals included. */
  allLatencyMs: Quantiles | null;
  /** What the errors were: HTTP status or socket error → count. */
  errorKinds: Readonly<Record<string, number>>;
  /** Actual minus intended send time: the generator's own delay. */
  lagMs: Quantiles | null;
}>;

const MICROSECONDS = 1_000;
const LONGEST_US = 120_000_000;

/** Everything that happened to the requests that one target was to get in one phase. */
export class PhaseRecord {
  intended = 0;
  sent = 0;
  ok = 0;
  errors = 0;
  timeouts = 0;
  readonly #lag = microseconds();
  readonly #latencyOk = microseconds();
  readonly #latencyAll = microseconds();
  readonly #errorKinds = new Map<string, number>();

  sentWithLag(lagMs: number): void {
    this.sent += 1;
    record(this.#lag, lagMs);
  }

  finished(outcome: Outcome, latencyMs: number): void {
    record(this.#latencyAll, latencyMs);
    if (outcome.kind === 'answer' && outcome.status >= 200 && outcome.status < 300) {
      this.ok += 1;
      record(this.#latencyOk, latencyMs);
      return;
    }
    if (outcome.kind === 'timeout') {
      this.timeouts += 1;
      return;
    }
    this.errors += 1;
    const kind = outcome.kind === 'answer' ? `HTTP ${outcome.status}` : outcome.reason;
    this.#errorKinds.set(kind, (this.#errorKinds.get(kind) ?? 0) + 1);
  }

  get lagP99Ms(): number {
    return quantiles(this.#lag)?.p99 ?? 0;
  }

  result(): TargetResult {
    return {
      intended: this.intended,
      sent: this.sent,
      ok: this.ok,
      errors: this.errors,
      timeouts: this.timeouts,
      servedRatio: this.intended === 0 ? null : this.ok / this.intended,
      latencyMs: quantiles(this.#latencyOk),
      allLatencyMs: quantiles(this.#latencyAll),
      errorKinds: Object.fromEntries(this.#errorKinds),
      lagMs: quantiles(this.#lag),
    };
  }
}

function microseconds(): RecordableHistogram {
  return createHistogram({ lowest: 1, highest: LONGEST_US, figures: 3 });
}

function record(histogram: RecordableHistogram, ms: number): void {
  histogram.record(Math.min(LONGEST_US, Math.max(1, Math.round(ms * MICROSECONDS))));
}

function quantiles(histogram: RecordableHistogram): Quantiles | null {
  if (histogram.count === 0) return null;
  const at = (percent: number): number => Math.round(histogram.percentile(percent) / 10) / 100;
  return { p50: at(50), p95: at(95), p99: at(99), max: Math.round(histogram.max / 10) / 100 };
}
