import type { EntityManager } from 'typeorm';
import type { Database } from '../database/database.js';

const ADD = `
  insert into rate_book (key, book) select key, '{}' from unnest($1::text[]) as n (key) order by key
  on conflict (key) do nothing`;
/** Locked in one order everywhere, so that two changes never wait for each other. */
const READ = `select key, book from rate_book where key = any($1) order by key for update`;
const WRITE = `
  update rate_book r set book = n.book from unnest($1::text[], $2::jsonb[]) as n (key, book) where r.key = n.key`;

type Row<TBook> = Readonly<{ key: string; book: TBook | Record<string, never> }>;

/** Small JSON books in PostgreSQL that several processes change, one after the other. */
export class SharedBooks<TBook extends object> {
  /** Rows that were there once; after a crash of the server the unlogged table is empty. */
  readonly #known = new Set<string>();

  /** @param job names the work for the database's own statistics. */
  constructor(
    private readonly database: Database,
    private readonly job: string,
  ) {}

  /** Reads the books of these keys, lets `work` change them, and keeps them; nobody else comes between. */
  async change<T>(keys: readonly string[], work: (books: Map<string, TBook>) => T): Promise<T> {
    for (;;) {
      await this.#ensure(keys);
      const done = await this.database.systemWork(this.job, async (tx) => await this.#try(tx, keys, work));
      if (done !== undefined) return done.answer;
    }
  }

  /** Undefined when a row was not there. */
  async #try<T>(
    tx: EntityManager,
    keys: readonly string[],
    work: (books: Map<string, TBook>) => T,
  ): Promise<{ answer: T } | undefined> {
    const rows = await tx.query<Row<TBook>[]>(READ, [keys]);
    if (rows.length < keys.length) {
      for (const key of keys) this.#known.delete(key);
      return undefined;
    }
    const books = new Map(rows.flatMap(({ key, book }) => (isWritten<TBook>(book) ? [[key, book]] : [])));
    const answer = work(books);
    await tx.query(WRITE, [[...books.keys()], [...books.values()].map((book) => JSON.stringify(book))]);
    return { answer };
  }

  async #ensure(keys: readonly string[]): Promise<void> {
    const missing = keys.filter((key) => !this.#known.has(key));
    if (missing.length === 0) return;
    await this.database.systemWork(this.job, async (tx) => {
      await tx.query(ADD, [missing]);
    });
    for (const key of missing) this.#known.add(key);
  }
}

function isWritten<TBook extends object>(book: TBook | Record<string, never>): book is TBook {
  return Object.keys(book).length > 0;
}
