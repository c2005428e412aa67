import { SpringtideError, addMs } from '@springtide/kernel';
import { fakeClock, testDatabase, type TestDatabase } from '@springtide/testing';
import { Roles1760000000000 } from '../database/roles.migration.js';
import { limiterSchema } from './limiter.migration.js';
import { SharedRateLimiter } from './shared-rate-limiter.js';

const START = '2026-11-01T00:00:00.000Z';
let db: TestDatabase;
beforeAll(async () => {
  const roles = { entities: [], migrations: [Roles1760000000000] };
  db = await testDatabase([roles, limiterSchema]);
}, 120_000);
afterAll(() => db.drop());

const budget = { burst: 5, perSecond: 10 };
let count = 0;
function setUp() {
  count += 1;
  const clock = fakeClock(START);
  const errors: unknown[] = [];
  const limiter = () => new SharedRateLimiter(db.database, clock, (thrown) => errors.push(thrown));
  return { clock, errors, limiter, key: { name: `spec/${count}`, budget } };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'taken',
    (thrown: unknown) => (thrown instanceof SpringtideError ? thrown.code : String(thrown)),
  );
}

describe('the shared call budget', () => {
  it('is one for all processes: the burst at once, the rest refused when the deadline is too near', async () => {
    const { limiter, key } = setUp();
    const [a, b] = [limiter(), limiter()];
    const calls = Array.from({ length: 20 }, (_, n) => codeOf((n % 2 ? a : b).acquire(key, 1, START)));
    const codes = await Promise.all(calls);
    expect(codes.filter((code) => code === 'taken')).toHaveLength(5);
    expect(codes.filter((code) => code === 'rate-limited')).toHaveLength(15);
  });

  it('makes later callers wait their turn', async () => {
    const { clock, limiter, key } = setUp();
    const shared = limiter();
    const deadline = addMs(START, 1_000);
    const done = Promise.all(Array.from({ length: 10 }, () => shared.acquire(key, 1, deadline)));
    while (clock.slept() < 1_500) await new Promise((resolve) => setTimeout(resolve, 5));
    // Five of ten wait 100, 200 … 500 ms.
    expect(clock.slept()).toBe(1_500);
    await clock.advance(500);
    await done;
  });

  it('fills again with time, up to the burst', async () => {
    const { clock, limiter, key } = setUp();
    const shared = limiter();
    for (let n = 0; n < 5; n += 1) await shared.acquire(key, 1, START);
    expect(await codeOf(shared.acquire(key, 1, START))).toBe('rate-limited');
    await clock.advance(60_000);
    const now = clock.now().toISOString();
    const codes = [];
    for (let n = 0; n < 6; n += 1) codes.push(await codeOf(shared.acquire(key, 1, now)));
    expect(codes).toEqual([...Array.from({ length: 5 }, () => 'taken'), 'rate-limited']);
  });

  it('sends less after the cloud throttled, and recovers', async () => {
    const { clock, errors, limiter, key } = setUp();
    const shared = limiter();
    shared.throttled(key);
    const slowed = async (): Promise<number> => {
      const rows = await db.database.systemWork('spec', (tx) =>
        tx.query<{ factor: number }[]>('select factor from rate_bucket where key = $1', [key.name]),
      );
      return rows[0]?.factor ?? 1;
    };
    while ((await slowed()) === 1) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await slowed()).toBeCloseTo(0.8);
    expect(await codeOf(shared.acquire(key, 1, START))).toBe('rate-limited');
    await clock.advance(60_000);
    await shared.acquire(key, 1, clock.now().toISOString());
    expect(await slowed()).toBe(1);
    expect(errors).toEqual([]);
  });
});
