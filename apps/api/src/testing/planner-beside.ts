import { PlansService } from '@springtide/campaigns';
import { routes, type ApiClient, type PlanBody } from '@springtide/contracts';
import { PlatformModule, jobContext, silentLogger, systemClock, type Database } from '@springtide/platform';
import { loadManifests } from '@springtide/provider-kit';
import { providers as registry } from '@springtide/providers';
import { Wiring } from '@springtide/twin';
import { ServicesModule } from '../composition/services.module.js';
import { Readiness } from '../health/readiness.js';

/** Services as the worker has them, over the database of a server under test. They reach no cloud: they have no keys. */
export async function workerBeside(database: Database): Promise<Pick<Wiring, 'get'>> {
  const services = ServicesModule.with({
    providers: await loadManifests(registry),
    installation: 'api-test',
    policy: 'demo',
    readiness: new Readiness([]),
  });
  const platform = PlatformModule.of({ database, clock: systemClock, log: silentLogger } as never);
  return new Wiring({ module: ServicesModule, imports: [platform, services] }, {});
}

/** Has a plan solved by the real planner, which elsewhere is the worker's work. Markets must have been read before. */
export type Planner = (client: ApiClient, campaignId: string) => Promise<PlanBody>;

export async function plannerBeside(database: Database, tenantId: string): Promise<Planner> {
  const plans = (await workerBeside(database)).get(PlansService);
  return async (client, campaignId) => {
    const { id } = await client.call(routes.planRequest, { params: { id: campaignId } });
    await plans.solve(jobContext('planner', tenantId, id), id);
    return await client.call(routes.planGet, { params: { id } });
  };
}
