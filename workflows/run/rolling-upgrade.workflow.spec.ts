import { jest } from '@jest/globals';
import { RUN_CHANGED } from '@springtide/contracts';
import { workflowBundle, type FakeGround } from '@springtide/testing';
import { Context } from '@temporalio/activity';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startRunWorld, type RunIds, type RunWorld } from '../testing/run-world.js';

/** A hundred by command: SPRINGTIDE_UPGRADE_RUNS=100 npm test -- workflows/run/rolling-upgrade */
const RUNS = Number(process.env['SPRINGTIDE_UPGRADE_RUNS'] ?? 12);
const LIMIT_MS = 300_000 + RUNS * 10_000;
jest.setTimeout(LIMIT_MS + 60_000);

const TARGET = { service: 'web', poolId: 'cheap', phase: 'ramp', machines: 2 } as const;
const HOUR = 3_600_000;

/** Where a run stands while its workers are replaced. */
const STAGES = ['holds', 'buys', 'goes back'] as const;
type UnderWay = Readonly<{
  stage: (typeof STAGES)[number];
  ground: FakeGround;
  ids: RunIds;
}>;

let world: RunWorld;
let folder: string;

beforeAll(async () => {
  world = await startRunWorld('real', {}, 10_000);
  folder = await mkdtemp(join(tmpdir(), 'springtide-upgrade-'));
}, 120_000);
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The release before: nothing of what is behind a patch is in it. The recorded histories of 0.1.0 hold it to that. */
async function buildBefore(): Promise<string> {
  const text = await readFile(await workflowBundle(), 'utf8');
  const before = text.replace('function patched(patchId) {', '$& return false;');
  if (before === text) throw new Error('the build knows no patches');
  const path = join(folder, 'before.js');
  await writeFile(path, before);
  return path;
}

async function begin(stage: UnderWay['stage'], release: Promise<void>): Promise<UnderWay> {
  const [ground, ids] = await world.ground([TARGET], ['ramp']);
  const at = (ms: number) => new Date(Date.now() + ms).toISOString();
  ground.phases = [{ name: 'ramp', prepareAt: at(-HOUR), startsAt: at(-HOUR), endsAt: at(HOUR) }];
  if (stage === 'buys') ground.on('launchBatch', async () => await alive(release));
  // Machines that are asked to go and stay, look after look: its way back is under way all the while.
  if (stage === 'goes back') ground.slow = Number.POSITIVE_INFINITY;
  await world.start(ids);
  return { stage, ground, ids };
}

const handleOf = ({ ids }: UnderWay) => world.handle(ids);

/** As a worker that is well: its work must not be given to another one. */
async function alive(work: Promise<void>): Promise<void> {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 1_000);
  await work.finally(() => clearInterval(beat));
}

const signal = async (run: UnderWay) => await handleOf(run).signal(RUN_CHANGED);

async function until(what: string, done: () => boolean): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`not so in time: ${what}`);
    await wait(100);
  }
}

const told = ({ ground }: UnderWay, line: string) =>
  ground.calls.filter((one) => one.startsWith(line)).length;

describe('a rolling upgrade', () => {
  it('replaces one worker after another under many running campaigns, and none loses, repeats or forgets anything', async () => {
    const { driver } = world;
    const before = await buildBefore();
    await driver.deploy(before);
    const second = await driver.join(before);
    let goOn: () => void = () => undefined;
    const release = new Promise<void>((resolve) => (goOn = resolve));
    const runs: UnderWay[] = [];
    for (let at = 0; at < RUNS; at += 1) runs.push(await begin(STAGES[at % 3] ?? 'holds', release));
    const of = (stage: UnderWay['stage']) => runs.filter((run) => run.stage === stage);

    await until('all are under way', () =>
      runs.every((run) => told(run, run.stage === 'buys' ? 'enter ramp' : 'reached ramp') > 0),
    );
    for (const run of of('goes back')) {
      run.ground.control = 'abort';
      await signal(run);
    }
    await until('a third goes back', () => of('goes back').every((run) => told(run, 'release') > 0));

    // The first worker is replaced; for a while the old and the new release work side by side.
    await driver.deploy();
    goOn();
    await until('purchases come to their end', () =>
      of('buys').every((run) => told(run, 'reached ramp') > 0),
    );
    await second.end();
    await driver.join();

    const over = new Date(Date.now() - 1_000).toISOString();
    for (const run of runs) {
      run.ground.slow = 0;
      run.ground.phases = run.ground.phases.map((phase) => ({ ...phase, endsAt: over }));
      if (run.stage !== 'goes back') await signal(run);
    }
    await until('all are closed', () => runs.every((run) => told(run, 'closed') > 0));
    for (const run of runs) {
      // Rejects when it failed.
      await handleOf(run).result();
      expect([run.stage, run.ground.alive(), run.ground.calls.at(-1)]).toEqual([run.stage, 0, 'closed']);
      expect([told(run, 'buy'), told(run, 'scale back'), told(run, 'closed')]).toEqual([1, 1, 1]);
      expect(told(run, 'problem')).toBe(0);
    }
  });
});
