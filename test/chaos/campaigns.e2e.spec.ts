import { jest } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { planWorkflowId, routes } from '@springtide/contracts';
import {
  campaignInput,
  closed,
  expectEverythingBack,
  planApproveArm,
  planned,
  runUntil,
  until,
  type Armed,
} from '../e2e/campaign-story.js';
import type { StageProcess } from '../e2e/stage-process.js';
import { openChaosWorld, type ChaosWorld } from './chaos-world.js';
import type { Fault } from './fault-proxy.js';
import { measured, seconds } from './measured.js';

/** Alone on two cores each takes less than a minute. */
jest.setTimeout(300_000);

/** Of the activities that change clouds (workflows/activity-profiles.ts). */
const HEARTBEAT_MS = 10_000;
const LATER = { inMs: 3_600_000, rampMs: 60_000, peakMs: 60_000, decayMs: 60_000 };

let world: ChaosWorld;
beforeAll(async () => {
  world = await openChaosWorld({
    publicCloud: { behaviour: { bootMs: 800, terminateMs: 500, survivingDisks: 0.5 } },
  });
}, 120_000);
afterAll(async () => await world.stop(), 60_000);

const workers = (): readonly [StageProcess, StageProcess] => {
  const [first, second] = world.workers;
  if (first === undefined || second === undefined) throw new Error('this needs two workers');
  return [first, second];
};

/** Started again so that it waits at this place; resolves when it is up. */
async function arm(worker: StageProcess, failPoint: string): Promise<{ reached: Promise<void> }> {
  await worker.kill();
  const reached = worker.says(/^fail point reached/);
  await worker.start({ SPRINGTIDE_FAIL_POINTS: failPoint });
  return { reached };
}

const stateOf = async (armed: Armed, what: string, done: Parameters<typeof runUntil>[3]) =>
  await runUntil(world, armed.run.id, what, done, 200_000);

/** Purchases whose outcome is not in the books, and those among them whose machines run or ran. */
async function unsettledOf(runId: string): Promise<readonly string[]> {
  const rows = await world.database.database.systemWork('test', async (tx) =>
    tx.query<{ id: string }[]>(
      `select id from effect_intent where run_id = $1 and kind = 'create' and state in ('written', 'sent')`,
      [runId],
    ),
  );
  return rows.map(({ id }) => id);
}

async function notRunning(intentIds: readonly string[]): Promise<readonly string[]> {
  const rows = await world.database.database.systemWork('test', async (tx) =>
    tx.query<{ id: string }[]>(
      `select i.id from effect_intent i where i.id = any($1::uuid[]) and (i.state in ('written', 'sent') or exists (
         select 1 from effect_item e where e.intent_id = i.id and e.machine_id is not null and e.running_at is null))`,
      [intentIds],
    ),
  );
  return rows.map(({ id }) => id);
}

/** How the API answers a read now: status, and what a refusal says. */
async function asked(path = '/api/v1/campaigns') {
  const answer = await fetch(`${world.apiUrl}${path}`, {
    headers: { authorization: `Bearer ${world.adminToken}` },
    signal: AbortSignal.timeout(20_000),
  });
  await answer.arrayBuffer();
  const { headers, status } = answer;
  return { status, type: headers.get('content-type') ?? '', retryAfter: headers.get('retry-after') };
}

async function msUntilAnswered(): Promise<number> {
  const from = performance.now();
  await until('the API answers again', asked, ({ status }) => status === 200, 60_000);
  return performance.now() - from;
}

