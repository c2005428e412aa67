import { migrate } from '@springtide/platform';
import { testDatabase, type TestDatabase } from '@springtide/testing';
import pg from 'pg';
import { schemaParts } from './index.js';

const roles = schemaParts().slice(0, 1);
const expected = schemaParts()
  .flatMap((part) => [...part.migrations])
  .map((Migration) => new Migration().name);

let db: TestDatabase;
beforeEach(async () => {
  db = await testDatabase(roles);
}, 120_000);
afterEach(() => db.drop());

const timeStamp = (name: string): number => Number(name.slice(-13));

async function publicTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  );
  return rows.map((row) => row.name).filter((name) => name !== 'schema_migration');
}

describe('the schema', () => {
  it('has one time stamp per migration, so that their order is the same everywhere', () => {
    expect(new Set(expected.map(timeStamp)).size).toBe(expected.length);
  });

  it('is brought up once, though several processes start at the same moment', async () => {
    const done = await Promise.all([1, 2, 3].map(() => migrate(db.ownerUrl, schemaParts())));
    const known = roles.flatMap((part) => [...part.migrations]).length;
    expect(done.flat()).toHaveLength(expected.length - known);
    expect(await migrate(db.ownerUrl, schemaParts())).toEqual([]);
  });

  it('goes back to nothing', async () => {
    await migrate(db.ownerUrl, schemaParts());
    const client = new pg.Client(db.ownerUrl);
    await client.connect();
    try {
      expect((await publicTables(client)).length).toBeGreaterThan(20);
      const all = schemaParts().flatMap((part) => [...part.migrations].map((Migration) => new Migration()));
      for (const migration of all.toSorted((a, b) => timeStamp(b.name) - timeStamp(a.name))) {
        await migration.down({
          query: async (sql, parameters) => (await client.query(sql, parameters)).rows,
        });
      }
      expect(await publicTables(client)).toEqual([]);
    } finally {
      await client.end();
    }
  });
});
