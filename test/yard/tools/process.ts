import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, type WriteStream } from 'node:fs';
import { connect } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { SpringtideError } from '@springtide/kernel';

/** A line of its output that says so, or a port that accepts connections. */
export type ReadySign = ((line: string) => boolean) | Readonly<{ host?: string; port: number }>;

export type ProcessRequest = Readonly<{
  name: string;
  command: string;
  args?: readonly string[];
  /** Added to this process's environment. */
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  ready: ReadySign;
  /** Default 30 s. */
  readyTimeoutMs?: number;
  /** Receives both outputs; appended to. */
  logFile?: string;
  onLine?: (line: string) => void;
}>;

export type ProcessExit = Readonly<{ code: number | null; signal: NodeJS.Signals | null }>;

export type RunningProcess = Readonly<{
  name: string;
  pid: number;
  /**
   * SIGTERM, and SIGKILL for one that is still there after `graceMs` (5 s; 20 s for a program of ours, which ends its own
   * children in that time). Resolves when it is gone.
   */
  stop(graceMs?: number): Promise<void>;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  exited: Promise<ProcessExit>;
}>;

const KEPT_LINES = 12;
const GRACE_MS = 5_000;
/** Longer than what it grants its children, one after the other: killed before that, it would leave them behind. */
const PROGRAM_GRACE_MS = 20_000;

/**
 * Starts a child that dies with this process (where the system can arrange it) and waits until it is ready.
 * @throws unavailable with the child's last lines when it ends or stays silent instead.
 */
export async function startProcess(request: ProcessRequest): Promise<RunningProcess> {
  const log = openLog(request.logFile);
  const child = spawnChild(request);
  const tail: string[] = [];
  const lineSeen = followOutput(child, request, log, tail);
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  // Not at its exit: what it wrote last is read after that.
  child.once('close', () => log?.end());
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  try {
    await becomeReady(request, lineSeen, exited, tail);
  } catch (thrown) {
    await kill('SIGKILL');
    throw thrown;
  }
  return {
    name: request.name,
    pid: child.pid ?? -1,
    exited,
    kill: () => kill('SIGKILL'),
    stop: async (graceMs = request.command === process.execPath ? PROGRAM_GRACE_MS : GRACE_MS) => {
      child.kill('SIGTERM');
      const gone = await Promise.race([exited, wait(graceMs, undefined, { ref: false })]);
      if (gone === undefined) await kill('SIGKILL');
    },
  };
}

function spawnChild(request: ProcessRequest): ChildProcess {
  const setpriv = findOnPath('setpriv');
  const plain = [request.command, ...(request.args ?? [])];
  const [command = request.command, ...args] =
    setpriv === undefined ? plain : [setpriv, '--pdeathsig', 'TERM', '--', ...plain];
  return spawn(command, args, {
    cwd: request.cwd,
    env: { ...process.env, ...request.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function findOnPath(name: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

function openLog(path: string | undefined): WriteStream | undefined {
  if (path === undefined) return undefined;
  mkdirSync(dirname(path), { recursive: true });
  return createWriteStream(path, { flags: 'a' });
}

function followOutput(
  child: ChildProcess,
  request: ProcessRequest,
  log: WriteStream | undefined,
  tail: string[],
): Promise<void> {
  return new Promise((resolve) => {
    const onLine = (line: string): void => {
      log?.write(`${line}\n`);
      tail.push(line);
      if (tail.length > KEPT_LINES) tail.shift();
      request.onLine?.(line);
      if (typeof request.ready === 'function' && request.ready(line)) resolve();
    };
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', onLine);
    }
  });
}

async function becomeReady(
  request: ProcessRequest,
  lineSeen: Promise<void>,
  exited: Promise<ProcessExit>,
  tail: readonly string[],
): Promise<void> {
  const over = new AbortController();
  const timeoutMs = request.readyTimeoutMs ?? 30_000;
  const sign = typeof request.ready === 'function' ? lineSeen : portOpens(request.ready, over.signal);
  const outcome = await Promise.race([
    sign.then(() => 'ready' as const),
    exited.then((exit) => `ended (code ${exit.code}, signal ${exit.signal})`),
    wait(timeoutMs, undefined, { signal: over.signal }).then(
      () => `was not ready after ${timeoutMs} ms`,
      () => 'was given up',
    ),
  ]);
  over.abort();
  if (outcome === 'ready') return;
  throw new SpringtideError('unavailable', `${request.name} ${outcome}: ${tail.join(' | ')}`);
}

async function portOpens(at: Readonly<{ host?: string; port: number }>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (await canConnect(at.host ?? '127.0.0.1', at.port)) return;
    await wait(50);
  }
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(1_000, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
