import { jest } from '@jest/globals';
import { RUN_CHANGED } from '@springtide/contracts';
import { workflowBundle } from '@springtide/testing';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startRunWorld, type RunWorld } from '../testing/run-world.js';

jest.setTimeout(120_000);

let world: RunWorld;
let folder: string;

beforeAll(async () => {
  world = await startRunWorld('real');
  folder = await mkdtemp(join(tmpdir(), 'springtide-build-'));
}, 120_000);
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A build whose runs begin otherwise than those under way did, and no patch says so. */
async function badBuild(): Promise<string> {
  const text = await readFile(await workflowBundle(), 'utf8');
  const path = join(folder, 'bad.js');
  await writeFile(path, text.replaceAll('takeOwnership', 'claimOwnership'));
  return path;
}

describe('a bad build of the workflows', () => {
  it('holds the runs under way, changes nothing of theirs, and rolled back they go on without loss', async () => {
    const target = { service: 'web', poolId: 'cheap', phase: 'ramp', machines: 2 } as const;
    const [ground, ids] = await world.ground([target], ['ramp']);
    const hour = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    ground.phases = [{ name: 'ramp', prepareAt: hour(-1), startsAt: hour(-1), endsAt: hour(1) }];
    const handle = await world.start(ids);
    while (!ground.calls.includes('reached ramp')) await wait(50);
    const before = [...ground.calls];

    await world.driver.deploy(await badBuild());
    ground.phases = ground.phases.map((phase) => ({ ...phase, endsAt: hour(-0.5) }));
    await handle.signal(RUN_CHANGED);
    while ((await failures(handle)).length === 0) await wait(200);
    expect((await failures(handle)).join('\n')).toMatch(/[Nn]ondeterminism/);
    expect([(await handle.describe()).status.name, ground.calls, ground.alive()]).toEqual([
      'RUNNING',
      before,
      2,
    ]);

    await world.driver.deploy();
    await handle.result();
    expect(ground.calls.slice(before.length)[0]).toBe('scale back');
    expect([ground.calls.at(-1), ground.alive()]).toEqual(['closed', 0]);
    expect(ground.calls.filter((line) => line.startsWith('buy'))).toHaveLength(1);
  });
});

/** What the engine has on record of tasks of this run that a worker could not do. */
async function failures(
  handle: Awaited<ReturnType<RunWorld['driver']['start']>>,
): Promise<readonly string[]> {
  const { events } = await world.driver.client.workflow.getHandle(handle.workflowId).fetchHistory();
  return (events ?? []).flatMap(({ workflowTaskFailedEventAttributes: failed }) =>
    failed === null || failed === undefined ? [] : [failed.failure?.message ?? ''],
  );
}
