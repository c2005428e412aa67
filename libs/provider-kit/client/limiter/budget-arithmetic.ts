import { SECOND } from '@springtide/kernel';
import type { RateBudget, WindowBudget } from '../../contract/rates.js';
import type { RateBook } from './rate-book.js';

const LOWEST_FACTOR = 0.1;
const BACK_OFF = 0.8;
const RECOVERY_PER_SECOND = 0.01;
/** Refusals of calls that were sent together are one piece of news. */
const ONE_NEWS_MS = SECOND;
/** How often to look whether a task of another process has ended. */
const TASK_LOOK_MS = 100;
const TOLERANCE = 1e-9;
/** Answers come closer together than calls were sent; a caller that had to wait for a token waits this much longer. */
const MARGIN_MS = 20;

/** Brings a book to `now`: tokens flow in, windows and dead tasks pass, what throttling took comes back slowly. */
export function settle(book: RateBook, budget: RateBudget, now: number): void {
  const seconds = Math.max(0, now - book.at) / SECOND;
  if ('burst' in budget) {
    book.tokens = Math.min(budget.burst, book.tokens + seconds * budget.perSecond * book.factor);
  }
  if ('window' in budget) book.spent = book.spent.filter(([mark]) => countsStill(mark, budget, now));
  book.running = book.running.filter((task) => task.until > now);
  book.factor = Math.min(1, book.factor + seconds * RECOVERY_PER_SECOND);
  book.at = Math.max(book.at, now);
}

/** The most that can be spent at one moment. */
export function sizeOf(book: RateBook, budget: RateBudget): number {
  if ('burst' in budget) return budget.burst;
  const whole = 'window' in budget ? budget.most : budget.atOnce;
  return Math.max(1, Math.floor(whole * book.factor + TOLERANCE));
}

/** What can be spent now, of a settled book. */
export function roomIn(book: RateBook, budget: RateBudget, now: number): number {
  if (book.closedUntil > now) return Number.NEGATIVE_INFINITY;
  if ('burst' in budget) return book.tokens + TOLERANCE;
  const size = sizeOf(book, budget);
  if (!('window' in budget)) return size - sum(book.running.map((task) => task.cost));
  if (budget.window === 'sliding') return size - sum(book.spent.map(([, cost]) => cost));
  return size - Math.max(...windowsAt(budget, now).map((index) => spentIn(book, index)));
}

export function spend(book: RateBook, budget: RateBudget, cost: number, task: string, until: number): void {
  if ('burst' in budget) book.tokens -= cost;
  else if (!('window' in budget)) book.running.push({ id: task, cost, until });
  else if (budget.window === 'sliding') book.spent.push([book.at, cost]);
  else for (const index of windowsAt(budget, book.at)) book.spent.push([index, cost]);
}

export function isSliding(budget: RateBudget): boolean {
  return 'window' in budget && budget.window === 'sliding';
}

/** Moves what was spent at one instant to a later one. */
export function postpone(book: RateBook | undefined, from: number, cost: number, to: number): void {
  const entry = book?.spent.find(([mark, amount]) => mark === from && amount === cost);
  if (entry === undefined) return;
  entry[0] = to;
  book?.spent.sort((a, b) => a[0] - b[0]);
}

/** Milliseconds until so much can be spent, if nobody else spends; of a settled book. */
export function readyIn(book: RateBook, budget: RateBudget, amount: number, now: number): number {
  const closedMs = Math.max(0, book.closedUntil - now);
  if ('burst' in budget) {
    const tokens = book.tokens + (closedMs / SECOND) * budget.perSecond * book.factor;
    const missing = amount - tokens;
    return closedMs + (missing > 0 ? (missing / (budget.perSecond * book.factor)) * SECOND + MARGIN_MS : 0);
  }
  if (!('window' in budget)) return Math.max(closedMs, TASK_LOOK_MS);
  return Math.max(closedMs, windowReadyIn(book, budget, amount, now));
}

/** The rate over a long time, in spending per millisecond. */
export function perMs(book: RateBook, budget: RateBudget): number {
  if ('burst' in budget) return (budget.perSecond * book.factor) / SECOND;
  return sizeOf(book, budget) / ('window' in budget ? budget.everyMs : budget.typicalMs);
}

/** The cloud refused a call as too many: a fifth less for everybody, and nothing before it says that it may. */
export function lower(
  book: RateBook,
  budget: RateBudget,
  retryAfterMs: number | undefined,
  now: number,
): void {
  settle(book, budget, now);
  if (now - book.loweredAt >= ONE_NEWS_MS) {
    book.factor = Math.max(LOWEST_FACTOR, book.factor * BACK_OFF);
    book.loweredAt = now;
  }
  if ('burst' in budget) book.tokens = Math.min(book.tokens, 0);
  const closedMs = 'window' in budget ? Math.max(retryAfterMs ?? 0, windowLeft(budget, now)) : retryAfterMs;
  book.closedUntil = Math.max(book.closedUntil, now + (closedMs ?? 0));
}

function windowReadyIn(book: RateBook, budget: WindowBudget, amount: number, now: number): number {
  const size = sizeOf(book, budget);
  // What is more than one window can hold needs further windows after the first that is free.
  const further = Math.max(0, Math.ceil(amount / size) - 1) * budget.everyMs;
  const needed = amount - Math.floor(further / budget.everyMs) * size;
  if (roomIn(book, budget, now) >= needed) return further;
  if (budget.window === 'calendar') return windowLeft(budget, now) + further;
  let freed = size - sum(book.spent.map(([, cost]) => cost));
  for (const [mark, cost] of book.spent) {
    freed += cost;
    if (freed >= needed) return Math.max(0, mark + lengthOf(budget) - now) + further;
  }
  return lengthOf(budget) + further;
}

/** Until the next window; for a sliding one, until all of it is new. */
function windowLeft(budget: WindowBudget, now: number): number {
  if (budget.window === 'sliding') return lengthOf(budget);
  const next = Math.floor((now - guardOf(budget)) / budget.everyMs) + 1;
  return next * budget.everyMs + guardOf(budget) - now;
}

function countsStill(mark: number, budget: WindowBudget, now: number): boolean {
  if (budget.window === 'sliding') return mark + lengthOf(budget) > now;
  return mark >= (windowsAt(budget, now)[0] ?? mark);
}

/** Near a boundary a call may be counted by the cloud in either window, so it is booked in both. */
function windowsAt(budget: WindowBudget, now: number): number[] {
  const from = Math.floor((now - guardOf(budget)) / budget.everyMs);
  const to = Math.floor((now + guardOf(budget)) / budget.everyMs);
  return from === to ? [from] : [from, to];
}

/** Two calls can come closer together on their way; the cloud must not see more of them than in its own window. */
function lengthOf(budget: WindowBudget): number {
  return budget.everyMs + guardOf(budget);
}

function guardOf(budget: WindowBudget): number {
  return Math.min(SECOND, budget.everyMs / 50);
}

function spentIn(book: RateBook, index: number): number {
  return sum(book.spent.filter(([mark]) => mark === index).map(([, cost]) => cost));
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
