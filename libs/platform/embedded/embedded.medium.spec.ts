import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { removeEmbeddedPostgres, startEmbeddedPostgres } from './postgres.js';
import { startEmbeddedTemporal, temporalBinary } from './temporal.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'springtide-embedded-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('embedded PostgreSQL', () => {
  it('keeps its data over kill -9 on the same port, and asks for a password', async () => {
    // mkdtemp makes the folder 0700, so that this is also the case of a checkout nobody else may enter.
    const dir = join(folder, 'postgres');
    const first = await startEmbeddedPostgres({ dir });
    try {
      await ask(first.url, 'create table kept (word text)');
      await ask(first.url, `insert into kept values ('spring tide')`);
      const roles = await ask(first.url, 'select rolsuper from pg_roles where rolname = current_user');
      expect(roles).toEqual([{ rolsuper: false }]);
      await expect(ask(first.url.replace(/:[0-9a-f]+@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
    } finally {
      await first.kill();
    }
    const second = await startEmbeddedPostgres({ dir, port: first.port });
    try {
      expect(second.url).toBe(first.url);
      expect(await ask(second.url, 'select word from kept')).toEqual([{ word: 'spring tide' }]);
    } finally {
      await second.stop();
      await removeEmbeddedPostgres(dir);
    }
  }, 60_000);
});

describe('embedded Temporal', () => {
  it('comes back on the same file and port after kill -9', async () => {
    const binary = await temporalBinary();
    const dbFile = join(folder, 'temporal', 'runs.db');
    const first = await startEmbeddedTemporal({ dbFile, binary });
    await first.kill();
    const second = await startEmbeddedTemporal({ dbFile, binary, port: first.port });
    expect(second.address).toBe(first.address);
    await second.stop();
  }, 120_000);
});
