import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { SpringtideError } from '@springtide/kernel';

export type ChildServer = Readonly<{
  pid: number;
  /** Asks it to end and waits until it is gone. */
  stop(): Promise<void>;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Resolves when it ended for whatever reason. */
  exited: Promise<void>;
}>;

export type ChildServerRequest = Readonly<{
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  logFile: string;
  /** Sent to ask for an orderly end; also what the kernel sends when this process dies. */
  endSignal: 'SIGINT' | 'SIGTERM';
  /** Linux user to run as. Needs root. */
  user?: Readonly<{ uid: number; gid: number }>;
  isReady(): Promise<boolean>;
  readyTimeoutMs: number;
}>;

/**
 * Starts a server that dies with this process and waits until it answers. Its output goes to a file, so that neither
 * side depends on the other draining a pipe.
 * @throws unavailable with the last lines of its log.
 */
export async function startChildServer(request: ChildServerRequest): Promise<ChildServer> {
  const child = spawnTied(request);
  let over = false;
  const exited = new Promise<void>((done) => {
    const end = (): void => {
      over = true;
      done();
    };
    child.once('exit', end);
    child.once('error', end);
  });
  const deadline = performance.now() + request.readyTimeoutMs;
  while (!(await request.isReady())) {
    if (over || performance.now() > deadline) {
      child.kill('SIGKILL');
      await exited;
      throw await notStarted(request, over);
    }
    await wait(40);
  }
  // A test runner or a command may end while the server lives; the kernel then ends the server.
  child.unref();
  const end = (signal: NodeJS.Signals) => async (): Promise<void> => {
    if (over) return;
    child.ref();
    child.kill(signal);
    await exited;
  };
  return { pid: child.pid ?? -1, exited, stop: end(request.endSignal), kill: end('SIGKILL') };
}

function spawnTied(request: ChildServerRequest): ChildProcess {
  const log = openSync(request.logFile, 'a');
  const options = { cwd: request.cwd, stdio: ['ignore', log, log] as ['ignore', number, number] };
  try {
    if (process.platform !== 'linux') return spawn(request.command, [...request.args], options);
    const drop = request.user
      ? [`--reuid=${request.user.uid}`, `--regid=${request.user.gid}`, '--clear-groups']
      : [];
    const tie = [...drop, '--pdeathsig', request.endSignal.slice(3), request.command, ...request.args];
    return spawn('setpriv', tie, options);
  } finally {
    closeSync(log);
  }
}

async function notStarted(request: ChildServerRequest, ended: boolean): Promise<SpringtideError> {
  const log = await readFile(request.logFile, 'utf8').catch(() => '');
  const last = log.trim().split('\n').slice(-6).join(' | ');
  const what = ended ? 'ended while starting' : `did not answer within ${request.readyTimeoutMs} ms`;
  return new SpringtideError('unavailable', `${request.name} ${what}: ${last}`, {
    effect: 'none',
    nextStep: `Read ${request.logFile}.`,
  });
}
