import { SECOND, SpringtideError, parseInstant, type Clock, type Instant } from '@springtide/kernel';
import type { Database } from '../database/database.js';

type Key = Readonly<{ name: string; budget: Readonly<{ burst: number; perSecond: number }> }>;

const LOWEST_FACTOR = 0.1;
const BACK_OFF = 0.8;
const RECOVERY_PER_SECOND = 0.01;

const SECONDS = `greatest(0, extract(epoch from $4::timestamptz - b.updated_at)::float8)`;
const FACTOR = `least(1, b.factor + ${SECONDS} * ${RECOVERY_PER_SECOND})`;
const REFILLED = `least($2::float8, b.tokens + ${SECONDS} * $3::float8 * b.factor)`;

/** A caller books its tokens and waits for them outside the statement, so callers leave in the order they came. */
const ACQUIRE = `
  insert into rate_bucket as b (key, tokens, factor, updated_at)
  values ($1, $2::float8 - $5::float8, 1, $4::timestamptz)
  on conflict (key) do update set
    tokens = ${REFILLED} - $5::float8, factor = ${FACTOR}, updated_at = greatest(b.updated_at, $4::timestamptz)
  where ${REFILLED} - $5::float8 >= -($6::float8 * $3::float8 * ${FACTOR})
  returning b.tokens as tokens, b.factor as factor`;

const LOOK = `
  select ${REFILLED} - $5::float8 as tokens, ${FACTOR} as factor from rate_bucket b where key = $1`;

const THROTTLED = `
  insert into rate_bucket as b (key, tokens, factor, updated_at)
  values ($1, 0, ${BACK_OFF}, $4::timestamptz)
  on conflict (key) do update set
    tokens = least(${REFILLED}, 0), factor = greatest(${LOWEST_FACTOR}, ${FACTOR} * ${BACK_OFF}),
    updated_at = greatest(b.updated_at, $4::timestamptz)`;

type Row = Readonly<{ tokens: number; factor: number }>;

/** The call budgets of all accounts in PostgreSQL, so that several workers draw on one: one row, one statement each. */
export class SharedRateLimiter {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly onError: (thrown: unknown) => void,
  ) {}

  /**
   * Waits until `cost` calls may be sent.
   * @throws rate-limited with `effect: none` when that would be after the deadline.
   */
  async acquire(key: Key, cost: number, deadline: Instant): Promise<void> {
    const now = this.clock.now();
    const allowedMs = parseInstant(deadline).getTime() - now.getTime();
    const args = [key.name, key.budget.burst, key.budget.perSecond, now.toISOString(), cost];
    const { taken, row } = await this.database.systemWork('rate-limit', async (tx) => {
      const got = await tx.query<Row[]>(ACQUIRE, [...args, Math.max(0, allowedMs) / SECOND]);
      if (got[0]) return { taken: true, row: got[0] };
      return { taken: false, row: (await tx.query<Row[]>(LOOK, args))[0] };
    });
    const waitMs = waitFor(key, row);
    if (!taken || waitMs > allowedMs) throw tooMany(key, waitMs);
    if (waitMs > 0) await this.clock.sleep(waitMs);
  }

  /** The cloud refused a call as too many: all workers send less for a while. */
  throttled(key: Key): void {
    const args = [key.name, key.budget.burst, key.budget.perSecond, this.clock.now().toISOString()];
    this.database.systemWork('rate-limit', async (tx) => await tx.query(THROTTLED, args)).catch(this.onError);
  }
}

function waitFor(key: Key, row: Row | undefined): number {
  if (!row || row.tokens >= 0) return 0;
  return Math.ceil((-row.tokens / (key.budget.perSecond * row.factor)) * SECOND);
}

function tooMany(key: Key, waitMs: number): SpringtideError {
  return new SpringtideError(
    'rate-limited',
    `the call budget of ${key.name} is used up for the next ${waitMs} ms, which is after the deadline; nothing was sent`,
    { retryAfterMs: waitMs },
  );
}
