import type { RateBudget } from '../../contract/rates.js';

/** Lower goes first. `overdue` is a `sync` call that has waited too long; see admission. */
export const RANKS = { overdue: -1, 'scale-back': 0, change: 1, read: 2, sync: 3 } as const;
export type Rank = (typeof RANKS)[keyof typeof RANKS];

/** Callers of one process that wait for a budget with one rank; kept fresh by it, and gone with it. */
export type WaitingClaim = { by: string; rank: Rank; since: number; cost: number; until: number };

/** A task under way; a process that died gives its place back at `until`. */
export type RunningTask = { id: string; cost: number; until: number };

/** What is known of one budget, as all processes share it. Times in milliseconds since 1970. Plain JSON. */
export type RateBook = {
  /** Up to when it was counted. */
  at: number;
  /** Token budgets: what may be spent now. */
  tokens: number;
  /** Window budgets: when (sliding) or in which window (calendar), and how much. */
  spent: [number, number][];
  running: RunningTask[];
  /** What is left of the declared budget after the cloud refused calls; 1 is all of it. */
  factor: number;
  loweredAt: number;
  closedUntil: number;
  /** When an overdue call last went before the others. */
  overdueAt: number;
  waiting: WaitingClaim[];
};

export function newBook(budget: RateBudget, now: number): RateBook {
  return {
    at: now,
    tokens: 'burst' in budget ? budget.burst : 0,
    spent: [],
    running: [],
    factor: 1,
    loweredAt: 0,
    closedUntil: 0,
    overdueAt: 0,
    waiting: [],
  };
}
