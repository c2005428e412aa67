import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { asSpringtideError, type Clock } from '@springtide/kernel';
import type { Database } from '../database/database.js';
import type { Logger } from '../log/logger.js';

export type FollowedTime = Readonly<{
  /** Milliseconds since 1970, as the one clock says that all processes share. */
  read(): Promise<number>;
  /** Milliseconds that never jump, from any beginning. */
  monotonicMs(): number;
  /** How often the shared clock is asked. */
  everyMs: number;
  log: Pick<Logger, 'warn'>;
}>;

/** `stop` ends the asking; the clock goes on from what it knows. */
type FollowingClock = Clock & Readonly<{ stop(): void }>;

/** A reading that took longer says too little about when it was true. */
const SLOWEST_READING_MS = 1_000;

/**
 * The time of the database, which all processes share. What is due, and what has lapsed, is judged by it: the clock of
 * one machine may be minutes wrong, or jump by an hour, and that machine still neither begins nor ends anything early.
 * @throws unavailable when the database cannot be asked at the start.
 */
export async function databaseClock(database: Database, log: Pick<Logger, 'warn'>): Promise<Clock> {
  const read = async (): Promise<number> => {
    const sql = 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms';
    return z.tuple([z.object({ ms: z.number() })]).parse(await database.systemStatement(sql, []))[0].ms;
  };
  return await followClock({ read, monotonicMs: () => performance.now(), everyMs: 30_000, log });
}

/** @throws what the first reading throws; later ones that fail leave the clock as it goes. */
export async function followClock({
  read,
  monotonicMs,
  everyMs,
  log,
}: FollowedTime): Promise<FollowingClock> {
  let offsetMs: number | undefined;
  const ask = async (): Promise<void> => {
    const askedAt = monotonicMs();
    const at = await read();
    const answeredAt = monotonicMs();
    if (offsetMs !== undefined && answeredAt - askedAt > SLOWEST_READING_MS) return;
    offsetMs = at - (askedAt + answeredAt) / 2;
  };
  await ask();
  const asking = setInterval(() => {
    ask().catch((thrown: unknown) => {
      const { code, message } = asSpringtideError(thrown);
      log.warn(
        { code, reason: message },
        'the time of the database could not be read; the clock goes on without',
      );
    });
  }, everyMs);
  // It keeps no process alive.
  asking.unref();
  return {
    now: () => new Date(monotonicMs() + (offsetMs ?? 0)),
    sleep: async (ms) => {
      await wait(Math.max(0, ms));
    },
    stop: () => clearInterval(asking),
  };
}
