import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SpringtideError } from '@springtide/kernel';
import { projectRoot } from '../tools/lane.js';
import { cacheRoot } from '../tools/python-venv.js';

export type Availability = Readonly<{ available: true } | { available: false; reason: string }>;

const run = promisify(execFile);
const BUILD_LIMIT_MS = 10 * 60_000;

/**
 * Whether this machine can have the simulator. Found out by building it: an old Go, or a module proxy that cannot be
 * reached, shows in no other way.
 */
export async function simulatorAvailable(onProgress?: (message: string) => void): Promise<Availability> {
  try {
    await ensureSimulator(onProgress);
    return { available: true };
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    return { available: false, reason: thrown.message };
  }
}

/**
 * Path of the simulator, built on first use into the user's cache under a hash of what defines it.
 * @throws failed-precondition when there is no Go, or the build fails (for instance without a module proxy).
 */
export async function ensureSimulator(onProgress?: (message: string) => void): Promise<string> {
  const go = await goVersion();
  if (go === undefined) {
    throw new SpringtideError('failed-precondition', 'the vSphere simulator needs Go to be built', {
      nextStep: 'Install Go 1.25 or newer, or use the simulated private cloud.',
    });
  }
  const sources = join(projectRoot(), 'test', 'yard', 'vsphere', 'simulator');
  const binary = join(cacheRoot(), `vcsim-${await fingerprint(sources, go)}`);
  if (existsSync(binary)) return binary;
  onProgress?.('building the vSphere simulator (about a minute the first time)');
  await build(sources, binary);
  return binary;
}

async function goVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION', 'GOARCH', 'GOOS']);
    return stdout.trim().split('\n').join(' ');
  } catch {
    return undefined;
  }
}

async function fingerprint(sources: string, go: string): Promise<string> {
  const hash = createHash('sha256').update(go);
  for (const name of (await readdir(sources)).toSorted()) {
    hash.update(`\n${name}\n`).update(await readFile(join(sources, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

async function build(sources: string, binary: string): Promise<void> {
  const draft = `${binary}.${process.pid}.part`;
  await mkdir(cacheRoot(), { recursive: true });
  try {
    await run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', draft, '.'], {
      cwd: sources,
      timeout: BUILD_LIMIT_MS,
      env: { ...process.env, CGO_ENABLED: '0' },
    });
    await rename(draft, binary);
  } catch (cause) {
    await rm(draft, { force: true });
    const words = (cause as { stderr?: string }).stderr ?? String(cause);
    throw new SpringtideError(
      'failed-precondition',
      `the vSphere simulator could not be built: ${words.trim().split('\n').slice(-3).join(' ')}`,
      { cause, nextStep: 'Check that the Go module proxy can be reached; what was built before is cached.' },
    );
  }
}
