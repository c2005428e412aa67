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

/** Set in the program, so that the server says which Kubernetes it is. */
const KUBERNETES_VERSION = '1.36.3';
const BUILD_LIMIT_MS = 45 * 60_000;
const BUILD_WORDS = 'building Kubernetes for tests, once: six to nine minutes, and 3 GB of Go’s build cache';

const run = promisify(execFile);

/** Whether the program is here already: it is built only where everything must be had, because it takes so long. */
export async function controlPlaneAvailable(): Promise<Availability> {
  const binary = await binaryPath();
  if (binary === undefined) return { available: false, reason: 'Kubernetes for tests needs Go to be built' };
  if (existsSync(binary)) return { available: true };
  if (process.env['SPRINGTIDE_YARD'] !== 'require') {
    return {
      available: false,
      reason: 'Kubernetes for tests was not built here yet (once, six to nine minutes)',
    };
  }
  try {
    await ensureControlPlane((message) => process.stderr.write(`${message}\n`));
    return { available: true };
  } catch (thrown) {
    if (!(thrown instanceof SpringtideError)) throw thrown;
    return { available: false, reason: thrown.message };
  }
}

/**
 * Path of the program, built on first use into the user's cache under a hash of what defines it.
 * @throws failed-precondition when there is no Go, or the build fails (for instance without a module proxy).
 */
export async function ensureControlPlane(onProgress?: (message: string) => void): Promise<string> {
  const binary = await binaryPath();
  if (binary === undefined) {
    throw new SpringtideError('failed-precondition', 'Kubernetes for tests needs Go to be built', {
      nextStep: 'Install Go 1.26 or newer, or leave the Kubernetes lane out.',
    });
  }
  if (existsSync(binary)) return binary;
  onProgress?.(BUILD_WORDS);
  await build(binary);
  return binary;
}

function sources(): string {
  return join(projectRoot(), 'test', 'yard', 'kubernetes', 'control-plane');
}

async function binaryPath(): Promise<string | undefined> {
  const go = await goVersion();
  if (go === undefined) return undefined;
  const hash = createHash('sha256').update(`${go} ${KUBERNETES_VERSION}`);
  for (const name of (await readdir(sources())).toSorted()) {
    hash.update(`\n${name}\n`).update(await readFile(join(sources(), name)));
  }
  return join(cacheRoot(), `kubernetes-${hash.digest('hex').slice(0, 12)}`);
}

async function goVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await run('go', ['env', 'GOVERSION', 'GOARCH', 'GOOS'], { cwd: sources() });
    return stdout.trim().split('\n').join(' ');
  } catch {
    return undefined;
  }
}

function linkerFlags(): string {
  const [major = '', minor = ''] = KUBERNETES_VERSION.split('.');
  const stamps = {
    gitVersion: `v${KUBERNETES_VERSION}`,
    gitMajor: major,
    gitMinor: minor,
    gitTreeState: 'clean',
    gitCommit: 'yard',
    buildDate: '1970-01-01T00:00:00Z',
  };
  const set = Object.entries(stamps).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ['-s', '-w', ...set].join(' ');
}

/** At low priority: other tests run meanwhile. */
async function build(binary: string): Promise<void> {
  const draft = `${binary}.${process.pid}.part`;
  await mkdir(cacheRoot(), { recursive: true });
  try {
    const args = ['build', '-trimpath', `-ldflags=${linkerFlags()}`, '-o', draft, '.'];
    await run('nice', ['-n', '15', 'go', ...args], {
      cwd: sources(),
      timeout: BUILD_LIMIT_MS,
      maxBuffer: 64 << 20,
      env: { ...process.env, CGO_ENABLED: '0' },
    });
    await rename(draft, binary);
  } catch (cause) {
    await rm(draft, { force: true });
    const words = (cause as { stderr?: string }).stderr ?? String(cause);
    throw new SpringtideError(
      'failed-precondition',
      `Kubernetes for tests could not be built: ${words.trim().split('\n').slice(-3).join(' ')}`,
      { cause, nextStep: 'Check that the Go module proxy can be reached; what was built before is cached.' },
    );
  }
}
