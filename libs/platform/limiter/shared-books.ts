import { SpringtideError } from '@springtide/kernel';
import type { Database } from '../database/database.js';

const ADD = `
  insert into rate_book (key, book) select key, '{}' from unnest($1::text[]) as n (key) order by key
  on conflict (key) do nothing`;

/**
 * Writes all the books if all are still as they were thought to be, and else none; says in any case what there is. Rows are
 * locked in one order everywhere, and for this one statement only.
 */
const WRITE = `
  with wish as (select * from unnest($1::text[], $2::jsonb[], $3::jsonb[]) as w (key, before, book)),
    found as (select r.key, r.book from rate_book r where r.key = any($1) order by r.key for update),
    fits as (
      select count(*) = (select count(*) from wish) as all_do
      from found join wish using (key) where found.book = wish.before),
    written as (
      update rate_book r set book = wish.book from wish, fits
      where fits.all_do and r.key = wish.key and r.book <> wish.book)
  select key, book, all_do as written from found, fits`;

type Row<TBook> = Readonly<{ key: string; book: TBook | Record<string, never>; written: boolean }>;

/** Tries after which somebody must look why nobody gets through. */
const MOST_TRIES = 1_000;

/** Small JSON books in PostgreSQL that several processes change, as if one after the other. */
export class SharedBooks<TBook extends object> {
  /** As they were last seen, in JSON: mostly they still are. `{}` is a book that nobody has written yet. */
  readonly #seen = new Map<string, string>();

  /** @param job names the work in errors. */
  constructor(
    private readonly database: Database,
    private readonly job: string,
  ) {}

  /**
   * Lets `work` change the books of these keys; nobody else comes between. `work` is called again with what there is when
   * somebody was quicker, so it depends on the books alone.
   */
  async change<T>(keys: readonly string[], work: (books: Map<string, TBook>) => T): Promise<T> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const before = keys.map((key) => this.#seen.get(key) ?? '{}');
      const books = new Map(keys.flatMap((key, at) => parsed<TBook>(key, before[at] ?? '{}')));
      const answer = work(books);
      const after = keys.map((key) => JSON.stringify(books.get(key) ?? {}));
      const rows = await this.database.systemStatement<Row<TBook>>(WRITE, [keys, before, after]);
      if (rows.length < keys.length) {
        await this.database.systemStatement(ADD, [keys]);
      } else if (rows[0]?.written === true) {
        keys.forEach((key, at) => this.#seen.set(key, after[at] ?? '{}'));
        return answer;
      } else {
        for (const { key, book } of rows) this.#seen.set(key, JSON.stringify(book));
      }
    }
    throw new SpringtideError('unavailable', `${this.job}: others were quicker ${MOST_TRIES} times`, {
      effect: 'none',
    });
  }
}

function parsed<TBook>(key: string, text: string): [string, TBook][] {
  return text === '{}' ? [] : [[key, JSON.parse(text) as TBook]];
}
