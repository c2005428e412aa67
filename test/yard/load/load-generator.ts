import { performance } from 'node:perf_hooks';
import { Pool } from 'undici';
import { arrivals } from './arrivals.js';
import type { LoadConfig, LoadPhase, LoadTarget } from './load-config.js';
import { PhaseRecord, type Outcome, type TargetResult } from './phase-record.js';

export type LoadProgress = Readonly<{
  type: 'progress';
  atMs: number;
  phase: string;
  /** Within the last second. */
  targets: Readonly<
    Record<string, { intended: number; sent: number; ok: number; errors: number; timeouts: number }>
  >;
  inFlight: number;
  lagP99Ms: number;
}>;

export type PhaseResult = Readonly<{
  name: string;
  fromMs: number;
  toMs: number;
  /** False: the generator itself lagged or did not run to the end, so nothing here says anything about the service. */
  measured: boolean;
  reason?: string;
  targets: Readonly<Record<string, TargetResult>>;
}>;

export type LoadResult = Readonly<{
  type: 'result';
  startedAt: string;
  measured: boolean;
  /** False when it was stopped before the end of the last phase. */
  complete: boolean;
  phases: readonly PhaseResult[];
}>;

/** Timers fire up to a millisecond late; a longer sleep than this would not see a stop in time. */
const LONGEST_SLEEP_MS = 50;
const MOST_CONNECTIONS = 2_048;
const GRACE_MS = 250;
const WARM_UP_MS = 1_000;
const WARM_UP_ROUNDS = 10;
const WARM_UP_WIDTH = 8;

type Lane = Readonly<{
  target: LoadTarget;
  pool: Pool;
  times: Iterator<number>;
  records: readonly PhaseRecord[];
}> & { nextMs: number | undefined };

/** Open loop: requests leave at their planned time, whatever happened to the ones before. */
export class LoadGenerator {
  readonly #config: LoadConfig;
  readonly #lanes: readonly Lane[];
  readonly #endMs: number;
  #inFlight = 0;
  #stopped = false;
  #reachedMs = 0;

