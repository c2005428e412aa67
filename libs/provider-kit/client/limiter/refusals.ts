import type { Draw } from './admission.js';
import { lower, roomIn, settle, sizeOf } from './budget-arithmetic.js';
import { newBook, type RateBook } from './rate-book.js';

/** Below this part of what was declared, a budget is no longer believed to be the reason. */
const EXPLAINED = 1 / 3;
/** Budgets whose rest differs by less, as parts of the whole, are equally near to their end. */
const ALIKE = 0.01;

/**
 * The cloud refused a call as too many and does not say of what. A call that draws on several budgets was most likely
 * refused for the one that is nearest to its end by our books: emptying the others as well would make everybody wait for
 * what is there. Refusals that go on although that one was lowered again and again have another reason, so then all are.
 */
export function noteRefusal(
  books: Map<string, RateBook>,
  draws: readonly Draw[],
  retryAfterMs: number | undefined,
  now: number,
): void {
  const rooms = draws.map(({ key, budget }) => {
    const book = books.get(key) ?? newBook(budget, now);
    books.set(key, book);
    settle(book, budget, now);
    return { book, budget, left: Math.max(0, roomIn(book, budget, now)) / sizeOf(book, budget) };
  });
  const least = Math.min(...rooms.map(({ left }) => left));
  const isSuspect = (left: number): boolean => left <= least + ALIKE;
  const isExplained = rooms.some(({ book, left }) => isSuspect(left) && book.factor > EXPLAINED);
  for (const { book, budget, left } of rooms) {
    if (isSuspect(left) || !isExplained) lower(book, budget, retryAfterMs, now);
  }
}
