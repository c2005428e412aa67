import { jest } from '@jest/globals';
import { join } from 'node:path';
import { routes } from '@springtide/contracts';
import { DEMO_EFFECTS } from '@springtide/effects';
import { closed, expectEverythingBack, planApproveArm, runUntil, until } from '../e2e/campaign-story.js';
import { openChaosWorld, type ChaosWorld } from './chaos-world.js';
import { measured, seconds } from './measured.js';

/** Alone on two cores it takes a minute and a half. */
jest.setTimeout(300_000);

const OFF_MS = 10 * 60_000;
/** What is promised: nothing is early by more. */
const EARLY_MS = 2_000;
const { leaseMs, timerMarginMs } = DEMO_EFFECTS;

let world: ChaosWorld;
beforeAll(async () => {
  world = await openChaosWorld();
  const [first, second] = world.workers;
  const processes = [
    [world.api, OFF_MS],
    [first, OFF_MS],
    [second, -OFF_MS],
  ] as const;
  for (const [one, offMs] of processes) {
    await one?.kill();
    await one?.start({
      NODE_OPTIONS: `--import ${join(import.meta.dirname, 'wrong-clock.mjs')}`,
      CLOCK_OFF_MS: String(offMs),
    });
  }
}, 180_000);
afterAll(async () => await world.stop(), 60_000);

async function rows<T>(sql: string, values: readonly unknown[]): Promise<readonly T[]> {
  return await world.database.database.systemWork(
    'test',
    async (tx) => await tx.query<T[]>(sql, [...values]),
  );
}

type Lease = Readonly<{ releaseBy: Date; leftMs: number; timerLeftMs: number | null }>;

/** What the database itself says is left of the leases of a run, and of its machines' timers. */
async function leasesOf(runId: string): Promise<readonly Lease[]> {
  return await rows<Lease>(
    `select release_by as "releaseBy",
       (extract(epoch from release_by - clock_timestamp()) * 1000)::float8 as "leftMs",
       (extract(epoch from ends_at - clock_timestamp()) * 1000)::float8 as "timerLeftMs"
     from effect_intent intent join effect_item item on item.intent_id = intent.id
     where intent.run_id = $1 and intent.kind = 'create' and item.state in ('accepted', 'running', 'ready')`,
    [runId],
  );
}

/** Never longer than a lease is, and never lapsed: by ten minutes either would be so. */
function expectTrueLeases(leases: readonly Lease[]): void {
  expect(leases.length).toBeGreaterThan(0);
  for (const { leftMs } of leases) {
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThanOrEqual(leaseMs + EARLY_MS);
  }
}

describe('F22: API and workers whose own clocks are ten minutes fast and slow', () => {
  it('leases, phases, timers and audit follow the database', async () => {
    const beganAt = Date.now();
    const armed = await planApproveArm(world, 'wrong clocks', {
      inMs: 50_000,
      rampMs: 3_000,
      peakMs: 20_000,
      decayMs: 2_000,
    });
    await runUntil(world, armed.run.id, 'machines serve', (run) => run.pools.some((pool) => pool.ready > 0));
    const first = await leasesOf(armed.run.id);
    expectTrueLeases(first);
    for (const { timerLeftMs } of first) {
      if (timerLeftMs === null) continue;
      expect(Math.abs(timerLeftMs - leaseMs - timerMarginMs)).toBeLessThan(OFF_MS / 5);
    }
    const least = (leases: readonly Lease[]) => Math.min(...leases.map((one) => one.releaseBy.getTime()));
    const renewed = await until(
      'leases are renewed',
      async () => await leasesOf(armed.run.id),
      (leases) => least(leases) > least(first),
      60_000,
    );
    expectTrueLeases(renewed);
    const run = await runUntil(world, armed.run.id, 'it is closed', closed);

    const [plan] = await rows<{ leadMs: number }>(
      `select (content->>'leadMs')::float8 as "leadMs" from campaign_plan where id = $1`,
      [armed.plan.id],
    );
    const [ramp, , decay] = armed.campaign.phases.map(({ startsAt }) => Date.parse(startsAt));
    const firstOf = (path: RegExp) => world.faults.carriedOut(path)[0]?.at ?? Number.NaN;
    const boughtEarlyMs = (ramp ?? Number.NaN) - (plan?.leadMs ?? Number.NaN) - firstOf(/\/RunMachines$/);
    const letGoEarlyMs = (decay ?? Number.NaN) - firstOf(/\/TerminateMachines$/);
    expect(boughtEarlyMs).toBeLessThan(EARLY_MS);
    expect(letGoEarlyMs).toBeLessThan(EARLY_MS);
    const told = (await world.operations.call(routes.runTimeline, { params: { id: armed.run.id } })).items;
    const audited = await rows<{ at: Date }>('select at from audit_record where tenant_id = $1', [
      world.tenantId,
    ]);
    const instants = [
      ...told.map(({ at }) => Date.parse(at)),
      ...audited.map(({ at }) => at.getTime()),
      Date.parse(run.closedAt ?? ''),
    ];
    // What was audited while the stage was set is older than the campaign.
    expect(Math.min(...instants)).toBeGreaterThan(beganAt - OFF_MS / 2);
    expect(Math.max(...instants)).toBeLessThan(Date.now() + EARLY_MS);
    await expectEverythingBack(world, armed);
    const latest = seconds(Math.max(0, boughtEarlyMs, letGoEarlyMs));
    await measured(
      'F22',
      `API and a worker ten minutes fast, a worker ten minutes slow: nothing early by more than ${latest}; ${instants.length} times on record, none of them wrong`,
    );
  });
});
