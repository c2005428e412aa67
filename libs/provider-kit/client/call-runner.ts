import { SpanStatusCode, trace, type Span, type Tracer } from '@opentelemetry/api';
import {
  SpringtideError,
  addMs,
  parseInstant,
  toInstant,
  type Clock,
  type Instant,
} from '@springtide/kernel';
import type { CallOptions } from '../contract/compute.js';
import type { CallPriority, ProviderRates } from '../contract/rates.js';
import type { CallObserver } from './call-observer.js';
import type { CallPolicy } from './call-policy.js';
import { classify, type Redact } from './error-classification.js';
import type { Draw } from './limiter/admission.js';
import { drawsOf, rankOf, type Budgeted } from './limiter/call-budgets.js';
import type { Permit, RateLimiter } from './limiter/rate-limiter.js';

/** Further calls of one operation are drawn in parts, so that others can go between. */
const MOST_AT_ONCE = 10;

export type CallKind = 'read' | 'mutate';

/**
 * `deadline` left out: the policy's. `priority` left out: `scale-back` for what ends machines, `campaign` for all else;
 * inventory, prices and checks say `sync`.
 */
export type CallControl = Readonly<{ deadline?: Instant; priority?: CallPriority; lastCheck?: LastCheck }>;

/**
 * Asked when the call budget lets a call go, which may be long after it was asked for. What it throws is thrown to the
 * caller, and nothing is sent.
 */
type LastCheck = () => Promise<void>;

export type Call = Budgeted &
  Readonly<{
    deadline: Instant;
    priority?: CallPriority | undefined;
    lastCheck?: LastCheck | undefined;
  }>;

export type CallRunnerOptions = Readonly<{
  provider: string;
  account: string;
  clock: Clock;
  rates: ProviderRates;
  limiter: RateLimiter;
  observer: CallObserver;
  policy: CallPolicy;
  redact: Redact;
  /** 0 ≤ x < 1, for jitter. */
  random: () => number;
}>;

/** The one path every call to a cloud takes: budget, deadline, retry of reads, classification, trace, metrics. */
export class CallRunner {
  readonly options: CallRunnerOptions;
  readonly #tracer: Tracer = trace.getTracer('springtide.provider-kit');

  constructor(options: CallRunnerOptions) {
    this.options = options;
  }

  deadline(kind: CallKind | 'listing', control?: CallControl): Instant {
    if (control?.deadline !== undefined) return control.deadline;
    const { policy, clock } = this.options;
    const ms = {
      read: policy.readDeadlineMs,
      mutate: policy.mutateDeadlineMs,
      listing: policy.listingDeadlineMs,
    }[kind];
    return addMs(toInstant(clock.now()), ms);
  }

  /** Reads are repeated while the error says `same`; a mutation is sent once, whatever comes back. */
  async run<T>(call: Call, send: (options: CallOptions) => Promise<T>): Promise<T> {
    const attempts = call.kind === 'read' ? this.options.policy.readAttempts : 1;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.runOnce(call, send);
      } catch (thrown) {
        const error = thrown as SpringtideError;
        if (attempt >= attempts || !isWorthRepeating(error)) throw error;
        if (!(await this.#backOff(call, attempt, error))) throw error;
      }
    }
  }

  /** For the later pages of a listing, which cannot be asked for again. */
  async runOnce<T>(call: Call, send: (options: CallOptions) => Promise<T>): Promise<T> {
    return this.#traced(call, async () => this.#once(call, send));
  }

