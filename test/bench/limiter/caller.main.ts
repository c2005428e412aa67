import { addMs, toInstant } from '@springtide/kernel';
import { Database, SharedBooks, limiterSchema, systemClock } from '@springtide/platform';
import { BookedRateLimiter } from '@springtide/provider-kit';
import type { CallerOrder } from './caller-order.js';

/** One process that draws on a budget it shares with others, as fast as it is let; prints when it was let. */
const order = JSON.parse(process.argv[2] ?? '') as CallerOrder;
const database = await Database.connect({ app: order.url, system: order.url }, [limiterSchema], 4);
const limiter = new BookedRateLimiter({
  books: new SharedBooks(database, 'rate-limit'),
  clock: systemClock,
  process: order.name,
  onError: (thrown) => {
    throw thrown;
  },
});
const draws = [{ key: `bench/${order.account}/r/launch`, budget: order.budget, cost: 1 }];

async function acquire(): Promise<number> {
  const deadline = addMs(toInstant(systemClock.now()), 60_000);
  const permit = await limiter.acquire({ lane: `bench/${order.account}`, draws, rank: 1, deadline });
  permit.end();
  return Date.now();
}

await systemClock.sleep(Math.max(0, order.startAt - Date.now()));
const times: number[] = [];
let left = order.calls;
await Promise.all(
  Array.from({ length: order.callers }, async () => {
    while (left > 0) {
      left -= 1;
      times.push(await acquire());
    }
  }),
);
await database.close();
process.stdout.write(`${JSON.stringify(times)}\n`);
