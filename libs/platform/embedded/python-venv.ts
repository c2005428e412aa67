import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SpringtideError } from '@springtide/kernel';

export type VenvRequest = Readonly<{
  /** Part of the cache folder's name; the packages decide the rest. */
  name: string;
  /** Pinned requirements, as pip takes them. */
  packages: readonly string[];
  /** File wanted from the environment's `bin`, for instance `moto_server` or `python`. */
  binary: string;
  onProgress?: (message: string) => void;
}>;

const run = promisify(execFile);
const BUILD_LIMIT_MS = 10 * 60_000;
const inThisProcess = new Map<string, Promise<string>>();

/** Downloads and builds live here, outside the clone; losing the folder costs only time. */
export function cacheRoot(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'springtide');
}

/**
 * Path of `binary` in a virtual environment that holds exactly `packages`; built on first use, shared by all callers.
 * @throws failed-precondition when this machine has no usable Python 3 or the packages cannot be had.
 */
export async function ensureVenv(request: VenvRequest): Promise<string> {
  const folder = venvFolder(request);
  const underWay = inThisProcess.get(folder) ?? buildOnce(folder, request);
  inThisProcess.set(folder, underWay);
  try {
    await underWay;
  } catch (thrown) {
    inThisProcess.delete(folder);
    throw thrown;
  }
  const binary = join(folder, 'bin', request.binary);
  if (await exists(binary)) return binary;
  throw new SpringtideError(
    'failed-precondition',
    `the packages ${request.packages.join(', ')} do not provide "${request.binary}"`,
  );
}

function venvFolder(request: VenvRequest): string {
  const hash = createHash('sha256').update(JSON.stringify(request.packages.toSorted())).digest('hex');
  return join(cacheRoot(), `${request.name}-${hash.slice(0, 12)}`);
}

async function buildOnce(folder: string, request: VenvRequest): Promise<string> {
  if (await exists(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const release = await takeLock(`${folder}.lock`, request);
  try {
    if (!(await exists(folder))) await build(folder, request);
    return folder;
  } finally {
    await release();
  }
}

async function build(folder: string, request: VenvRequest): Promise<void> {
  const draft = `${folder}.${process.pid}.part`;
  const started = Date.now();
  request.onProgress?.(`getting ${request.packages.join(', ')}`);
  try {
    await rm(draft, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', draft], { timeout: BUILD_LIMIT_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...request.packages];
    await run(join(draft, 'bin', 'python'), pip, { timeout: BUILD_LIMIT_MS, maxBuffer: 64 << 20 });
    await moveScripts(draft, folder);
    await rename(draft, folder);
  } catch (cause) {
    await rm(draft, { recursive: true, force: true });
    throw new SpringtideError(
      'failed-precondition',
      `the Python environment "${request.name}" could not be built: ${lastWords(cause)}`,
      {
        nextStep: 'Install Python 3.9 or newer with its venv module and allow access to a package index.',
        cause,
      },
    );
  }
  request.onProgress?.(`${request.name} is ready after ${Math.round((Date.now() - started) / 1000)} s`);
}

/** Scripts name their interpreter by absolute path, so they must learn the final folder before the rename. */
async function moveScripts(from: string, to: string): Promise<void> {
  const bin = join(from, 'bin');
  for (const entry of await readdir(bin, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(bin, entry.name);
    const content = await readFile(path);
    if (content.subarray(0, 2).toString() !== '#!') continue;
    await writeFile(path, content.toString('utf8').replaceAll(from, to));
  }
}

async function takeLock(path: string, request: VenvRequest): Promise<() => Promise<void>> {
  for (let turn = 0; ; turn += 1) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return () => rm(path, { force: true });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    if (turn === 0) request.onProgress?.(`waiting for another process that builds ${request.name}`);
    if (await isStale(path)) await rm(path, { force: true });
    else await wait(250);
  }
}

async function isStale(lock: string): Promise<boolean> {
  const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
  const age = Date.now() - ((await stat(lock).catch(() => undefined))?.mtimeMs ?? 0);
  if (age > 2 * BUILD_LIMIT_MS) return true;
  // A lock without an owner yet is being written; give its writer a moment.
  if (!Number.isInteger(owner) || owner <= 0) return age > 5_000;
  try {
    process.kill(owner, 0);
    return false;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

function lastWords(thrown: unknown): string {
  const text =
    (thrown as { stderr?: string }).stderr || (thrown instanceof Error ? thrown.message : String(thrown));
  return text.trim().split('\n').slice(-3).join(' ');
}
