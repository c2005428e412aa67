import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** In the environment of everything that a demo starts, directly or not; its value is the demo's folder. */
const MARK = 'SPRINGTIDE_DEMO_FOLDER';
const OWN_ENTRY = 'apps/demo/src/main';

/** From here on, whatever this process starts can be told from everything else on the machine. */
export async function beginFamily(folder: string): Promise<void> {
  process.env[MARK] = folder;
  await writeFile(pidFile(folder), String(process.pid));
}

/** The pid of another demo that runs in the folder now. */
export async function livingDemo(folder: string): Promise<number | undefined> {
  const pid = Number(await readFile(pidFile(folder), 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return undefined;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command.includes(OWN_ENTRY) ? pid : undefined;
}

/**
 * Ends what was started for this folder and is still there: of a demo that was killed, or that was interrupted while
 * something was on its way up. Where the system does not tell (no /proc), the kernel's own tie must do.
 */
export async function endFamily(folder: string): Promise<number> {
  const first = await familyOf(folder);
  signalAll(first, 'SIGTERM');
  for (let turn = 0; turn < 20; turn += 1) {
    if ((await familyOf(folder)).length === 0) return first.length;
    await wait(100);
  }
  signalAll(await familyOf(folder), 'SIGKILL');
  return first.length;
}

function pidFile(folder: string): string {
  return join(folder, 'demo.pid');
}

async function familyOf(folder: string): Promise<readonly number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((name) => /^\d+$/.test(name)).map(Number);
  const mine = await Promise.all(pids.map((pid) => carriesMark(pid, `${MARK}=${folder}`)));
  return pids.filter((pid, index) => mine[index] === true && pid !== process.pid);
}

/** The environment that a process was started with; this process's own was set later and does not show. */
async function carriesMark(pid: number, mark: string): Promise<boolean> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  return environment.split('\0').includes(mark);
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended in between.
    }
  }
}