describe('one campaign whose processes and engines die under it', () => {
  let armed: Armed;

  it('F4: a worker that is stopped while it buys, and woken, finds its work done by another', async () => {
    const [first, second] = workers();
    await second.kill();
    const sleeper = await arm(first, 'purchase.written');
    armed = await planApproveArm(world, 'dying', {
      inMs: 30_000,
      rampMs: 3_000,
      // The engine goes on asking a stopped worker for a while, and what is bought after the end is let go at once.
      peakMs: 90_000,
      decayMs: 2_000,
    });
    await sleeper.reached;
    process.kill(first.pid, 'SIGSTOP');
    const dying = await arm(second, 'purchase.answered');
    // F1, window w3: the one that takes over is killed between the cloud's answer and its record.
    await dying.reached;
    await second.kill();
    const killedAt = performance.now();
    // What the dead one and the sleeper held: machines of other batches, that run already, say nothing about them.
    const held = await unsettledOf(armed.run.id);
    expect(held.length).toBeGreaterThan(0);
    process.kill(first.pid, 'SIGCONT');
    process.kill(first.pid, 'SIGUSR2');
    await second.start();
    await until(
      'all that was held up runs',
      async () => await notRunning(held),
      (left) => left.length === 0,
      60_000,
    );
    const resumedMs = performance.now() - killedAt;
    expect(resumedMs).toBeLessThan(HEARTBEAT_MS + 10_000);
    await measured(
      'F1',
      `killed between answer and record: all of the ${held.length} purchases held up run ${seconds(resumedMs)} later`,
    );
    await measured('F4', 'a real worker stopped for longer than its heartbeat: its purchase was taken over');
  });

  it('F17: PostgreSQL is killed in the peak; the API says so, and nothing acknowledged is lost', async () => {
    const kept = await world.operations.call(routes.campaignCreate, {
      body: campaignInput(world, 'acknowledged', LATER),
    });
    await world.postgres.kill();
    const refused = await until('it is refused', asked, ({ status }) => status !== 200, 20_000);
    expect(refused).toMatchObject({
      status: 503,
      type: expect.stringContaining('application/problem+json') as string,
    });
    expect(Number(refused.retryAfter)).toBeGreaterThan(0);
    await wait(3_000);
    await world.postgres.start();
    const backMs = await msUntilAnswered();
    expect(backMs).toBeLessThan(10_000);
    const found = await world.operations.call(routes.campaignGet, { params: { id: kept.id } });
    expect(found.name).toBe('acknowledged');
    await measured('F17', `the API answers ${seconds(backMs)} after the database is back; nothing lost`);
  });

  it('F20: Temporal is away; the API reads and accepts, and what it took is started once', async () => {
    await world.engine.kill();
    expect((await asked()).status).toBe(200);
    const campaign = await world.operations.call(routes.campaignCreate, {
      body: campaignInput(world, 'while the engine is away', LATER),
    });
    const planning = planned(world.operations, campaign.id);
    await wait(3_000);
    await world.engine.start();
    const plan = await planning;
    expect(plan.status).toBe('ready');
    const query = `WorkflowId = '${planWorkflowId(plan.id)}'`;
    const runs = [];
    for await (const one of world.temporal.workflow.list({ query })) runs.push(one.runId);
    expect(runs.length).toBeLessThanOrEqual(1);
    await measured('F20', `accepted while the engine was away, solved after it: ${runs.length} execution`);
  });

  it('F2: all workers are killed on the way back, and come again', async () => {
    const [first, second] = workers();
    await second.kill();
    const dying = await arm(first, 'release.answered');
    await dying.reached;
    await first.kill();
    await wait(5_000);
    await Promise.all([first.start(), second.start()]);
    await stateOf(armed, 'it is closed', closed);
    await measured('F2', 'no worker at all for 5 s in the middle of a way back: it goes on where it was');
    await measured('F1', 'killed between the deletion and its record (w5): every machine gone once');
  });

  it('and it comes to the end that it would have come to without all that', async () => {
    await expectEverythingBack(world, armed);
    const report = await world.operations.call(routes.campaignReport, { params: { id: armed.campaign.id } });
    expect(report.machines.created).toBeGreaterThan(0);
    // What came too late for its phase was not bought for it.
    expect(report.machines.created).toBeLessThanOrEqual(report.machines.planned);
  });
});

const CHANGES = /v1\/(RunMachines|TerminateMachines|SetReleaseTime|ReleaseSatellite)$/;
const AWAY = { error: { code: 'InternalError', message: 'an upstream of this cloud is away' } };
const REVOKED = { error: { code: 'AuthFailure', message: 'this key was revoked' } };

describe('one campaign on a bad network', () => {
  let armed: Armed;
  let lost: Fault;
  let forgotten: Fault;
  let twice: Fault;
  let broken: Fault;

  it('F5, F6, F9: it buys although answers are lost, calls come three times, and a fifth of all fail', async () => {
    // Ahead of the others: a call meets the first rule that fits it.
    lost = world.faults.add({ path: /RunMachines$/, times: 1, do: { kind: 'lose' } });
    forgotten = world.faults.add({ path: /TerminateMachines$/, times: 1, do: { kind: 'lose' } });
    twice = world.faults.add({ path: CHANGES, share: 0.5, do: { kind: 'repeat', times: 3 } });
    broken = world.faults.add({
      path: /clouds\/cloud\/v1/,
      share: 0.2,
      do: { kind: 'refuse', status: 503, body: AWAY },
    });
    armed = await planApproveArm(world, 'wires', {
      inMs: 20_000,
      rampMs: 3_000,
      peakMs: 20_000,
      decayMs: 2_000,
    });
    await stateOf(armed, 'machines serve', (run) => run.pools.some((pool) => pool.ready > 0));
    expect(lost.count()).toBe(1);
    await measured('F6', 'the answer to a purchase lost on the wire: bought once');
  });

  it('F24: for a while neither engine nor database can be reached, although connections stand', async () => {
    world.engine.gate.set('dark');
    await wait(12_000);
    world.engine.gate.set('open');
    world.postgres.gate.set('deaf');
    await wait(4_000);
    world.postgres.gate.set('closed');
    world.postgres.gate.set('open');
    expect(await msUntilAnswered()).toBeLessThan(20_000);
    await measured('F24', '12 s without the engine, 4 s in which the database hears and cannot answer');
  });

  it('F16: the credential is revoked on the way back, and everything goes back once it holds again', async () => {
    await forgotten.met;
    const revoked = world.faults.add({
      path: /clouds\/cloud\/v1/,
      do: { kind: 'refuse', status: 401, body: REVOKED },
    });
    await wait(6_000);
    revoked.release();
    await stateOf(armed, 'it is closed', closed);
    expect([twice.count() > 0, broken.count() > 0]).toEqual([true, true]);
    for (const fault of [twice, broken]) fault.release();
    await expectEverythingBack(world, armed);
    await measured('F5', `${twice.count()} changes delivered three times each: one effect each`);
    await measured('F9', `${broken.count()} calls of a cloud refused with 503: the campaign came to its end`);
    await measured(
      'F16',
      `revoked for 6 s on the way back (${revoked.count()} calls refused): no machine left`,
    );
    await measured('F6', 'the answer to a deletion lost on the wire: gone once');
  });
});
