import { jest } from '@jest/globals';
import { routes } from '@springtide/contracts';
import { closed, expectEverythingBack, planApproveArm, runUntil, until } from '../e2e/campaign-story.js';
import { examplePublicCloud } from '../../providers/simulated/index.js';
import { openChaosWorld, type ChaosWorld } from './chaos-world.js';
import { measured, seconds } from './measured.js';

/** Alone on two cores it takes a minute and a half. */
jest.setTimeout(300_000);

/** A purchase takes one call for each, and the cloud takes two calls a second: buying goes on for a while. */
const ZONES = Array.from({ length: 26 }, (_, at) => ({ id: `sim-east-${String.fromCodePoint(97 + at)}` }));
const PER_ZONE = 4;
const PURCHASES = /\/RunMachines$/;
const DELETIONS = /\/TerminateMachines$/;
/** What is promised. */
const HALTED_MS = 5_000;
const BEGUN_MS = 60_000;

let world: ChaosWorld;
beforeAll(async () => {
  const networks = [{ id: 'net', cidr: '127.30.0.0/16', addresses: 4_000 }];
  const quotas = [{ group: 'standard', limitVcpu: 4_000 }];
  const machineTypes = examplePublicCloud().machineTypes.flatMap((type) =>
    type.name === 'c2.large'
      ? [
          {
            ...type,
            offers: [{ option: 'on-demand', pricePerHour: '0.39', stockPerZone: PER_ZONE } as const],
          },
        ]
      : [],
  );
  world = await openChaosWorld({
    publicCloud: {
      regions: [{ id: 'sim-east', zones: ZONES, networks, quotas }],
      machineTypes,
      behaviour: {
        bootMs: 800,
        terminateMs: 500,
        survivingDisks: 0.5,
        rates: { read: { burst: 400, perSecond: 200 }, mutate: { burst: 2, perSecond: 2 } },
      },
    },
  });
}, 120_000);
afterAll(async () => await world.stop(), 60_000);

/** As the clouds themselves have it. */
const machinesSince = (ms: number): number =>
  ['home', 'cloud'].flatMap((name) =>
    (world.clouds.cloud(name)?.machines() ?? []).filter(
      ({ labels, createdAt }) => 'springtide/intent' in labels && Date.parse(createdAt) >= ms,
    ),
  ).length;

/** Every machine that the books say was ever bought for this run, against every one that the clouds ever had. */
async function machinesInBooks(runId: string): Promise<number> {
  const [row] = await world.database.database.systemWork('test', async (tx) =>
    tx.query<{ machines: string }[]>(
      `select count(*) as machines from effect_item item join effect_intent intent on intent.id = item.intent_id
       where intent.run_id = $1 and intent.kind = 'create' and item.machine_id is not null`,
      [runId],
    ),
  );
  return Number(row?.machines);
}

describe('F26: the stop switch is pulled in the steepest second of the ramp', () => {
  it('halts purchases at once, begins to delete within a minute, and the books are exact', async () => {
    const armed = await planApproveArm(
      world,
      'steep',
      { inMs: 30_000, rampMs: 5_000, peakMs: 120_000, decayMs: 2_000 },
      {
        demand: [
          { service: 'storefront', phase: 'ramp', requestsPerSecond: 1_700 },
          { service: 'storefront', phase: 'peak', requestsPerSecond: 1_800 },
          { service: 'storefront', phase: 'decay', requestsPerSecond: 40 },
        ],
        budget: { currency: 'CNY', amount: '1000' },
      },
    );
    const used = armed.plan.allocations.filter(({ machines }) => machines > 0);
    const pools = new Set(used.map(({ poolId }) => poolId)).size;
    const purchases = () => world.faults.carriedOut(PURCHASES);
    await until(
      'a third of the purchases are made',
      async () => await Promise.resolve(purchases().length),
      (made) => made >= pools / 3,
      120_000,
    );
    const pulledAt = Date.now();
    const steepness = machinesSince(pulledAt - 1_000);
    const body = { engaged: true, reason: 'drill in the ramp' };
    expect(await world.operations.call(routes.stopSwitch, { body })).toEqual({ engaged: true, runs: 1 });
    const pulledWith = purchases().filter(({ at }) => at < pulledAt).length;
    await until(
      'deletions have begun',
      async () => await Promise.resolve(world.faults.carriedOut(DELETIONS).length),
      (deletions) => deletions > 0,
      BEGUN_MS + 30_000,
    );
    const [firstDeletion] = world.faults.carriedOut(DELETIONS);
    await runUntil(world, armed.run.id, 'it is closed', closed, 200_000);

    const lastPurchase = purchases().at(-1)?.at ?? pulledAt;
    const haltedMs = Math.max(0, lastPurchase - pulledAt);
    const begunMs = (firstDeletion?.at ?? Number.POSITIVE_INFINITY) - pulledAt;
    // Otherwise there would have been nothing left to halt.
    expect(purchases().length).toBeLessThan(pools);
    expect(haltedMs).toBeLessThanOrEqual(HALTED_MS);
    expect(begunMs).toBeLessThanOrEqual(BEGUN_MS);
    await expectEverythingBack(world, armed);
    const made = world.everMade().size;
    expect(await machinesInBooks(armed.run.id)).toBe(made);
    const report = await world.operations.call(routes.campaignReport, { params: { id: armed.campaign.id } });
    expect(report.machines.created).toBe(made);
    await world.operations.call(routes.stopSwitch, { body: { engaged: false, reason: 'drill over' } });
    await measured(
      'F26',
      `pulled at ${steepness} machines a second, ${pulledWith} of ${pools} purchases made: the last purchase ${seconds(haltedMs)}, the first deletion ${seconds(begunMs)} later; ${made} machines made, in the books, and gone`,
    );
  });
});
