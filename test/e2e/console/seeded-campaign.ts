import { PlansService, Provisioning, RunEngine } from '@springtide/campaigns';
import {
  routes,
  type ApiClient,
  type BatchOrder,
  type CampaignBody,
  type CampaignInput,
  type PhaseName,
} from '@springtide/contracts';
import { systemClock } from '@springtide/platform';
import {
  examplePrivateCloud,
  examplePublicCloud,
  openSimulatedCloud,
  type CloudPlanInput,
} from '../../../providers/simulated/index.js';
import type { ConsoleStage } from './console-stage.js';

export type SeededClouds = Readonly<{ privateId: string; publicId: string }>;

const SHOP = `
name: shop
services:
  - name: storefront
    route: storefront
    port: 8080
    image: img-shop-1
    capacityModel:
      - { family: vm, requestsPerSecondPerVcpu: 40, latencyTargetMs: 200, evidence: load test 7 }
      - { family: c2, requestsPerSecondPerVcpu: 50, latencyTargetMs: 200, evidence: load test 7 }
  - name: checkout
    route: checkout
    port: 8080
    image: img-shop-2
    capacityModel:
      - { family: vm, requestsPerSecondPerVcpu: 20, latencyTargetMs: 300, evidence: load test 8 }
      - { family: c2, requestsPerSecondPerVcpu: 25, latencyTargetMs: 300, evidence: load test 8 }
`;

const BOOT_MS = 300;

/** Two hosts, so that a ramp already has to buy elsewhere. */
function smallPrivateCloud(): CloudPlanInput {
  const plan = examplePrivateCloud({ behaviour: { bootMs: BOOT_MS } });
  const hosts = { count: 1, vcpu: 32, memoryMiB: 131_072 };
  const regions = plan.regions.map((region) => ({
    ...region,
    zones: region.zones.map((zone) => ({ ...zone, hosts })),
  }));
  return { ...plan, regions };
}

/** Two simulated clouds, verified and read, and an entrance per service whose proxy cannot be reached. */
export async function seedClouds(stage: ConsoleStage): Promise<SeededClouds> {
  const client = stage.client(stage.tenant.adminToken);
  const home = smallPrivateCloud();
  const far = examplePublicCloud({ behaviour: { bootMs: BOOT_MS } });
  openSimulatedCloud('console-private', home, systemClock);
  openSimulatedCloud('console-public', far, systemClock);
  const register = async (name: string, kind: string, secret: Record<string, unknown>): Promise<string> => {
    const settings = { cloud: `console-${kind}`, kind: `${kind}-cloud` };
    const body = { name, provider: 'simulated', settings, secret };
    const account = await client.call(routes.accountRegister, { body });
    await client.call(routes.accountVerify, { params: { id: account.id } });
    return account.id;
  };
  const privateId = await register('杭州数据中心', 'private', { ...home.credentials });
  const publicId = await register('east public', 'public', { ...far.credentials });
  await client.call(routes.inventorySync, { body: {} });
  await seedRoutes(stage, client);
  return { privateId, publicId };
}

async function seedRoutes(stage: ConsoleStage, client: ApiClient): Promise<void> {
  const route = (name: string) => ({ backend: name, entrance: 'http://127.0.0.1:9' });
  const settings = {
    host: '127.0.0.1',
    port: 9,
    routes: { storefront: route('storefront'), checkout: route('checkout') },
  };
  const body = { name: 'entrance', provider: 'haproxy', settings, secret: {} };
  const account = await client.call(routes.accountRegister, { body });
  for (const name of ['storefront', 'checkout']) {
    await stage.database.systemWork('test', (tx) =>
      tx.query(
        `insert into traffic_route (id, tenant_id, name, account_id, service, health_path, home, version, created_at)
         values (gen_random_uuid(), $1, $2, $3, $2, '/', '[]', 1, now())`,
        [stage.tenant.tenantId, name, account.id],
      ),
    );
  }
}

/** A campaign whose ramp has just begun, so that it can be run at once. */
export async function seedCampaign(
  stage: ConsoleStage,
  clouds: SeededClouds,
  name: string,
): Promise<CampaignBody> {
  const client = stage.client(stage.tenant.adminToken);
  const template = await client.call(routes.templateCreate, { body: SHOP });
  return await client.call(routes.campaignCreate, { body: campaignInput(name, template.id, clouds) });
}

function campaignInput(name: string, templateId: string, clouds: SeededClouds): CampaignInput {
  const minute = (n: number): string => new Date(Date.now() + n * 60_000).toISOString();
  const phases = (['prewarm', 'ramp', 'peak', 'plateau', 'decay'] as const).map((phase, index) => ({
    name: phase,
    startsAt: minute(index * 15 - 5),
    endsAt: minute(index * 15 + 10),
  }));
  const storefront = [800, 2_500, 9_000, 5_000, 1_000];
  const checkout = [100, 400, 1_500, 800, 150];
  const demand = phases.flatMap((phase, index) => [
    { service: 'storefront', phase: phase.name, requestsPerSecond: storefront[index] ?? 0 },
    { service: 'checkout', phase: phase.name, requestsPerSecond: checkout[index] ?? 0 },
  ]);
  return {
    name,
    templateId,
    timeZone: 'Asia/Shanghai',
    phases,
    demand,
    budget: { currency: 'CNY', amount: '400' },
    accountIds: [clouds.privateId, clouds.publicId],
    policy: 'demo',
  };
}

/** Has the plan solved by the worker's own service. */
export async function solvePlan(stage: ConsoleStage, planId: string): Promise<void> {
  const plans = stage.service(PlansService);
  await plans.refreshMarket(stage.tenant.job, planId);
  await plans.solve(stage.tenant.job, planId);
}

/** Buys what these phases want from the simulated clouds, as the workflow would have it done. */
export async function enterPhases(
  stage: ConsoleStage,
  runId: string,
  phases: readonly PhaseName[],
): Promise<void> {
  const engine = stage.service(RunEngine);
  const { tenantId } = stage.tenant;
  const fence = await engine.takeOwnership(tenantId, runId, 'console-test');
  for (const phase of phases) {
    const ref = { tenantId, runId, fence, phase };
    await engine.enterPhase(ref);
    const { grow } = await engine.readOrders({ ...ref, stage: 'grow' });
    await Promise.all(
      grow.map(async ({ service, poolId, count }, batch) => {
        const order = { ...ref, revision: 1, round: 0, service, poolId, batch, count };
        await buy(stage, order);
      }),
    );
    await engine.notePhaseReached(ref);
  }
}

async function buy(stage: ConsoleStage, order: BatchOrder): Promise<void> {
  const provisioning = stage.service(Provisioning);
  const { intentId } = await provisioning.launchBatch(order, () => undefined);
  if (intentId !== null) await provisioning.awaitRunning({ ...order, intentId }, () => undefined);
}