  async #once<T>(call: Call, send: (options: CallOptions) => Promise<T>): Promise<T> {
    this.#refuseLate(call);
    const lane = `${this.options.provider}/${this.options.account}`;
    const draws = drawsOf(this.options.rates, lane, call);
    const permits = [await this.#permitFor(call, lane, draws)];
    const ownRefusals = new Set<unknown>();
    const more = async (calls = 1): Promise<void> => {
      const further = draws.filter(({ budget }) => budget.counts !== 'machines' && !('atOnce' in budget));
      try {
        for (let left = calls; left > 0; left -= MOST_AT_ONCE) {
          permits.push(await this.#permitFor(call, lane, costing(further, Math.min(left, MOST_AT_ONCE))));
        }
      } catch (thrown) {
        ownRefusals.add(thrown);
        throw thrown;
      }
    };
    try {
      await this.#lastCheck(call);
      return await this.#withinDeadline(call, send({ deadline: call.deadline, more }));
    } catch (thrown) {
      const error = classify(thrown, call.operation, this.options.redact);
      if (error.code === 'rate-limited' && !ownRefusals.has(thrown)) {
        this.options.limiter.throttled({ lane, draws }, error.retryAfterMs);
      }
      throw error;
    } finally {
      for (const permit of permits) permit.end();
    }
  }

  async #permitFor(call: Call, lane: string, draws: readonly Draw[]): Promise<Permit> {
    const rank = rankOf(call, call.priority);
    try {
      return await this.options.limiter.acquire({ lane, draws, rank, deadline: call.deadline });
    } catch (thrown) {
      throw notSent(thrown, call, 'the shared call budget cannot be read');
    }
  }

  async #lastCheck(call: Call): Promise<void> {
    if (call.lastCheck === undefined) return;
    try {
      await call.lastCheck();
    } catch (thrown) {
      throw notSent(thrown, call, 'whether it still may be cannot be asked');
    }
    this.#refuseLate(call);
  }

  #refuseLate(call: Call): void {
    if (this.#leftMs(call) > 0) return;
    throw new SpringtideError('timeout', `${call.operation} was not sent: its deadline has passed`, {
      effect: 'none',
    });
  }

  /** A provider keeps the deadline itself; this only guards against one that hangs. */
  async #withinDeadline<T>(call: Call, answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tooLate(call)), this.#leftMs(call) + 1_000);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #traced<T>(call: Call, work: () => Promise<T>): Promise<T> {
    const { provider, account } = this.options;
    const attributes = {
      'springtide.provider': provider,
      'springtide.account': account,
      'springtide.region': call.region,
    };
    return this.#tracer.startActiveSpan(`cloud ${call.operation}`, { attributes }, async (span) => {
      const startedAt = this.options.clock.now().getTime();
      try {
        const value = await work();
        this.#finish(call, span, startedAt, undefined);
        return value;
      } catch (thrown) {
        const error = classify(thrown, call.operation, this.options.redact);
        this.#finish(call, span, startedAt, error);
        throw error;
      }
    });
  }

  #finish(call: Call, span: Span, startedAt: number, error: SpringtideError | undefined): void {
    const { provider, account, clock, observer } = this.options;
    const code = error?.code ?? 'ok';
    span.setAttribute('springtide.code', code);
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error.code });
    span.end();
    const durationMs = clock.now().getTime() - startedAt;
    observer.observe({ provider, account, operation: call.operation, code, durationMs });
  }

  /** False when the next attempt would start after the deadline. */
  async #backOff(call: Call, attempt: number, error: SpringtideError): Promise<boolean> {
    const { policy, random, clock } = this.options;
    const ceiling = Math.min(policy.retryCapMs, policy.retryBaseMs * 2 ** (attempt - 1));
    const waitMs = Math.max(error.retryAfterMs ?? 0, Math.ceil(ceiling * (0.5 + random() / 2)));
    if (waitMs >= this.#leftMs(call)) return false;
    await clock.sleep(waitMs);
    return true;
  }

  #leftMs(call: Call): number {
    return parseInstant(call.deadline).getTime() - this.options.clock.now().getTime();
  }
}

/** What cannot be asked before a call stops it, and says truly that nothing happened. */
function notSent(thrown: unknown, call: Call, why: string): SpringtideError {
  if (thrown instanceof SpringtideError && thrown.effect === 'none') return thrown;
  return new SpringtideError('unavailable', `${call.operation} was not sent: ${why}`, {
    effect: 'none',
    cause: thrown,
  });
}

function costing(draws: readonly Draw[], cost: number): readonly Draw[] {
  return draws.map((draw) => ({ ...draw, cost }));
}

function isWorthRepeating(error: SpringtideError): boolean {
  return error.retry === 'same' && error.code !== 'conflict';
}

function tooLate(call: Call): SpringtideError {
  return new SpringtideError(
    'timeout',
    `${call.operation} gave no answer by its deadline; what it asked for may have happened`,
    call.kind === 'read' ? { effect: 'none' } : {},
  );
}
