import { SpringtideError, parseInstant, type Clock, type Instant } from '@springtide/kernel';
import { RateLane } from './rate-lane.js';
import type { Draw } from './admission.js';
import type { Rank, RateBook } from './rate-book.js';

/** Everything that one call draws on. Calls of one `lane` may share budgets: it is the account. */
export type RateRequest = Readonly<{ lane: string; draws: readonly Draw[]; rank: Rank; deadline: Instant }>;

/** Ends the call's part in budgets that count what is under way; safe to call twice. */
export type Permit = Readonly<{ end(): void }>;

/** Keeps our own calls below what the cloud allows. */
export interface RateLimiter {
  /**
   * Waits until the call may be sent.
   * @throws rate-limited with `effect: none` and `retryAfterMs` when that would be after the deadline.
   */
  acquire(request: RateRequest): Promise<Permit>;
  /** The cloud refused a call of these budgets as too many: all processes send less for a while. */
  throttled(request: Pick<RateRequest, 'lane' | 'draws'>, retryAfterMs?: number): void;
}

/** Where the books of all budgets are: in this process, or where several processes share them. */
export interface RateBooks {
  /** Reads the books of these keys, lets `work` change them, and keeps them; nobody else comes between. */
  change<T>(keys: readonly string[], work: (books: Map<string, RateBook>) => T): Promise<T>;
}

export type LimiterParts = Readonly<{
  books: RateBooks;
  clock: Clock;
  /** Tells this process from the others that share the books. */
  process: string;
  /** What could not be written down and nobody waits for: a refusal by the cloud, the end of a task. */
  onError: (thrown: unknown) => void;
}>;

/** One queue per account in this process, and books that it may share with other processes. */
export class BookedRateLimiter implements RateLimiter {
  readonly #lanes = new Map<string, RateLane>();

  constructor(private readonly parts: LimiterParts) {}

  async acquire({ lane, draws, rank, deadline }: RateRequest): Promise<Permit> {
    return await this.#lane(lane).acquire(draws, rank, parseInstant(deadline).getTime());
  }

  throttled({ lane, draws }: Pick<RateRequest, 'lane' | 'draws'>, retryAfterMs?: number): void {
    this.#lane(lane).throttled(draws, retryAfterMs);
  }

  #lane(name: string): RateLane {
    const lane = this.#lanes.get(name) ?? new RateLane(this.parts);
    this.#lanes.set(name, lane);
    return lane;
  }
}

/** Budgets of this process alone. */
export class InProcessRateLimiter extends BookedRateLimiter {
  constructor(clock: Clock) {
    const kept = new Map<string, RateBook>();
    const books: RateBooks = {
      change: async (keys, work) => {
        const chosen = new Map(
          keys.flatMap((key) => {
            const book = kept.get(key);
            return book === undefined ? [] : [[key, book] as const];
          }),
        );
        const answer = work(chosen);
        for (const [key, book] of chosen) kept.set(key, book);
        return await Promise.resolve(answer);
      },
    };
    super({ books, clock, process: 'alone', onError: cannotFail });
  }
}

function cannotFail(thrown: unknown): never {
  throw new SpringtideError('internal', 'books in memory could not be changed', { cause: thrown });
}
