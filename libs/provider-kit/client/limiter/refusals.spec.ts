import type { RateBudget } from '../../contract/rates.js';
import type { Draw } from './admission.js';
import { newBook, type RateBook } from './rate-book.js';
import { noteRefusal } from './refusals.js';

const START = 1_000_000;
const calls: RateBudget = { burst: 5, perSecond: 2 };
const machines: RateBudget = { counts: 'machines', burst: 1_000, perSecond: 2 };
const draws: readonly Draw[] = [
  { key: 'calls', budget: calls, cost: 1 },
  { key: 'machines', budget: machines, cost: 100 },
];

function booksWith(callsLeft: number, machinesLeft: number): Map<string, RateBook> {
  return new Map([
    ['calls', { ...newBook(calls, START), tokens: callsLeft }],
    ['machines', { ...newBook(machines, START), tokens: machinesLeft }],
  ]);
}

function tokens(books: ReadonlyMap<string, RateBook>): readonly (number | undefined)[] {
  return [books.get('calls')?.tokens, books.get('machines')?.tokens];
}

describe('a refusal of a call that draws on several budgets', () => {
  it.each([
    ['calls', 1, 900, [0, 900]],
    ['machines', 4, 100, [4, 0]],
    ['neither more than the other', 5, 1_000, [0, 0]],
  ])('is put down to what is nearest to its end: %s', (_what, callsLeft, machinesLeft, expected) => {
    const books = booksWith(callsLeft, machinesLeft);
    noteRefusal(books, draws, undefined, START);
    expect(tokens(books)).toEqual(expected);
  });

  it('has another reason when it comes again and again although that was lowered', () => {
    const books = booksWith(1, 900);
    for (let second = 0; second < 5; second += 1)
      noteRefusal(books, draws, undefined, START + second * 1_000);
    expect(tokens(books)[1]).toBeGreaterThan(900);
    for (let second = 5; second < 8; second += 1)
      noteRefusal(books, draws, undefined, START + second * 1_000);
    expect(tokens(books)[1]).toBe(0);
  });

  it('is remembered for budgets that nobody has used yet', () => {
    const books = new Map<string, RateBook>();
    noteRefusal(books, draws, 700, START);
    expect([...books.values()].map(({ closedUntil }) => closedUntil)).toEqual([START + 700, START + 700]);
  });
});
