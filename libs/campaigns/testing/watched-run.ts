import { randomUUID } from 'node:crypto';
import { ScalingInput, type CampaignInput } from '@springtide/contracts';
import { DemandService, PrometheusReader } from '@springtide/demand';
import { EffectLedger } from '@springtide/effects';
import { MINUTE } from '@springtide/kernel';
import { silentLogger } from '@springtide/platform';
import { connectAccount, type RouteCounters } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { ScalingEyes, ScalingService } from '@springtide/scaling';
import type { TestDatabase, SeededTenant } from '@springtide/testing';
import { RoutesService } from '@springtide/traffic';
import { TwinEntrance, entranceManifest } from '../../twin/entrance.js';
import { DemandWatch } from '../demand-watch.service.js';
import { groupRunsSince } from '../group-runs.js';
import { StrategyFollower } from '../strategy-follower.service.js';
import { RunOnClouds } from './run-on-clouds.js';

const ROUTE = 'entrance';
/** Requests per second at the peak. */
export const PLANNED = 320;

/** Counts what it is told that it took. */
class CountingEntrance extends TwinEntrance {
  taken = 0;
  counts = true;

  override readCounters(): Promise<readonly RouteCounters[]> {
    if (!this.counts) return Promise.resolve([]);
    return Promise.resolve([{ group: 'home', requests: this.taken, errors: 0 }]);
  }
}

/** A run at its peak, four machines of 100 requests/s each, one more at home, and a guard that looks every minute. */
export async function watchedRun(
  open: Readonly<{ test: TestDatabase; tenant: SeededTenant }>,
  changes: Partial<CampaignInput> = {},
) {
  const { database } = open.test;
  const run = await RunOnClouds.open(open);
  const entrance = new CountingEntrance([ROUTE], () => true);
  const context = { account: randomUUID(), clock: run.clock, gate: loopbackGate(), log: silentLogger };
  const proxy = await connectAccount(entranceManifest(entrance), {}, {}, context);
  const ledger = new EffectLedger({
    ...run.ledger.dependencies,
    clouds: { open: async () => await Promise.resolve(proxy) },
  });
  const routes = new RoutesService(database, ledger, run.clock);
  const { campaignId } = await run.row();
  const demand = [{ service: 'storefront', phase: 'peak', requestsPerSecond: PLANNED }];
  await database.systemWork('test', async (tx) => {
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
  const prometheus = new PrometheusReader(loopbackGate());
  const eyes = new ScalingEyes(
    new DemandService(database, prometheus, run.clock),
    prometheus,
    routes,
    ledger,
  );
  const scaling = new ScalingService(database, eyes, run.clock, groupRunsSince);
  const follower = new StrategyFollower(database, scaling, routes);
  const watch = new DemandWatch(database, run.book, ledger, routes, follower);
  const ref = { tenantId: open.tenant.tenantId, runId: run.runId, fence: run.fence };
  await watch.look(ref);
  return {
    run,
    scaling,
    /** So many minutes, of so much demand. */
    minutes: async (count: number, perSecond = 0) => {
      for (let minute = 0; minute < count; minute += 1) {
        run.clock.advance(MINUTE);
        entrance.taken += perSecond * 60;
        await watch.look(ref);
      }
    },
    /** From now on the entrance tells no numbers, as names and most clouds' balancers do. */
    countNothing: () => {
      entrance.counts = false;
    },
    /** Machines that the run wants. */
    machines: async () => (await run.row()).targets.reduce((sum, row) => sum + row.machines, 0),
    /** Replaces the strategies of its service. */
    strategies: async (input: Readonly<Record<string, unknown>>) =>
      await scaling.put(open.tenant.admin, 'storefront', ScalingInput.parse(input)),
  };
}
