import { randomUUID } from 'node:crypto';
import type { CampaignInput } from '@springtide/contracts';
import { EffectLedger } from '@springtide/effects';
import { MINUTE } from '@springtide/kernel';
import { silentLogger } from '@springtide/platform';
import { connectAccount, type RouteCounters } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import type { TestDatabase, SeededTenant } from '@springtide/testing';
import { RoutesService } from '@springtide/traffic';
import { TwinEntrance, entranceManifest } from '../twin/entrance.js';
import { DemandWatch } from './demand-watch.service.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

const ROUTE = 'entrance';
const PLANNED = 320;

/** Counts what it is told that it took. */
class CountingEntrance extends TwinEntrance {
  taken = 0;

  override readCounters(): Promise<readonly RouteCounters[]> {
    return Promise.resolve([{ group: 'home', requests: this.taken, errors: 0 }]);
  }
}

describe('what an entrance takes beside what was planned', () => {
  let open: Readonly<{ test: TestDatabase; tenant: SeededTenant }>;

  beforeAll(async () => {
    open = await campaignsDatabase();
  }, 60_000);
  afterAll(() => open.test.drop());

  /** A run at its peak, four machines of 100 requests/s each, planned for 320. */
  async function watched(changes: Partial<CampaignInput> = {}) {
    const run = await RunOnClouds.open(open);
    const entrance = new CountingEntrance([ROUTE], () => true);
    const context = { account: randomUUID(), clock: run.clock, gate: loopbackGate(), log: silentLogger };
    const proxy = await connectAccount(entranceManifest(entrance), {}, {}, context);
    const ledger = new EffectLedger({
      ...run.ledger.dependencies,
      clouds: { open: async () => await Promise.resolve(proxy) },
    });
    const routes = new RoutesService(open.test.database, ledger, run.clock);
    const { campaignId } = await run.row();
    const demand = [{ service: 'storefront', phase: 'peak', requestsPerSecond: PLANNED }];
    await open.test.database.systemWork('test', async (tx) => {
      await tx.query('delete from traffic_route');
      await tx.query('update campaign set input = input || $2::jsonb where id = $1', [
        campaignId,
        JSON.stringify({ demand, ...changes }),
      ]);
    });
    await routes.create(open.tenant.admin, {
      ...{ name: ROUTE, accountId: context.account, service: 'storefront', healthPath: '/' },
      home: [{ id: 'old-1', address: '10.0.0.1', port: 8080, machineType: 'old' }],
    });
    const watch = new DemandWatch(open.test.database, run.book, ledger, routes);
    const ref = { tenantId: open.tenant.tenantId, runId: run.runId, fence: run.fence };
    await watch.look(ref);
    const minutes = async (count: number, perSecond: number) => {
      for (let minute = 0; minute < count; minute += 1) {
        run.clock.advance(MINUTE);
        entrance.taken += perSecond * 60;
        await watch.look(ref);
      }
    };
    const machines = async () => (await run.row()).targets.reduce((sum, row) => sum + row.machines, 0);
    return { run, minutes, machines };
  }

  it('grows inside the approval for what the burst policy provides for, says why, and goes back to the plan', async () => {
    const { run, minutes, machines } = await watched();
    await minutes(10, PLANNED);
    expect(await machines()).toBe(4);
    await minutes(2, PLANNED * 1.4);
    expect(await machines()).toBe(6);
    const [told] = await run.story();
    expect(told).toMatch(
      /^demand.above-plan: storefront takes 448 requests\/s where 320 were planned for peak; it is answered at 1.4\d* times the plan inside the approved envelope: added: 2 × .* demand is above everything the forecast allowed for/,
    );
    await minutes(90, PLANNED * 0.3);
    expect(await machines()).toBe(6);
    expect(await run.story()).toHaveLength(1);
  });

  it('buys no more than the approval leaves, and says what stays uncovered', async () => {
    const { run, minutes, machines } = await watched();
    await run.ledger.changeMandate(open.tenant.tenantId, run.runId, (mandate) => ({
      ...mandate,
      maxMachines: 5,
    }));
    await minutes(3, PLANNED * 1.4);
    expect(await machines()).toBe(5);
    expect((await run.story())[0]).toMatch(
      /added: 1 × .* \d+ requests\/s stay uncovered: neither the approved pools/,
    );
  });

  it('lets machines go below plan only where the campaign says so, and buys them again when demand rises', async () => {
    const kept = await watched();
    await kept.minutes(30, PLANNED * 0.5);
    expect([await kept.machines(), await kept.run.story()]).toEqual([4, []]);

    const leaving = await watched({ belowPlan: 'in-peak' });
    await leaving.minutes(14, PLANNED * 0.5);
    expect(await leaving.machines()).toBe(4);
    await leaving.minutes(6, PLANNED * 0.5);
    expect(await leaving.machines()).toBe(2);
    expect((await leaving.run.story())[0]).toMatch(
      /^demand.below-plan: storefront takes 160 .* the campaign lets machines go at 0.5\d* times the plan: going early: 2 × /,
    );
    await leaving.minutes(2, PLANNED * 0.95);
    expect(await leaving.machines()).toBe(4);
    expect((await leaving.run.story())[1]).toMatch(/^demand.calm: storefront takes 304 /);
  });
});
