import fc from 'fast-check';
import type { RateBudget } from '../../contract/rates.js';
import { admit, type Ask } from './admission.js';
import { lower } from './budget-arithmetic.js';
import { RANKS, newBook, type Rank, type RateBook } from './rate-book.js';

const KEY = 'aws/a/r/read';
const budgets: fc.Arbitrary<RateBudget> = fc.oneof(
  fc.record({ burst: fc.integer({ min: 1, max: 50 }), perSecond: fc.integer({ min: 1, max: 40 }) }),
  fc.record({
    most: fc.integer({ min: 1, max: 50 }),
    everyMs: fc.constantFrom(1_000, 60_000),
    window: fc.constantFrom('sliding', 'calendar'),
  }),
);

/** One caller of one of four processes, some time after the one before it. */
const callers = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 700 }),
    process: fc.constantFrom('p1', 'p2', 'p3', 'p4'),
    rank: fc.constantFrom<Rank>(RANKS['scale-back'], RANKS.change, RANKS.read, RANKS.sync),
    cost: fc.integer({ min: 1, max: 3 }),
  }),
  { minLength: 1, maxLength: 60 },
);

type Sent = Readonly<{ at: number; cost: number; ask: Ask }>;

/** Processes that look whenever they were told to, on one clock. */
class World {
  readonly books = new Map<string, RateBook>();
  readonly sent: Sent[] = [];
  readonly #waiting = new Map<string, Ask[]>();
  readonly #looks = new Map<string, number>();
  #order = 0;
  now: number;

  constructor(
    readonly budget: RateBudget,
    start = 1_000_000_007,
  ) {
    this.now = start;
  }

  come(process: string, rank: Rank, cost = 1): void {
    this.#order += 1;
    const draws = [{ key: KEY, budget: this.budget, cost }];
    const ask = { order: this.#order, rank, since: this.now, deadline: Number.MAX_SAFE_INTEGER, draws };
    this.#waiting.set(process, [...(this.#waiting.get(process) ?? []), ask]);
    this.#look(process);
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = [...this.#looks].toSorted((a, b) => a[1] - b[1])[0];
      if (next === undefined || next[1] > end) break;
      this.now = Math.max(this.now, next[1]);
      this.#look(next[0]);
    }
    this.now = end;
  }

  waits(): number {
    return [...this.#waiting.values()].flat().length;
  }

  #look(process: string): void {
    const asks = this.#waiting.get(process) ?? [];
    const { granted, askAgainMs } = admit(this.books, process, asks, this.now);
    const orders = new Set(granted.map((ask) => ask.order));
    for (const ask of granted) this.sent.push({ at: this.now, cost: ask.draws[0]?.cost ?? 0, ask });
    this.#waiting.set(
      process,
      asks.filter((ask) => !orders.has(ask.order)),
    );
    if (askAgainMs === undefined) this.#looks.delete(process);
    else this.#looks.set(process, this.now + askAgainMs);
  }
}

/** What the cloud would count, had it started with full budgets; true when it would have refused a call. */
function cloudRefuses(budget: RateBudget, sent: readonly Sent[]): boolean {
  if ('burst' in budget) {
    let [tokens, at] = [budget.burst, sent[0]?.at ?? 0];
    return sent.some((call) => {
      tokens = Math.min(budget.burst, tokens + ((call.at - at) / 1_000) * budget.perSecond);
      at = call.at;
      tokens -= Math.min(call.cost, budget.burst);
      return tokens < -1e-6;
    });
  }
  if (!('window' in budget)) return false;
  const whole = (calls: readonly Sent[]) =>
    calls.length > 1 && calls.reduce((total, call) => total + call.cost, 0) > budget.most;
  return sent.some(({ at }) => {
    const start = budget.window === 'calendar' ? at - (at % budget.everyMs) : at;
    return whole(sent.filter((call) => call.at >= start && call.at < start + budget.everyMs));
  });
}

