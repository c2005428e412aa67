import { testDatabase, type TestDatabase } from '@springtide/testing';
import { Database } from '../database/database.js';
import { Roles1760000000000 } from '../database/roles.migration.js';
import { limiterSchema } from './limiter.migration.js';
import { SharedBooks } from './shared-books.js';

type Count = { count: number };

const parts = [{ entities: [], migrations: [Roles1760000000000] }, limiterSchema];
let db: TestDatabase;
const others: Database[] = [];
beforeAll(async () => {
  db = await testDatabase(parts);
  for (let n = 0; n < 3; n += 1) others.push(await Database.connect(db.urls, parts, 4));
}, 120_000);
afterAll(async () => {
  for (const other of others) await other.close();
  await db.drop();
});

function add(books: Map<string, Count>, keys: readonly string[]): number {
  for (const key of keys) books.set(key, { count: (books.get(key)?.count ?? 0) + 1 });
  return books.get(keys[0] ?? '')?.count ?? 0;
}

describe('shared books', () => {
  it('let nobody come between reading and writing, also when a book is new', async () => {
    const processes = others.map((database) => new SharedBooks<Count>(database, 'spec'));
    const seen = await Promise.all(
      Array.from({ length: 90 }, async (_, n) =>
        processes[n % 3]?.change(['spec/one'], (books) => add(books, ['spec/one'])),
      ),
    );
    expect(seen.toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(Array.from({ length: 90 }, (_, n) => n + 1));
  });

  it('change several books together, in whatever order they are named', async () => {
    const processes = others.map((database) => new SharedBooks<Count>(database, 'spec'));
    const keys = ['spec/a', 'spec/b', 'spec/c'];
    await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const chosen = n % 2 === 0 ? keys : keys.toReversed();
        await processes[n % 3]?.change(chosen, (books) => add(books, chosen));
      }),
    );
    const counts = await processes[0]?.change(keys, (books) => keys.map((key) => books.get(key)?.count));
    expect(counts).toEqual([60, 60, 60]);
  });

  it('begin anew after the server lost them', async () => {
    const books = new SharedBooks<Count>(db.database, 'spec');
    const work = async () => await books.change(['spec/lost'], (all) => add(all, ['spec/lost']));
    expect([await work(), await work()]).toEqual([1, 2]);
    await db.database.systemWork('spec', async (tx) => await tx.query('delete from rate_book'));
    expect(await work()).toBe(1);
  });
});
