import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  Database,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  type DatabaseUrls,
  type SchemaPart,
} from '@springtide/platform';
import pg from 'pg';

/** insufficient_privilege (PostgreSQL, appendix A). */
const NOT_ALLOWED = '42501';

export type TestDatabase = Readonly<{
  database: Database;
  urls: DatabaseUrls;
  /** For assertions that must see everything: the owner of the tables. */
  ownerUrl: string;
  drop(): Promise<void>;
}>;

/**
 * A fresh, migrated database on a real PostgreSQL: the server of SPRINGTIDE_TEST_DATABASE_URL, else one of this
 * process's own. Call `drop` in afterAll.
 * @param chosen parts of the schema, in order, roles first. Left out: all of it.
 */
export async function testDatabase(chosen?: readonly SchemaPart[]): Promise<TestDatabase> {
  // The whole schema loads every context, which a spec of one context need not wait for.
  const parts = chosen ?? (await import('@springtide/schema')).schemaParts();
  const server = process.env['SPRINGTIDE_TEST_DATABASE_URL'] ?? (await ownServer());
  const template = await templateDatabase(server, parts);
  const name = `springtide_test_${randomBytes(8).toString('hex')}`;
  await onServer(server, (client) => client.query(`create database ${name} template ${template}`));
  const ownerUrl = withDatabase(server, name);
  const urls = { app: ownerUrl, system: ownerUrl };
  const database = await Database.connect(urls, parts);
  return {
    database,
    urls,
    ownerUrl,
    drop: async () => {
      await database.close();
      await onServer(server, async (client) => dropDatabase(client, name));
    },
  };
}

/** The server's own housekeeping belongs to its superuser, whom nobody else may end: it is gone after a moment. */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.query(`drop database if exists ${name} with (force)`);
      return;
    } catch (thrown) {
      if (!(thrown instanceof pg.DatabaseError) || thrown.code !== NOT_ALLOWED || attempt >= 50) throw thrown;
      await wait(200);
    }
  }
}

/** Migrating once per schema and copying is several times faster than migrating for each spec. */
async function templateDatabase(server: string, parts: readonly SchemaPart[]): Promise<string> {
  const name = `springtide_template_${await schemaHash(parts)}`;
  await onServer(server, async (client) => {
    await client.query('select pg_advisory_lock(771302)');
    const known = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (known.rowCount !== 0) return;
    const draft = `${name}_draft`;
    await dropDatabase(client, draft);
    await client.query(`create database ${draft}`);
    await migrate(withDatabase(server, draft), parts);
    await client.query(`alter database ${draft} rename to ${name}`);
  });
  return name;
}

/** Over the SQL itself, so that a template never outlives a change in a helper that migrations share. */
async function schemaHash(parts: readonly SchemaPart[]): Promise<string> {
  const hash = createHash('sha256');
  const recorder = {
    query: async (sql: string, parameters: unknown[] = []): Promise<unknown[]> => {
      hash.update(JSON.stringify([sql, parameters]));
      return await Promise.resolve([]);
    },
  };
  for (const Migration of parts.flatMap((part) => [...part.migrations])) {
    const migration = new Migration();
    hash.update(migration.name);
    await migration.up(recorder);
  }
  return hash.digest('hex').slice(0, 16);
}

async function onServer(server: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(server);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function withDatabase(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}

/** Test files of one process do not share memory, so they find the server through a file named after the process. */
async function ownServer(): Promise<string> {
  const folder = join(tmpdir(), `springtide-test-postgres-${process.pid}`);
  const note = join(folder, 'url');
  const known = await readFile(note, 'utf8').catch(() => undefined);
  if (known !== undefined && (await answers(known))) return known;
  await sweepOldServers();
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const server = await startEmbeddedPostgres({ dir: join(folder, 'server'), durable: false });
  await writeFile(note, server.url, { mode: 0o600 });
  return server.url;
}

async function answers(url: string): Promise<boolean> {
  return await onServer(url, (client) => client.query('select 1')).then(
    () => true,
    () => false,
  );
}

/** Servers die with their process; what they leave behind is removed by the next one that starts. */
async function sweepOldServers(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    const pid = Number(/^springtide-test-postgres-(\d+)$/.exec(entry)?.[1]);
    if (!(pid > 0) || isAlive(pid)) continue;
    const folder = join(tmpdir(), entry);
    await removeEmbeddedPostgres(join(folder, 'server'));
    await rm(folder, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
