import { jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { routes } from '@springtide/contracts';
import { closed, planApproveArm, runUntil, until } from '../e2e/campaign-story.js';
import { openChaosWorld, type ChaosWorld } from './chaos-world.js';
import { measured, seconds } from './measured.js';

jest.setTimeout(180_000);

const MIB = 1024 * 1024;

let world: ChaosWorld;
beforeAll(async () => {
  world = await openChaosWorld({ workers: 1 });
}, 120_000);
afterAll(async () => await world.stop(), 60_000);

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}

/** The server and everything that it started. */
async function family(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return [
    pid,
    ...text
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(Number),
  ];
}

async function ask(): Promise<number> {
  const answer = await fetch(`${world.apiUrl}/api/v1/campaigns`, {
    headers: { authorization: `Bearer ${world.adminToken}` },
    signal: AbortSignal.timeout(60_000),
  });
  await answer.arrayBuffer();
  return answer.status;
}

/** With its owners, as a backup has them. */
const copy = async (from: string, to: string) => await promisify(execFile)('cp', ['-a', from, to]);

const ours = () =>
  ['home', 'cloud'].flatMap((name) =>
    (world.clouds.cloud(name)?.machines() ?? []).filter(({ labels }) => 'springtide/intent' in labels),
  );

describe('engines that do not simply die', () => {
  it('F18: PostgreSQL stands still for 15 s, then answers slowly; memory stays', async () => {
    // Code is compiled and pools are filled before anything counts.
    await Promise.all(Array.from({ length: 200 }, ask));
    const before = await residentBytes(world.api.pid);
    const pids = await family(world.postgres.pid());
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const waiting = Array.from({ length: 300 }, ask);
    await wait(15_000);
    for (const pid of pids) process.kill(pid, 'SIGCONT');
    const statuses = await Promise.all(waiting);
    expect(statuses.every((status) => status === 200 || status === 503 || status === 504)).toBe(true);
    world.postgres.gate.delay(500);
    const from = performance.now();
    expect(await ask()).toBe(200);
    const slowMs = performance.now() - from;
    world.postgres.gate.delay(0);
    const grownMiB = ((await residentBytes(world.api.pid)) - before) / MIB;
    expect(grownMiB).toBeLessThan(50);
    const answered = statuses.filter((status) => status === 200).length;
    await measured(
      'F18',
      `300 requests over a pause of 15 s: ${answered} answered, the rest refused; ${grownMiB.toFixed(0)} MiB more; ${seconds(slowMs)} at 500 ms a packet`,
    );
  });

  it('F21: Temporal has forgotten everything; the run is held, and people decide', async () => {
    const armed = await planApproveArm(world, 'forgotten', {
      inMs: 14_000,
      rampMs: 3_000,
      peakMs: 600_000,
      decayMs: 2_000,
    });
    await runUntil(world, armed.run.id, 'machines serve', (run) => run.pools.some((pool) => pool.ready > 0));
    await world.engine.kill();
    for (const tail of ['', '-wal', '-shm']) await rm(`${world.engine.dbFile}${tail}`, { force: true });
    await world.engine.start();
    const before = ours().map(({ id }) => id);
    expect(before.length).toBeGreaterThan(0);
    // The schedules are made again by the worker that starts next.
    await world.workers[0]?.kill();
    await world.workers[0]?.start();
    const from = performance.now();
    await runUntil(world, armed.run.id, 'it is in safe hold', (run) => run.state === 'safe-hold');
    const heldMs = performance.now() - from;
    // Several passes of the reconciler: nothing is bought, and nothing is ended.
    await wait(10_000);
    expect(ours().map(({ id }) => id)).toEqual(before);
    await world.operations.call(routes.runCommand, {
      params: { id: armed.run.id },
      body: { command: 'abort', reason: 'enough was seen' },
    });
    await runUntil(world, armed.run.id, 'it is closed', closed);
    expect(ours()).toEqual([]);
    await measured(
      'F21',
      `${before.length} machines: in safe hold ${seconds(heldMs)} later, none touched; ended on command`,
    );
  });

  it('F19: the database is an older one; nothing that it does not know is deleted', async () => {
    const data = join(world.postgres.dataDir(), 'data');
    await world.postgres.end();
    await copy(data, `${data}.backup`);
    await world.postgres.start();
    await until('the API answers', ask, (status) => status === 200, 30_000);
    const armed = await planApproveArm(world, 'gap', {
      inMs: 14_000,
      rampMs: 3_000,
      peakMs: 60_000,
      decayMs: 2_000,
    });
    await runUntil(world, armed.run.id, 'machines serve', (run) => run.pools.some((pool) => pool.ready > 0));
    const bought = ours().map(({ id }) => id);
    await world.postgres.kill();
    await rm(data, { recursive: true, force: true });
    await copy(`${data}.backup`, data);
    await world.postgres.start();
    await until('the API answers', ask, (status) => status === 200, 30_000);
    const missing = await world.operations
      .call(routes.runGet, { params: { id: armed.run.id } })
      .catch((thrown: unknown) => (thrown as { status?: number }).status);
    expect(missing).toBe(404);
    // The books of the backup need not know that anything was ever bought in these accounts: all of them are listed.
    const found = async () =>
      (await world.operations.call(routes.stuckList, { query: { limit: 200 } })).items.filter(
        ({ kind }) => kind === 'found-by-tag',
      );
    const shown = await until(
      'they are shown to people',
      found,
      (rows) => rows.flatMap(({ machines }) => machines).length === bought.length,
      60_000,
    );
    // Longer than the grace period, and several passes of the reconciler.
    await wait(45_000);
    expect(ours().map(({ id }) => id)).toEqual(expect.arrayContaining(bought));
    const [first, ...rest] = shown;
    const machineId = first?.machines[0] ?? '';
    await world.operations.call(routes.stuckResolve, {
      params: { id: first?.id ?? '' },
      body: { choice: 'adopt', machineId },
    });
    await until(
      'the adopted one is gone',
      async () => await Promise.resolve(ours().map(({ id }) => id)),
      (ids) => !ids.includes(machineId),
      30_000,
    );
    for (const { id } of [...(first !== undefined && first.count > 1 ? [first] : []), ...rest]) {
      const body = { choice: 'abandon', reason: 'kept to look at them' } as const;
      await world.operations.call(routes.stuckResolve, { params: { id }, body });
    }
    expect(await found()).toEqual([]);
    expect(ours().map(({ id }) => id)).toEqual(
      expect.arrayContaining(bought.filter((id) => id !== machineId)),
    );
    await measured(
      'F19',
      `${bought.length} machines that the restored database does not know: all still there and shown; one adopted and ended, the others left to a person`,
    );
  });
});
