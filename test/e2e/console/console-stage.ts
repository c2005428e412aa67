import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { createClient, type ApiClient } from '@springtide/contracts';
import {
  Metrics,
  createEndpointGate,
  localKeyRing,
  silentLogger,
  systemClock,
  type Database,
} from '@springtide/platform';
import { schemaParts } from '@springtide/schema';
import { seedTenant, testDatabase, type SeededTenant } from '@springtide/testing';
import { startApi } from '../../../apps/api/src/composition/api-process.js';
import { loadManifests } from '@springtide/provider-kit';
import { providers as registry } from '@springtide/providers';
import { idempotencySchema } from '../../../apps/api/src/idempotency/data/idempotency.migration.js';
import { WorkerServices } from '../../../apps/worker/src/services.js';
import { freePort } from '../../yard/tools/free-port.js';
import { projectRoot } from '../../yard/tools/lane.js';
import { startTrafficYard, type TrafficYard } from '../../yard/traffic/traffic-yard.js';

export type ConsoleStage = Readonly<{
  url: string;
  database: Database;
  /** The proxy that carries the traffic. */
  traffic: TrafficYard;
  tenant: SeededTenant;
  client(token: string): ApiClient;
  /** A service as the worker has it, so that plans and purchases are real. */
  service<T>(kind: abstract new (...parts: never[]) => T): T;
  stop(): Promise<void>;
}>;

const INSTALLATION = { id: 'console-test' };
const POLICY = { profile: 'demo' } as const;

/** The real API over a real database, serving the console built from what is on disk now, and the worker's services beside it. */
export async function consoleStage(reachable: readonly string[] = []): Promise<ConsoleStage> {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-console-'));
  const consoleFolder = await buildConsole(join(folder, 'console'));
  const controlPort = await freePort();
  const traffic = await startTrafficYard({
    routes: [{ name: 'storefront' }, { name: 'checkout' }],
    controlPort,
    folder: join(folder, 'traffic'),
  });
  const { database, drop } = await testDatabase([...schemaParts(), idempotencySchema]);
  const providers = await loadManifests(registry);
  const keyFile = join(folder, 'vault.key');
  const shared = { database, clock: systemClock, log: silentLogger, metrics: new Metrics('console-test') };
  const endpoints = { open: [`127.0.0.1:${controlPort}`, ...reachable], privateRanges: [] };
  const api = await startApi({
    ...shared,
    config: {
      http: { host: '127.0.0.1', port: 0, bodyLimitBytes: 1_048_576, consoleFolder },
      vault: { keyFile },
      endpoints,
      installation: INSTALLATION,
      policy: POLICY,
    },
    providers,
    checks: [],
  });
  const gate = createEndpointGate({ openHostPorts: endpoints.open, privateRanges: [] });
  const platform = { ...shared, gate, keyRing: await localKeyRing(keyFile) };
  const worker = await NestFactory.createApplicationContext(
    WorkerServices.with(platform, providers, { installation: INSTALLATION, policy: POLICY }),
    { logger: false, abortOnError: false },
  );
  return {
    url: api.url,
    database,
    traffic,
    tenant: await seedTenant(database),
    client: (token) => createClient({ baseUrl: api.url, token, fetch: globalThis.fetch }),
    service: (kind) => worker.get(kind, { strict: false }),
    stop: async () => {
      await api.stop();
      await worker.close();
      await traffic.stop();
      await drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function buildConsole(outDir: string): Promise<string> {
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  const options = { cwd: projectRoot(), env: { ...process.env, NODE_ENV: 'production' } };
  await promisify(execFile)(process.execPath, [vite, 'build', 'apps/console', '--outDir', outDir], options);
  return outDir;
}
