import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { WORKFLOW_QUEUE, routes } from '@springtide/contracts';
import { SpringtideError } from '@springtide/kernel';
import { failPoint } from '@springtide/platform';
import { closed, planApproveArm, runUntil } from '../e2e/campaign-story.js';
import { openChaosWorld, type ChaosWorld } from '../chaos/chaos-world.js';
import { printLine } from './bench-line.js';
import { inLanes } from './effects/ledger-run.js';
import { BATCH, rateOfBareCalls, rateOfLedger, withPostgres } from './effects/rates.js';

/** Of the activities that change clouds (workflows/activity-profiles.ts): no death is noticed sooner. */
const HEARTBEAT_S = 10;
/** What is promised for a backlog of a thousand tasks. */
const DRAIN_S = 60;
/** The engine lets a namespace wait for about a thousand things at once, and the pollers of workers are among them. */
const WAITS_AT_ONCE = 20;
/** As long as a public cloud takes for a call. */
const CALL_MS = 150;

/**
 * What the death of workers costs, with real processes: until another one goes on with what the dead one was doing,
 * against the heartbeat timeout; until a backlog is drained after workers come back. And what survival costs while nothing
 * dies: the ledger against bare calls of the provider (`effects` has more of that), and a fail point that is off against
 * a call of nothing.
 */
export async function recoveryBench(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { tasks: { type: 'string', default: '1000' }, kills: { type: 'string', default: '3' } },
    // Options of other benches in the same command are theirs.
    strict: false,
  });
  await benchFailPoint();
  await benchLedger(10_000);
  const world = await openChaosWorld();
  try {
    const resumed: number[] = [];
    for (let kill = 1; kill <= Number(values.kills); kill += 1)
      resumed.push(await resumeSeconds(world, kill));
    printLine('recovery.resume-after-sigkill', median(resumed), 's', HEARTBEAT_S);
    printLine('recovery.resume-after-sigkill.slowest', Math.max(...resumed), 's', HEARTBEAT_S);
    const tasks = Number(values.tasks);
    printLine(`recovery.drain-${tasks}-tasks`, await drainSeconds(world, tasks), 's', DRAIN_S);
  } finally {
    await world.stop();
  }
}

/**
 * One worker stops between the answers of the cloud and their records, whatever it buys, and is killed when the other one is
 * there: the machines that then run are those that were taken over.
 */
async function resumeSeconds(world: ChaosWorld, kill: number): Promise<number> {
  const [first, second] = world.workers;
  if (first === undefined || second === undefined)
    throw new SpringtideError('internal', 'this needs two workers');
  await Promise.all([first.kill(), second.kill()]);
  await first.start({ SPRINGTIDE_FAIL_POINTS: 'purchase.answered@every' });
  const reached = first.says(/^fail point reached/);
  const timing = { inMs: 20_000, rampMs: 5_000, peakMs: 60_000, decayMs: 2_000 };
  const { run } = await planApproveArm(world, `recovery ${kill}`, timing);
  await reached;
  await second.start();
  const killedAt = performance.now();
  await first.kill();
  await runUntil(world, run.id, 'machines run', ({ pools }) =>
    pools.some(({ running, ready }) => running + ready > 0),
  );
  const seconds = (performance.now() - killedAt) / 1_000;
  await world.operations.call(routes.runCommand, {
    params: { id: run.id },
    body: { command: 'abort', reason: 'measured' },
  });
  await runUntil(world, run.id, 'everything is back', closed);
  return seconds;
}

/** Real workflows with an activity each, ordered while nobody is there to do them. */
async function drainSeconds(world: ChaosWorld, tasks: number): Promise<number> {
  await Promise.all(world.workers.map(async (worker) => await worker.kill()));
  const ids = Array.from({ length: tasks }, () => `recovery-${randomUUID()}`);
  const inEveryLane = async (work: (id: string) => Promise<void>): Promise<void> =>
    await inLanes(tasks, async (at) => await work(ids[at] ?? ''), WAITS_AT_ONCE);
  const { workflow } = world.temporal;
  await inEveryLane(async (workflowId) => {
    await workflow.start('sealAudit', { taskQueue: WORKFLOW_QUEUE, workflowId, args: [] });
  });
  const startedAt = performance.now();
  await Promise.all(world.workers.map(async (worker) => await worker.start()));
  const backAt = performance.now();
  // Whoever waits in a lane sees its task late, but the last of all is seen when it is done.
  await inEveryLane(async (id) => {
    await workflow.getHandle(id).result();
  });
  const drainedAt = performance.now();
  printLine('recovery.workers-start', (backAt - startedAt) / 1_000, 's', DRAIN_S);
  return (drainedAt - backAt) / 1_000;
}

async function benchLedger(machines: number): Promise<void> {
  await withPostgres(async (postgres) => {
    // Connections are made and code is compiled before anything counts.
    await rateOfLedger(20 * BATCH, 0, postgres());
    await rateOfBareCalls(20 * BATCH, 0);
    const bare = await rateOfBareCalls(machines, CALL_MS);
    const through = await rateOfLedger(machines, CALL_MS, postgres());
    printLine('recovery.ledger-against-bare-calls', machines / through, 's', machines / bare);
  });
}

async function benchFailPoint(): Promise<void> {
  const passes = 2_000_000;
  const nothing = (): Promise<void> | undefined => undefined;
  const nanoseconds = async (call: () => Promise<void> | undefined): Promise<number> => {
    const from = performance.now();
    for (let pass = 0; pass < passes; pass += 1) await call();
    return ((performance.now() - from) * 1e6) / passes;
  };
  await nanoseconds(() => failPoint('purchase.sending'));
  const off = await nanoseconds(() => failPoint('purchase.sending'));
  printLine('recovery.fail-point-off', off, 'ns', await nanoseconds(() => nothing()));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
