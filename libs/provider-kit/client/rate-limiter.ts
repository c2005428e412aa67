import { SECOND, SpringtideError, parseInstant, type Clock, type Instant } from '@springtide/kernel';
import type { RateBudget } from '../contract/session.js';

/** Whose calls are counted together: one account, one region, reads or mutations. */
export type RateKey = Readonly<{ name: string; budget: RateBudget }>;

/** Keeps our own calls below what the cloud allows. The shared implementation lets several processes draw on one budget. */
export interface RateLimiter {
  /**
   * Waits until `cost` calls may be sent.
   * @throws rate-limited with `effect: none` and `retryAfterMs` when that would be after the deadline.
   */
  acquire(key: RateKey, cost: number, deadline: Instant): Promise<void>;
  /** The cloud refused a call of this key as too many: send less for a while. */
  throttled(key: RateKey): void;
}

type Bucket = { tokens: number; at: number; factor: number };

const LOWEST_FACTOR = 0.1;
const BACK_OFF = 0.8;
const RECOVERY_PER_SECOND = 0.01;

/** Token buckets in this process. Waiting calls reserve their turn, so they leave in the order in which they came. */
export class InProcessRateLimiter implements RateLimiter {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async acquire(key: RateKey, cost: number, deadline: Instant): Promise<void> {
    const bucket = this.#refilled(key);
    const left = bucket.tokens - cost;
    const waitMs = left >= 0 ? 0 : Math.ceil((-left / (key.budget.perSecond * bucket.factor)) * SECOND);
    if (this.#clock.now().getTime() + waitMs > parseInstant(deadline).getTime()) throw tooMany(key, waitMs);
    bucket.tokens = left;
    if (waitMs > 0) await this.#clock.sleep(waitMs);
  }

  throttled(key: RateKey): void {
    const bucket = this.#refilled(key);
    bucket.factor = Math.max(LOWEST_FACTOR, bucket.factor * BACK_OFF);
    bucket.tokens = Math.min(bucket.tokens, 0);
  }

  #refilled(key: RateKey): Bucket {
    const now = this.#clock.now().getTime();
    const bucket = this.#buckets.get(key.name) ?? { tokens: key.budget.burst, at: now, factor: 1 };
    const seconds = Math.max(0, now - bucket.at) / SECOND;
    bucket.tokens = Math.min(
      key.budget.burst,
      bucket.tokens + seconds * key.budget.perSecond * bucket.factor,
    );
    bucket.factor = Math.min(1, bucket.factor + seconds * RECOVERY_PER_SECOND);
    bucket.at = now;
    this.#buckets.set(key.name, bucket);
    return bucket;
  }
}

function tooMany(key: RateKey, waitMs: number): SpringtideError {
  return new SpringtideError(
    'rate-limited',
    `the call budget of ${key.name} is used up for the next ${waitMs} ms, which is after the deadline; nothing was sent`,
    { retryAfterMs: waitMs },
  );
}
