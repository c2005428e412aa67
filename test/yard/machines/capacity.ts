/** What one machine of a type can really do; the planner never sees this, it measures. */
export type MachineCapacity = Readonly<{
  /** Sustained limit. */
  requestsPerSecond: number;
  /** Answer time of an idle machine. */
  baseLatencyMs: number;
  /** Requests wait at most this long for their turn; what would wait longer is refused. Default 250. */
  queueMs?: number;
}>;

/** `delayMs` until the answer goes out; undefined: refused, the machine is full. */
export type Admission = Readonly<{ delayMs: number }> | undefined;

const DEFAULT_QUEUE_MS = 250;

/**
 * One queue in front of a server that takes `requestsPerSecond`. Near the limit random arrivals wait for each other,
 * so the latency rises before the first refusal, as on a real machine; a token bucket whose burst is the queue.
 */
export class CapacityMeter {
  readonly #stepMs: number;
  readonly #queueMs: number;
  readonly #baseLatencyMs: number;
  #freeAtMs = 0;
  served = 0;
  refused = 0;

  constructor(capacity: MachineCapacity) {
    this.#stepMs = 1_000 / capacity.requestsPerSecond;
    this.#queueMs = capacity.queueMs ?? DEFAULT_QUEUE_MS;
    this.#baseLatencyMs = capacity.baseLatencyMs;
  }

  /** `nowMs` is a monotonic clock. */
  admit(nowMs: number): Admission {
    const waitMs = Math.max(0, this.#freeAtMs - nowMs);
    if (waitMs > this.#queueMs) {
      this.refused += 1;
      return undefined;
    }
    this.#freeAtMs = nowMs + waitMs + this.#stepMs;
    this.served += 1;
    return { delayMs: waitMs + this.#baseLatencyMs };
  }
}
