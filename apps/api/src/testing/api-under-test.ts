import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type ApiClient } from '@springtide/contracts';
import { Metrics, silentLogger, systemClock, type Database, type Logger } from '@springtide/platform';
import { schemaParts } from '@springtide/schema';
import { testDatabase } from '@springtide/testing';
import { startApi, type ApiProcess } from '../composition/api-process.js';
import { loadManifests } from '@springtide/provider-kit';
import { providers as registry } from '@springtide/providers';
import { idempotencySchema } from '../idempotency/data/idempotency.migration.js';

export type ApiUnderTest = Readonly<{
  url: string;
  database: Database;
  ownerUrl: string;
  client(token: string): ApiClient;
  /** A second process over the same database. */
  another(): Promise<ApiProcess>;
  stop(): Promise<void>;
}>;

/** Settings of one test; left out: as good as any. */
export type OwnSettings = Readonly<{ port?: number; keyFile?: string; probeUrl?: string }>;

/** The real application on a free port over a fresh database of a real PostgreSQL. */
export async function apiUnderTest(
  page = '<!doctype html>',
  log: Logger = silentLogger,
  own: OwnSettings = {},
): Promise<ApiUnderTest> {
  const parts = [...schemaParts(), idempotencySchema];
  const { database, ownerUrl, drop } = await testDatabase(parts);
  const folder = await mkdtemp(join(tmpdir(), 'springtide-api-'));
  const consoleFolder = await consoleOf(folder, page);
  const providers = await loadManifests(registry);
  const start = async (): Promise<ApiProcess> =>
    await startApi({
      config: {
        http: {
          host: '127.0.0.1',
          port: own.port ?? 0,
          bodyLimitBytes: 1_048_576,
          consoleFolder,
        },
        vault: { keyFile: own.keyFile ?? join(folder, 'vault.key') },
        probes: { url: own.probeUrl },
        endpoints: {
          open: [],
          privateRanges: [],
        },
        installation: { id: 'api-test' },
        policy: { profile: 'demo' },
      },
      database,
      clock: systemClock,
      log,
      metrics: new Metrics('api'),
      providers,
      checks: [],
    });
  const api = await start();
  return {
    url: api.url,
    database,
    ownerUrl,
    client: (token) =>
      createClient({
        baseUrl: api.url,
        token,
        fetch: globalThis.fetch,
      }),
    another: start,
    stop: async () => {
      await api.stop();
      await drop();
      await rm(folder, {
        recursive: true,
        force: true,
      });
    },
  };
}

async function consoleOf(folder: string, page: string): Promise<string> {
  const consoleFolder = join(folder, 'console');
  await mkdir(join(consoleFolder, 'assets'), { recursive: true });
  await writeFile(join(consoleFolder, 'index.html'), page);
  await writeFile(join(consoleFolder, 'assets', 'app-1a2b.js'), 'export {};');
  return consoleFolder;
}
