import { randomUUID } from 'node:crypto';
import { EffectLedger, MachineLife } from '@springtide/effects';
import { silentLogger } from '@springtide/platform';
import { connectAccount } from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { ReleaseKeeper, RoutesService } from '@springtide/traffic';
import { TwinEntrance, entranceManifest } from '../../twin/entrance.js';
import { groupOf, machinesOf } from '../run-machines.js';
import { membersByGroup } from '../route-members.js';
import { RunOnClouds, type campaignsDatabase } from './run-on-clouds.js';

export const ROUTE = 'entrance';

/** A run at its peak with an entrance before its machines; nobody of them is a member of it yet. */
export async function runWithEntrance(open: Awaited<ReturnType<typeof campaignsDatabase>>, machines: number) {
  const run = await RunOnClouds.open(open);
  const { tenantId } = open.tenant;
  /** Ids that the entrance finds unhealthy. */
  const sick = new Set<string>();
  const entrance = new TwinEntrance([ROUTE], ({ id }) => !sick.has(id));
  const context = { account: randomUUID(), clock: run.clock, gate: loopbackGate(), log: silentLogger };
  const proxy = await connectAccount(entranceManifest(entrance), {}, {}, context);
  const { clouds } = run.ledger.dependencies;
  const ledger = new EffectLedger({
    ...run.ledger.dependencies,
    clouds: { open: async (tenant, id) => (id === context.account ? proxy : clouds.open(tenant, id)) },
  });
  const routes = new RoutesService(open.test.database, ledger, run.clock);
  const releases = new ReleaseKeeper(open.test.database, routes, run.clock);
  await open.test.database.systemWork('test', async (tx) => tx.query('delete from traffic_route'));
  const home = [{ id: 'old-1', address: '10.0.0.1', port: 8080, machineType: 'old' }];
  const declared = {
    name: ROUTE,
    accountId: context.account,
    service: 'storefront',
    healthPath: '/',
    home,
  };
  await routes.create(open.tenant.admin, declared);

  const intentId = await run.buy(0, machines);
  run.clock.advance(5_000);
  const { items } = await new MachineLife(ledger).observe(tenantId, intentId);
  const ids = items.map(({ machineId }) => machineId ?? '');
  const [bought] = machinesOf(await run.intents());
  const group = groupOf(bought?.poolId ?? '');
  const ref = { tenantId, runId: run.runId, fence: run.fence };
  /** The machines serve, and take half of the traffic. */
  const join = async () => {
    await new MachineLife(ledger).markReady(tenantId, intentId, ids);
    const route = await routes.getByName(open.tenant.admin, ROUTE);
    const change = { runId: run.runId, campaignId: null, step: 'join', batch: 0, fence: run.fence };
    for (const [name, members] of membersByGroup(await run.plan(), machinesOf(await run.intents()))) {
      await routes.setMembers(route, name, members, change);
      await routes.setShares(route, { home: 50, [name]: 50 }, change);
    }
  };
  return { run, ledger, routes, releases, entrance, sick, group, ids, ref, join };
}
