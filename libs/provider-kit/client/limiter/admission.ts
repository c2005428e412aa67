import { SECOND } from '@springtide/kernel';
import type { RateBudget } from '../../contract/rates.js';
import { perMs, readyIn, roomIn, settle, sizeOf, spend } from './budget-arithmetic.js';
import { RANKS, newBook, type Rank, type RateBook } from './rate-book.js';

/** So much of one budget, all of which are given together or not at all. */
export type Draw = Readonly<{ key: string; budget: RateBudget; cost: number }>;

/** A caller that waits. `order` is unique in its process; `since` and `deadline` in milliseconds since 1970. */
export type Ask = Readonly<{
  order: number;
  rank: Rank;
  since: number;
  deadline: number;
  draws: readonly Draw[];
}>;

export type Admission = Readonly<{
  granted: readonly Ask[];
  /** Would only be granted after their deadline. */
  late: readonly Readonly<{ ask: Ask; key: string; waitMs: number }>[];
  /** When to ask again for the rest; undefined when nobody waits. */
  askAgainMs: number | undefined;
}>;

/** Sync leaves so much of every budget for campaigns, so that one that starts need not wait for it. */
const KEPT_FROM_SYNC = 0.3;
/** A sync call that waited so long goes before everybody, but such calls get no more than a tenth of the rate. */
const OVERDUE_MS = 30 * SECOND;
const OVERDUE_SHARE = 0.1;
/** A process that waits asks at least this often; after three times that it is taken for dead. */
const ASK_AGAIN_MS = SECOND;
const CLAIM_MS = 3 * ASK_AGAIN_MS;

/**
 * Grants what can be granted now to the callers of process `by`, who are all that wait there, in the order of rank and
 * age, and never before callers of other processes that come first. Changes the books in place.
 */
export function admit(
  books: Map<string, RateBook>,
  by: string,
  asks: readonly Ask[],
  now: number,
): Admission {
  prepare(books, by, asks, now);
  const held = new Map<string, number>();
  const granted: Ask[] = [];
  const late: { ask: Ask; key: string; waitMs: number }[] = [];
  const waiting: Ask[] = [];
  let askAgainMs: number | undefined;
  for (const ask of ranked(books, by, asks, now)) {
    const obstacle = obstacleOf(books, by, ask, held, now);
    if (obstacle === undefined) {
      take(books, by, ask, now);
      granted.push(ask);
      continue;
    }
    if (now + obstacle.waitMs > ask.deadline) {
      late.push({ ask, ...obstacle });
      continue;
    }
    for (const draw of ask.draws) held.set(draw.key, (held.get(draw.key) ?? 0) + draw.cost);
    waiting.push(ask);
    askAgainMs = Math.min(askAgainMs ?? ASK_AGAIN_MS, nextLook(obstacle.waitMs));
  }
  claim(books, by, waiting, now);
  return { granted, late, askAgainMs };
}

/** In equal steps, so that the last one is not early. */
function nextLook(waitMs: number): number {
  return Math.max(1, Math.ceil(waitMs / Math.ceil(waitMs / ASK_AGAIN_MS)));
}

function prepare(books: Map<string, RateBook>, by: string, asks: readonly Ask[], now: number): void {
  for (const { key, budget } of asks.flatMap((ask) => ask.draws)) {
    const book = books.get(key) ?? newBook(budget, now);
    settle(book, budget, now);
    books.set(key, book);
  }
  for (const book of books.values()) {
    book.waiting = book.waiting.filter((claim) => claim.by !== by && claim.until > now);
  }
}

function ranked(books: ReadonlyMap<string, RateBook>, by: string, asks: readonly Ask[], now: number): Ask[] {
  const ordered = asks.toSorted((a, b) => a.rank - b.rank || a.since - b.since || a.order - b.order);
  const overdue = ordered.find((ask) => mayGoFirst(books, by, ask, now));
  if (overdue === undefined) return ordered;
  return [{ ...overdue, rank: RANKS.overdue }, ...ordered.filter((ask) => ask !== overdue)];
}

function mayGoFirst(books: ReadonlyMap<string, RateBook>, by: string, ask: Ask, now: number): boolean {
  if (ask.rank !== RANKS.sync || now - ask.since < OVERDUE_MS) return false;
  return ask.draws.every(({ key, budget, cost }) => {
    const book = bookOf(books, key);
    const rest = cost / (OVERDUE_SHARE * perMs(book, budget));
    const another = book.waiting.some((claim) => claim.rank === RANKS.overdue && claim.by !== by);
    return !another && now - book.overdueAt >= rest;
  });
}

function obstacleOf(
  books: ReadonlyMap<string, RateBook>,
  by: string,
  ask: Ask,
  held: ReadonlyMap<string, number>,
  now: number,
): { key: string; waitMs: number } | undefined {
  let worst: { key: string; waitMs: number } | undefined;
  for (const { key, budget, cost } of ask.draws) {
    const book = bookOf(books, key);
    const size = sizeOf(book, budget);
    const kept = ask.rank === RANKS.sync ? Math.floor(size * KEPT_FROM_SYNC) : 0;
    // More than the budget can ever hold goes when all of it is there.
    const needed = Math.min(cost, size - kept) + kept + ahead(book, by, ask) + (held.get(key) ?? 0);
    if (roomIn(book, budget, now) >= needed) continue;
    const waitMs = readyIn(book, budget, needed, now);
    if (worst === undefined || waitMs > worst.waitMs) worst = { key, waitMs };
  }
  return worst;
}

/** What callers of other processes claim that come before this one. */
function ahead(book: RateBook, by: string, ask: Ask): number {
  return book.waiting
    .filter((claim) => claim.by !== by && comesBefore(claim, by, ask))
    .reduce((total, claim) => total + claim.cost, 0);
}

function comesBefore(claim: { by: string; rank: Rank; since: number }, by: string, ask: Ask): boolean {
  if (claim.rank !== ask.rank) return claim.rank < ask.rank;
  return claim.since === ask.since ? claim.by < by : claim.since < ask.since;
}

function take(books: ReadonlyMap<string, RateBook>, by: string, ask: Ask, now: number): void {
  for (const { key, budget, cost } of ask.draws) {
    const book = bookOf(books, key);
    spend(book, budget, cost, taskId(by, ask), ask.deadline);
    if (ask.rank === RANKS.overdue) book.overdueAt = now;
  }
}

/** The task of a granted ask, by which it is ended again. */
export function taskId(by: string, ask: Pick<Ask, 'order'>): string {
  return `${by}/${ask.order}`;
}

function claim(books: ReadonlyMap<string, RateBook>, by: string, waiting: readonly Ask[], now: number): void {
  for (const { rank, since, draws } of waiting) {
    for (const { key, cost } of draws) {
      const book = bookOf(books, key);
      const own = book.waiting.find((each) => each.by === by && each.rank === rank);
      if (own === undefined) book.waiting.push({ by, rank, since, cost, until: now + CLAIM_MS });
      else {
        own.cost += cost;
        own.since = Math.min(own.since, since);
      }
    }
  }
}

function bookOf(books: ReadonlyMap<string, RateBook>, key: string): RateBook {
  const book = books.get(key);
  if (book === undefined) throw new Error(`the book of ${key} was not read`);
  return book;
}
