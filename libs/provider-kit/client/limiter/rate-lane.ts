import { SpringtideError } from '@springtide/kernel';
import { admit, taskId, type Admission, type Ask, type Draw } from './admission.js';
import { isSliding, postpone } from './budget-arithmetic.js';
import type { Rank, RateBook } from './rate-book.js';
import type { LimiterParts, Permit } from './rate-limiter.js';
import { noteRefusal } from './refusals.js';

const PROMPT_MS = 5;

type Waiter = Readonly<{ ask: Ask; grant: (permit: Permit) => void; refuse: (error: unknown) => void }>;

/** Something to be written into books of these keys at the next turn. */
type Note = Readonly<{ keys: readonly string[]; write: (books: Map<string, RateBook>, now: number) => void }>;

/**
 * The queue of one account in this process. All who wait are put before the books together, in one turn; while one
 * turn is under way the next gathers. So nothing is ever taken that no caller is waiting for.
 */
export class RateLane {
  readonly #parts: LimiterParts;
  #waiters: Waiter[] = [];
  #notes: Note[] = [];
  /** Books in which this process may still be written down as waiting. */
  #claimed = new Set<string>();
  #order = 0;
  #turning = false;
  #again = false;
  #wakesAt = Number.POSITIVE_INFINITY;

  constructor(parts: LimiterParts) {
    this.#parts = parts;
  }

  async acquire(draws: readonly Draw[], rank: Rank, deadline: number): Promise<Permit> {
    return await new Promise((grant, refuse) => {
      this.#order += 1;
      const ask = { order: this.#order, rank, since: this.#now(), deadline, draws };
      this.#waiters.push({ ask, grant, refuse });
      this.#turn();
    });
  }

  throttled(draws: readonly Draw[], retryAfterMs: number | undefined): void {
    this.#note({
      keys: draws.map((draw) => draw.key),
      write: (books, now) => {
        noteRefusal(books, draws, retryAfterMs, now);
      },
    });
  }

  #note(note: Note): void {
    this.#notes.push(note);
    this.#turn();
  }

  #turn(): void {
    this.#again = true;
    if (this.#turning) return;
    this.#turning = true;
    void this.#turns();
  }

  async #turns(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#once();
    }
    this.#turning = false;
  }

  async #once(): Promise<void> {
    const waiters = this.#waiters;
    const notes = this.#notes;
    this.#notes = [];
    const drawn = waiters.flatMap(({ ask }) => ask.draws.map((draw) => draw.key));
    const keys = [...new Set([...drawn, ...this.#claimed, ...notes.flatMap((note) => note.keys)])].toSorted();
    if (keys.length === 0) return;
    try {
      const asks = waiters.map(({ ask }) => ask);
      const { admission, decidedAt } = await this.#parts.books.change(keys, (books) => {
        const now = this.#now();
        for (const note of notes) note.write(books, now);
        return { admission: admit(books, this.#parts.process, asks, now), decidedAt: now };
      });
      this.#settle(waiters, admission);
      this.#correct(admission.granted, decidedAt);
    } catch (thrown) {
      this.#failed(waiters, notes, thrown);
    }
  }

  #settle(waiters: readonly Waiter[], { granted, late, askAgainMs }: Admission): void {
    const going = new Set(granted.map((ask) => ask.order));
    const refused = new Map(late.map((each) => [each.ask.order, each]));
    const arrived = this.#waiters.slice(waiters.length);
    const still = waiters.filter(({ ask }) => !going.has(ask.order) && !refused.has(ask.order));
    this.#waiters = [...still, ...arrived];
    this.#claimed = new Set(still.flatMap(({ ask }) => ask.draws.map((draw) => draw.key)));
    for (const { ask, grant, refuse } of waiters) {
      if (going.has(ask.order)) grant(this.#permit(ask));
      const tooLate = refused.get(ask.order);
      if (tooLate !== undefined) refuse(tooMany(tooLate.key, tooLate.waitMs));
    }
    if (askAgainMs !== undefined) this.#wakeIn(askAgainMs);
  }

  /** A window counts from when calls are really sent, which on a busy machine is later than it was decided. */
  #correct(granted: readonly Ask[], decidedAt: number): void {
    const now = this.#now();
    if (now - decidedAt <= PROMPT_MS) return;
    const draws = granted.flatMap((ask) => ask.draws).filter(({ budget }) => isSliding(budget));
    if (draws.length === 0) return;
    this.#note({
      keys: draws.map((draw) => draw.key),
      write: (books) => {
        for (const { key, cost } of draws) postpone(books.get(key), decidedAt, cost, now);
      },
    });
  }

  #wakeIn(ms: number): void {
    const at = this.#now() + ms;
    if (this.#wakesAt > this.#now() && this.#wakesAt <= at) return;
    this.#wakesAt = at;
    void this.#wake(ms, at);
  }

  async #wake(ms: number, at: number): Promise<void> {
    await this.#parts.clock.sleep(ms);
    if (this.#wakesAt === at) this.#wakesAt = Number.POSITIVE_INFINITY;
    this.#turn();
  }

  #permit(ask: Ask): Permit {
    const keys = ask.draws.filter(({ budget }) => 'atOnce' in budget).map((draw) => draw.key);
    const task = taskId(this.#parts.process, ask);
    let ended = keys.length === 0;
    return {
      end: () => {
        if (ended) return;
        ended = true;
        this.#note({
          keys,
          write: (books) => {
            for (const key of keys) endTask(books.get(key), task);
          },
        });
      },
    };
  }

  /** Who waits hears of it; who does not must not lose it in silence. */
  #failed(waiters: readonly Waiter[], notes: readonly Note[], thrown: unknown): void {
    this.#waiters = this.#waiters.slice(waiters.length);
    for (const { refuse } of waiters) refuse(thrown);
    if (waiters.length === 0 && notes.length > 0) this.#parts.onError(thrown);
  }

  #now(): number {
    return this.#parts.clock.now().getTime();
  }
}

function endTask(book: RateBook | undefined, task: string): void {
  if (book !== undefined) book.running = book.running.filter((each) => each.id !== task);
}

function tooMany(key: string, waitMs: number): SpringtideError {
  return new SpringtideError(
    'rate-limited',
    `the call budget of ${key} is used up for the next ${Math.ceil(waitMs)} ms, which is after the deadline; nothing was sent`,
    { retryAfterMs: Math.ceil(waitMs) },
  );
}
