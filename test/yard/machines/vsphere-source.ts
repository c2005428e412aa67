import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { projectRoot } from '../tools/lane.js';
import { ensureVenv } from '../tools/python-venv.js';
import type { ListedMachine, MachineSource } from './machine-source.js';

export type VsphereEndpoint = Readonly<{ url: string; user: string; password: string; caPem: string }>;

const lineSchema = z.union([
  z.object({
    machines: z.array(
      z.object({
        id: z.string(),
        machineType: z.string(),
        address: z.string(),
        state: z.string(),
        labels: z.record(z.string(), z.string()),
      }),
    ),
  }),
  z.object({ error: z.string() }),
]);

/** A list older than this is no list: the watcher hangs or the endpoint does. */
const STALE_MS = 5_000;
const FIRST_LIST_WITHIN_MS = 10_000;
const NOTHING_YET = 'no list yet';

/**
 * A vCenter, watched through pyvmomi by one long-lived process: a client start per poll would cost more than all the
 * machines' servers together.
 */
export async function vsphereSource(
  name: string,
  endpoint: VsphereEndpoint,
  everyMs: number,
): Promise<MachineSource> {
  const python = await ensureVenv({ name: 'pyvmomi', packages: ['pyvmomi==9.1.1.0'], binary: 'python' });
  const folder = await mkdtemp(join(tmpdir(), 'springtide-watch-'));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, endpoint.caPem);
  const watcher = new VsphereWatcher(() => startWatcher(python, ca, endpoint, everyMs));
  await watcher.begun();
  return {
    name,
    list: async () => watcher.list(),
    close: async () => {
      watcher.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

class VsphereWatcher {
  readonly #start: () => ChildProcess;
  #child: ChildProcess | undefined;
  #latest: { machines: readonly ListedMachine[] } | { error: string } = { error: NOTHING_YET };
  #latestAt = performance.now();
  #closed = false;

  constructor(start: () => ChildProcess) {
    this.#start = start;
    this.#run();
  }

  /** Resolves with the first list or problem, or after a while: the first poll then says why there is none. */
  async begun(): Promise<void> {
    const deadline = performance.now() + FIRST_LIST_WITHIN_MS;
    while ('error' in this.#latest && this.#latest.error === NOTHING_YET && performance.now() < deadline) {
      await wait(50);
    }
  }

  list(): readonly ListedMachine[] {
    if ('error' in this.#latest) throw new Error(this.#latest.error);
    const ageMs = performance.now() - this.#latestAt;
    if (ageMs > STALE_MS) throw new Error(`the last list is ${Math.round(ageMs)} ms old`);
    return this.#latest.machines;
  }

  close(): void {
    this.#closed = true;
    this.#child?.kill('SIGTERM');
  }

  #run(): void {
    const child = this.#start();
    this.#child = child;
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#latest = lineSchema.parse(JSON.parse(line));
        this.#latestAt = performance.now();
      });
    }
    child.once('error', (problem) => this.#fail(problem.message));
    child.once('exit', (code) => this.#fail(`the watcher ended with ${code}`));
  }

  #fail(error: string): void {
    if (this.#closed) return;
    this.#latest = { error };
    setTimeout(() => {
      if (!this.#closed && this.#child?.exitCode !== null) this.#run();
    }, 1_000).unref();
  }
}

function startWatcher(python: string, ca: string, endpoint: VsphereEndpoint, everyMs: number): ChildProcess {
  const { hostname, port } = new URL(endpoint.url);
  const script = join(projectRoot(), 'test', 'yard', 'machines', 'vsphere_watch.py');
  const target = ['--host', hostname, '--port', port, '--user', endpoint.user, '--ca', ca];
  return spawn(python, [script, ...target, '--every', String(everyMs / 1_000)], {
    env: { ...process.env, YARD_VSPHERE_PASSWORD: endpoint.password },
    // Its stdin ends with this process, and with that the watcher.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}