  constructor(config: LoadConfig) {
    this.#config = config;
    this.#endMs = config.phases.at(-1)?.toMs ?? 0;
    this.#lanes = config.targets.map((target) => {
      const seed = target.seed ?? config.seed;
      const times = arrivals(target.schedule, this.#endMs, config.arrivals, seed);
      const records = config.phases.map(() => new PhaseRecord());
      const options = {
        connections: MOST_CONNECTIONS,
        pipelining: 1,
        connect: { timeout: config.timeoutMs },
      };
      const pool = new Pool(new URL(target.url).origin, options);
      return { target, pool, times, records, nextMs: times.next().value ?? undefined };
    });
  }

  /** Ends the run now; what was not sent by then makes its phase unmeasured. */
  stop(): void {
    this.#stopped = true;
  }

  async run(onProgress: (progress: LoadProgress) => void): Promise<LoadResult> {
    await this.#warmUp();
    const startedAt = this.#config.startAt ?? new Date().toISOString();
    const zeroMs = performance.now() + (Date.parse(startedAt) - Date.now());
    const reporter = this.#reportEverySecond(zeroMs, onProgress);
    await this.#sendAll(zeroMs);
    const patienceMs = performance.now() + this.#config.timeoutMs + GRACE_MS;
    while (this.#inFlight > 0 && performance.now() < patienceMs) await tick(20);
    clearInterval(reporter);
    await Promise.all(this.#lanes.map(async ({ pool }) => pool.destroy()));
    return this.#result(startedAt);
  }

  async #warmUp(): Promise<void> {
    const leftMs =
      this.#config.startAt === undefined ? WARM_UP_MS : Date.parse(this.#config.startAt) - Date.now();
    const signal = AbortSignal.timeout(Math.max(1, Math.min(WARM_UP_MS, leftMs)));
    const { warmUpPath } = this.#config;
    await Promise.all(
      this.#lanes.map(async ({ pool }) => {
        for (let round = 0; round < WARM_UP_ROUNDS && !signal.aborted; round += 1) {
          const calls = Array.from({ length: WARM_UP_WIDTH }, () => exchange(pool, warmUpPath, signal));
          await Promise.all(calls);
        }
      }),
    );
  }

  async #sendAll(zeroMs: number): Promise<void> {
    for (;;) {
      const nowMs = performance.now() - zeroMs;
      this.#reachedMs = Math.min(nowMs, this.#endMs);
      for (const lane of this.#lanes) this.#sendDue(lane, nowMs, zeroMs);
      const nextMs = Math.min(this.#endMs, ...this.#lanes.map((lane) => lane.nextMs ?? Infinity));
      if (this.#stopped || nowMs >= this.#endMs) return;
      await tick(Math.min(LONGEST_SLEEP_MS, Math.max(1, nextMs - nowMs)));
    }
  }

  #sendDue(lane: Lane, nowMs: number, zeroMs: number): void {
    while (lane.nextMs !== undefined && lane.nextMs <= nowMs) {
      const intendedMs = lane.nextMs;
      lane.nextMs = lane.times.next().value ?? undefined;
      const record = this.#recordAt(lane, intendedMs);
      if (record === undefined) continue;
      record.intended += 1;
      void this.#sendOne(lane, record, zeroMs + intendedMs);
    }
  }

  #recordAt(lane: Lane, atMs: number): PhaseRecord | undefined {
    const index = this.#config.phases.findIndex(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
    return lane.records[index];
  }

  async #sendOne(lane: Lane, record: PhaseRecord, intendedMs: number): Promise<void> {
    this.#inFlight += 1;
    const startMs = performance.now();
    record.sentWithLag(startMs - intendedMs);
    const abort = new AbortController();
    const leftMs = Math.max(1, this.#config.timeoutMs - (startMs - intendedMs));
    const timer = setTimeout(() => abort.abort(), leftMs);
    const outcome = await exchange(lane.pool, lane.target.path, abort.signal);
    clearTimeout(timer);
    record.finished(outcome, performance.now() - intendedMs);
    this.#inFlight -= 1;
  }

  #reportEverySecond(zeroMs: number, onProgress: (progress: LoadProgress) => void): NodeJS.Timeout {
    let before = this.#totals();
    return setInterval(() => {
      const now = this.#totals();
      const atMs = Math.round(performance.now() - zeroMs);
      const targets = Object.fromEntries(
        Object.entries(now).map(([name, total]) => [name, difference(total, before[name])]),
      );
      before = now;
      const phase = this.#config.phases.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
      const current = phase === undefined ? [] : this.#lanes.map((lane) => this.#recordAt(lane, atMs));
      onProgress({
        type: 'progress',
        atMs,
        phase: phase?.name ?? '',
        targets,
        inFlight: this.#inFlight,
        lagP99Ms: Math.max(0, ...current.map((record) => record?.lagP99Ms ?? 0)),
      });
    }, 1_000);
  }

  #totals(): Readonly<Record<string, Totals>> {
    return Object.fromEntries(
      this.#lanes.map(({ target, records }) => {
        const total = { intended: 0, sent: 0, ok: 0, errors: 0, timeouts: 0 };
        for (const record of records) {
          for (const field of FIELDS) total[field] += record[field];
        }
        return [target.name, total];
      }),
    );
  }

  #result(startedAt: string): LoadResult {
    const phases = this.#config.phases.map((phase, index) => this.#phaseResult(phase, index));
    return {
      type: 'result',
      startedAt,
      measured: phases.every(({ measured }) => measured),
      complete: this.#reachedMs >= this.#endMs,
      phases,
    };
  }

  #phaseResult(phase: LoadPhase, index: number): PhaseResult {
    const targets: Record<string, TargetResult> = {};
    const reasons: string[] = [];
    if (this.#reachedMs < phase.toMs) reasons.push('the run was stopped before the phase ended');
    for (const lane of this.#lanes) {
      const result = lane.records[index]?.result();
      if (result === undefined) continue;
      targets[lane.target.name] = result;
      const reason = this.#whyNotMeasured(result);
      if (reason !== undefined) reasons.push(`${lane.target.name}: ${reason}`);
    }
    return {
      ...phase,
      measured: reasons.length === 0,
      ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
      targets,
    };
  }

  #whyNotMeasured({ intended, sent, lagMs }: TargetResult): string | undefined {
    const { lagLimitMs, sentRatioLimit } = this.#config;
    if (intended === 0) return undefined;
    if (sent < intended * sentRatioLimit) return `only ${sent} of ${intended} requests were sent`;
    if (lagMs !== null && lagMs.p99 > lagLimitMs) {
      return `the generator lagged: p99 ${lagMs.p99} ms behind plan, over ${lagLimitMs} ms`;
    }
    return undefined;
  }
}

const FIELDS = ['intended', 'sent', 'ok', 'errors', 'timeouts'] as const;
type Totals = Record<(typeof FIELDS)[number], number>;

function difference(now: Totals, before: Totals | undefined): Totals {
  const result = { ...now };
  for (const field of FIELDS) result[field] -= before?.[field] ?? 0;
  return result;
}

async function exchange(pool: Pool, path: string, signal: AbortSignal): Promise<Outcome> {
  try {
    const answer = await pool.request({ method: 'GET', path, signal });
    await answer.body.dump({ limit: 1 << 20, signal });
    return { kind: 'answer', status: answer.statusCode };
  } catch (thrown) {
    if (signal.aborted) return { kind: 'timeout' };
    const code = (thrown as { code?: unknown }).code;
    return { kind: 'error', reason: typeof code === 'string' ? code : String(thrown) };
  }
}

function tick(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