describe('admission', () => {
  it('never sends more than the cloud allows, whoever asks when, and lets everybody go in the end', () => {
    fc.assert(
      fc.property(budgets, callers, (budget, all) => {
        const world = new World(budget);
        for (const { afterMs, process, rank, cost } of all) {
          world.pass(afterMs);
          world.come(process, rank, cost);
        }
        for (let n = 0; n < 4_000 && world.waits() > 0; n += 1) world.pass(5_000);
        expect(world.waits()).toBe(0);
        expect(cloudRefuses(budget, world.sent)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('serves higher ranks first, also those of another process, and equals by age', () => {
    const world = new World({ burst: 1, perSecond: 1 });
    world.come('p1', RANKS.read);
    world.come('p1', RANKS.read);
    world.pass(10);
    world.come('p2', RANKS.read);
    world.pass(10);
    world.come('p2', RANKS.change);
    world.pass(10);
    world.come('p3', RANKS['scale-back']);
    world.pass(10_000);
    expect(world.sent.map(({ ask }) => ask.order)).toEqual([1, 5, 4, 2, 3]);
  });

  it('keeps a part of the budget from sync, so that a campaign that starts need not wait', () => {
    const world = new World({ burst: 100, perSecond: 20 });
    for (let n = 0; n < 500; n += 1) world.come('p1', RANKS.sync);
    expect(world.sent).toHaveLength(70);
    world.pass(1_000);
    for (let n = 0; n < 30; n += 1) world.come('p2', RANKS.change);
    const ofCampaign = world.sent.filter(({ ask }) => ask.rank === RANKS.change);
    expect(ofCampaign.map(({ at }) => at)).toEqual(Array.from({ length: 30 }, () => world.now));
    const before = world.sent.length;
    world.pass(10_000);
    expect(world.sent.length - before).toBeGreaterThan(160);
  });

  it('does not let sync starve while a campaign takes everything, nor gives it more than a tenth then', () => {
    const world = new World({ burst: 10, perSecond: 10 });
    for (let n = 0; n < 200; n += 1) world.come('p1', RANKS.sync);
    const early = world.sent.length;
    for (let second = 0; second < 120; second += 1) {
      for (let n = 0; n < 12; n += 1) world.come('p2', RANKS.change);
      world.pass(1_000);
    }
    const late = world.sent.slice(early).filter(({ ask }) => ask.rank === RANKS.overdue).length;
    expect(late).toBeGreaterThanOrEqual(40);
    expect(late).toBeLessThanOrEqual(120);
  });

  it('forgets the claims of a process that died', () => {
    const world = new World({ burst: 1, perSecond: 1 });
    world.come('p1', RANKS.read);
    const dead: Ask = {
      order: 1,
      rank: RANKS['scale-back'],
      since: world.now,
      deadline: Number.MAX_SAFE_INTEGER,
      draws: [{ key: KEY, budget: world.budget, cost: 1 }],
    };
    admit(world.books, 'dead', [dead], world.now);
    world.come('p1', RANKS.read);
    world.pass(2_000);
    expect(world.sent).toHaveLength(1);
    world.pass(3_000);
    expect(world.sent).toHaveLength(2);
  });

  it('gives several budgets together or none of them', () => {
    const calls: RateBudget = { burst: 5, perSecond: 2 };
    const machines: RateBudget = { counts: 'machines', burst: 150, perSecond: 2 };
    const books = new Map<string, RateBook>();
    const ask = (order: number): Ask => ({
      order,
      rank: RANKS.change,
      since: 0,
      deadline: 1_000,
      draws: [
        { key: 'calls', budget: calls, cost: 1 },
        { key: 'machines', budget: machines, cost: 100 },
      ],
    });
    const { granted, late } = admit(books, 'p1', [ask(1), ask(2)], 0);
    expect(granted.map(({ order }) => order)).toEqual([1]);
    expect(late).toMatchObject([{ key: 'machines', waitMs: 25_020 }]);
    expect(books.get('calls')?.tokens).toBe(4);
  });

  it('counts what is under way, and gives the place of a dead process back at its deadline', () => {
    const budget: RateBudget = { atOnce: 20, typicalMs: 60_000, counts: 'machines' };
    const books = new Map<string, RateBook>();
    const ask = (order: number, deadline: number): Ask => ({
      order,
      rank: RANKS.change,
      since: 0,
      deadline,
      draws: [{ key: KEY, budget, cost: 15 }],
    });
    expect(admit(books, 'p1', [ask(1, 5_000)], 0).granted).toHaveLength(1);
    expect(admit(books, 'p2', [ask(1, 90_000)], 100).granted).toHaveLength(0);
    expect(admit(books, 'p2', [ask(1, 90_000)], 5_000).granted).toHaveLength(1);
  });

  it('lowers by a fifth once for refusals of the same second, waits as told, and recovers slowly', () => {
    const budget: RateBudget = { burst: 100, perSecond: 10 };
    const start = 1_000_000;
    const book = newBook(budget, start);
    for (let n = 0; n < 10; n += 1) lower(book, budget, 700, start + n);
    expect(book.factor).toBeCloseTo(0.8);
    expect(book.closedUntil).toBe(start + 709);
    lower(book, budget, undefined, start + 10_000);
    expect(book.factor).toBeCloseTo((0.8 + 0.1) * 0.8);
    lower(book, budget, undefined, start + 10_500);
    expect(book.factor).toBeCloseTo((0.8 + 0.1) * 0.8 + 0.005);
    lower(book, budget, undefined, start + 60_000);
    expect(book.factor).toBeCloseTo(0.8);
  });

  it('waits for the next minute when a calendar window refused', () => {
    const budget: RateBudget = { most: 5, everyMs: 60_000, window: 'calendar' };
    const world = new World(budget, 60_000 * 1_000 + 20_000);
    world.come('p1', RANKS.change);
    const book = world.books.get(KEY);
    if (book === undefined) throw new Error('there is no book');
    lower(book, budget, undefined, world.now);
    world.come('p1', RANKS.change);
    world.pass(40_000);
    expect(world.sent).toHaveLength(1);
    world.pass(2_000);
    expect(world.sent).toHaveLength(2);
  });
});
