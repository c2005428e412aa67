import { join } from 'node:path';
import { freePort, startEmbeddedPostgres, startEmbeddedTemporal, temporalBinary } from '@springtide/platform';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { startProcess } from '../../../test/yard/tools/process.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';

type Environment = Readonly<Record<string, string>>;

export type DataEngines = Readonly<{ databaseUrl: string; temporalAddress: string }>;

const READY_WITHIN_MS = 60_000;

/** PostgreSQL and Temporal, on ports that they keep when they are started again. */
export async function startData(supervisor: Supervisor, folder: string): Promise<DataEngines> {
  const [postgresPort, temporalPort] = [await freePort(), await freePort()];
  const binary = await temporalBinary((message) => screen.say(`  temporal: ${message}`));
  let databaseUrl = '';
  await supervisor.keep('postgres', async () => {
    const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), port: postgresPort });
    databaseUrl = server.url;
    return server;
  });
  await supervisor.keep('temporal', async () => {
    const dbFile = join(folder, 'temporal', 'temporal.db');
    return await startEmbeddedTemporal({ dbFile, binary, port: temporalPort });
  });
  screen.say('PostgreSQL and Temporal are up.');
  return { databaseUrl, temporalAddress: `127.0.0.1:${temporalPort}` };
}

/** The API, with the console on it. The token is its first administrator's. */
export async function startApi(
  supervisor: Supervisor,
  folder: string,
  env: Environment,
  port: number,
): Promise<{ apiUrl: string; adminToken: string }> {
  let adminToken = '';
  await keepApp(supervisor, folder, 'api', { ...env, SPRINGTIDE_HTTP_PORT: String(port) }, (line) => {
    adminToken = /token for one day: (\S+)/.exec(line)?.[1] ?? adminToken;
    return line.includes('the API listens');
  });
  if (adminToken === '') throw new Error('the API printed no token for its first administrator');
  const apiUrl = `http://127.0.0.1:${port}`;
  screen.say(`The API and the console are at ${apiUrl}.`);
  return { apiUrl, adminToken };
}

export async function startWorker(supervisor: Supervisor, folder: string, env: Environment): Promise<void> {
  await keepApp(supervisor, folder, 'worker', env, (line) => line.includes('the worker takes work'));
}

async function keepApp(
  supervisor: Supervisor,
  folder: string,
  name: 'api' | 'worker',
  env: Environment,
  ready: (line: string) => boolean,
): Promise<void> {
  const program = join(projectRoot(), 'dist', 'apps', name, 'src', 'main.js');
  await supervisor.keep(
    name,
    async () =>
      await startProcess({
        name,
        command: process.execPath,
        args: ['--enable-source-maps', program],
        env,
        ready,
        readyTimeoutMs: READY_WITHIN_MS,
        logFile: join(folder, `${name}.log`),
      }),
  );
}
