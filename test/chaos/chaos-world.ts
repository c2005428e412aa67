import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Database,
  migrate,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  startEmbeddedTemporal,
  temporalBinary,
  type EmbeddedPostgres,
  type EmbeddedTemporal,
} from '@springtide/platform';
import type { TestDatabase } from '@springtide/testing';
import { idempotencySchema } from '../../apps/api/src/idempotency/data/idempotency.migration.js';
import { setStage, type Stage, type StageRequest } from '../e2e/stage.js';
import { FaultProxy } from './fault-proxy.js';
import { TcpGate } from './tcp-gate.js';

/** A server of the world that can be killed and comes back with what it had, on its old port. */
export type Server = Readonly<{
  pid(): number;
  kill(): Promise<void>;
  /** Asks it to end, and waits. */
  end(): Promise<void>;
  start(): Promise<void>;
  /** The network between it and the product. */
  gate: TcpGate;
}>;

export type ChaosWorld = Stage &
  Readonly<{
    postgres: Server & Readonly<{ ownerUrl: string; dataDir(): string }>;
    engine: Server & Readonly<{ dbFile: string }>;
    /** Between the product and its clouds. */
    faults: FaultProxy;
  }>;

/** The stage of the e2e tests with two workers, engines that may be killed, and faults on every wire. */
export async function openChaosWorld(request: Omit<StageRequest, 'engines'> = {}): Promise<ChaosWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-chaos-'));
  const dir = join(folder, 'postgres');
  const dbFile = join(folder, 'temporal.db');
  const [postgres, engine, faults] = await Promise.all([
    startPostgres(dir),
    startTemporal(dbFile),
    FaultProxy.start(),
  ]);
  const stage = await setStage({
    workers: 2,
    ...request,
    engines: {
      database: await migrated(postgres.ownerUrl),
      databaseUrl: atPort(postgres.ownerUrl, postgres.gate.port),
      temporalAddress: `127.0.0.1:${engine.gate.port}`,
    },
    cloudsBehind: (url) => faults.before(url),
  });
  const stop = async () => {
    await stage.stop();
    await stage.database.drop();
    await faults.stop();
    await Promise.all([postgres.gate.stop(), engine.gate.stop(), postgres.end(), engine.end()]);
    await removeEmbeddedPostgres(dir);
    await rm(folder, { recursive: true, force: true });
  };
  return { ...stage, postgres, engine: { ...engine, dbFile }, faults, stop };
}

async function startPostgres(dir: string) {
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dir, durable: true });
  const { port, url } = server;
  return {
    ownerUrl: url,
    dataDir: () => server.dataDir,
    pid: () => server.pid,
    kill: async () => await server.kill(),
    end: async () => await server.stop(),
    start: async () => {
      server = await startEmbeddedPostgres({ dir, port, durable: true });
    },
    gate: await TcpGate.start(port),
  };
}

async function startTemporal(dbFile: string) {
  const binary = await temporalBinary();
  const options = { dbFile, binary, durable: false };
  let server: EmbeddedTemporal = await startEmbeddedTemporal(options);
  const { port } = server;
  return {
    pid: () => server.pid,
    kill: async () => await server.kill(),
    end: async () => await server.stop(),
    start: async () => {
      server = await startEmbeddedTemporal({ ...options, port });
    },
    gate: await TcpGate.start(port),
  };
}

async function migrated(url: string): Promise<TestDatabase> {
  const { schemaParts } = await import('@springtide/schema');
  const parts = [...schemaParts(), idempotencySchema];
  await migrate(url, parts);
  const urls = { app: url, system: url };
  const database = await Database.connect(urls, parts);
  return { database, urls, ownerUrl: url, drop: async () => await database.close() };
}

function atPort(url: string, port: number): string {
  const moved = new URL(url);
  moved.port = String(port);
  return moved.toString();
}
