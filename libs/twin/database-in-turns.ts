import { AsyncLocalStorage } from 'node:async_hooks';
import { SpringtideError } from '@springtide/kernel';
import type { Database } from '@springtide/platform';
import type { VirtualTime } from './virtual-time.js';

/** What may happen to one unit of work. */
export type DatabaseFate = 'fine' | 'away' | 'answer-lost';

/**
 * The same database, one unit of work at a time. Before it and after its commit is an outside step: a process may die
 * with nothing done, or with everything done and nobody told.
 */
export function databaseInTurns(
  database: Database,
  time: VirtualTime,
  fate: () => DatabaseFate = () => 'fine',
): Database {
  const inside = new AsyncLocalStorage<true>();
  const inTurn = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
    if (inside.getStore() === true) throw nested();
    await time.turn(label);
    const met = fate();
    if (met === 'away') throw away();
    const result = await time.outside(inside.run(true, work));
    await time.turn(`${label} done`);
    if (met === 'answer-lost') throw away();
    return result;
  };
  return new Proxy(database, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function') return method;
      if (name !== 'unitOfWork' && name !== 'systemWork' && name !== 'systemStatement')
        return method.bind(target);
      return async (...args: unknown[]) =>
        inTurn('database', async () => (await Reflect.apply(method, target, args)) as unknown);
    },
  });
}

/** As the driver's error reads when PostgreSQL is stopped. */
function away(): SpringtideError {
  return new SpringtideError(
    'unavailable',
    'the database does not answer; nothing was changed by this request',
    {
      effect: 'none',
      retryAfterMs: 1_000,
    },
  );
}

/** Each holds a connection and waits for a second one: as many as the pool has connections, and nobody goes on. */
function nested(): SpringtideError {
  return new SpringtideError(
    'internal',
    'a unit of work waits for another one while it holds its connection',
  );
}
