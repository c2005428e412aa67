import { randomUUID } from 'node:crypto';
import { open, readFile, rm, stat, utimes } from 'node:fs/promises';
import { SpringtideError, type Clock } from '@springtide/kernel';

const POLL_MS = 50;
const REFRESH_MS = 2_000;
/** A holder refreshes its lock; one this old belongs to a process that died. */
const STALE_MS = 15_000;

/** Runs `work` while this process alone holds `path`, among all processes that share the folder. */
export async function withFileLock<T>(
  path: string,
  clock: Clock,
  leftMs: () => number,
  work: () => Promise<T>,
): Promise<T> {
  const owner = randomUUID();
  while (!(await tryTake(path, owner))) {
    if (leftMs() <= POLL_MS) {
      throw new SpringtideError(
        'timeout',
        'another process was changing this route until the deadline; nothing was changed',
        { effect: 'none', retry: 'same' },
      );
    }
    await breakStale(path);
    await clock.sleep(POLL_MS);
  }
  const refresh = setInterval(() => void touch(path), REFRESH_MS);
  try {
    return await work();
  } finally {
    clearInterval(refresh);
    const holder = await readFile(path, 'utf8').catch(() => '');
    if (holder === owner) await rm(path, { force: true });
  }
}

async function tryTake(path: string, owner: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(owner);
    await file.close();
    return true;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new SpringtideError(
      code === 'EACCES' || code === 'EROFS' ? 'permission-denied' : 'unavailable',
      `cannot lock ${path}: ${message}; nothing was changed`,
      {
        effect: 'none',
        cause,
        nextStep: 'Check that the dynamic-configuration folder exists and is writable.',
      },
    );
  }
}

/** One breaker at a time, and it looks again: the lock that two saw as stale may be another's fresh one by then. */
async function breakStale(path: string): Promise<void> {
  if (!(await isStale(path))) return;
  const breaker = `${path}.break`;
  if (!(await tryTake(breaker, ''))) {
    if (await isStale(breaker)) await rm(breaker, { force: true });
    return;
  }
  try {
    if (await isStale(path)) await rm(path, { force: true });
  } finally {
    await rm(breaker, { force: true });
  }
}

async function isStale(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > STALE_MS;
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}
