import { PlansService, Provisioning, RunEngine, Shifting } from '@springtide/campaigns';
import {
  routes,
  type AccountInput,
  type ApiClient,
  type BatchOrder,
  type CampaignBody,
  type CampaignInput,
  type PhaseName,
  type ShiftOrder,
} from '@springtide/contracts';
import { STANDING_TYPE, type AnsweringClouds } from './answering-clouds.js';
import type { ConsoleStage } from './console-stage.js';

export type SeededClouds = Readonly<{ privateId: string; publicId: string }>;

function shop(port: number): string {
  const service = (name: string, image: string, perVcpu: number): string => `
  - name: ${name}
    route: ${name}
    port: ${port}
    image: ${image}
    capacityModel:
      - { machineType: ${STANDING_TYPE}, requestsPerSecond: 300, latencyTargetMs: 200, evidence: load test 6 }
      - { family: vm, requestsPerSecondPerVcpu: ${perVcpu}, latencyTargetMs: 200, evidence: load test 7 }
      - { family: c2, requestsPerSecondPerVcpu: ${perVcpu + 5}, latencyTargetMs: 200, evidence: load test 8 }`;
  return `name: shop\nservices:${service('storefront', 'img-shop-1', 45)}${service('checkout', 'img-shop-2', 20)}\n`;
}

/** The clouds as verified and read accounts, and an entrance per service that the standing machines serve. */
export async function seedClouds(
  stage: ConsoleStage,
  clouds: AnsweringClouds,
  port: number,
): Promise<SeededClouds> {
  const client = stage.client(stage.tenant.adminToken);
  const register = async (name: string, kind: 'private' | 'public'): Promise<string> => {
    const settings = { cloud: `console-${kind}`, kind: `${kind}-cloud` };
    return await verified(client, {
      name,
      provider: 'simulated',
      settings,
      secret: clouds.credentials[kind],
    });
  };
  const privateId = await register('hangzhou', 'private');
  const publicId = await register('east', 'public');
  const { providerId: provider, settings } = stage.traffic;
  const accountId = await verified(client, { name: 'entrance', provider, settings, secret: {} });
  await client.call(routes.inventorySync, { body: {} });
  const [first, second] = clouds.standing;
  for (const [name, machine] of [
    ['storefront', first],
    ['checkout', second],
  ] as const) {
    if (!machine) throw new Error('there are fewer standing machines than services');
    const { id, address, machineType } = machine;
    const home = [{ id, address, port, machineType }];
    await client.call(routes.routeCreate, {
      body: { name, accountId, service: name, healthPath: '/healthz', home },
    });
  }
  return { privateId, publicId };
}

async function verified(client: ApiClient, body: AccountInput): Promise<string> {
  const { id } = await client.call(routes.accountRegister, { body });
  const { status, health } = await client.call(routes.accountVerify, { params: { id } });
  if (status !== 'healthy')
    throw new Error(`${body.name} is ${status}: ${health?.problem ?? 'nobody says why'}`);
  return id;
}

type Course = Readonly<{ inMinutes: number; phaseMinutes: number }>;

/** Soon enough to be armed and entered; nothing of it is over. */
const SOON: Course = { inMinutes: 3, phaseMinutes: 15 };

/** A campaign on the seeded clouds. */
export async function seedCampaign(
  stage: ConsoleStage,
  clouds: SeededClouds,
  name: string,
  port: number,
  course = SOON,
): Promise<CampaignBody> {
  const client = stage.client(stage.tenant.adminToken);
  const template = await client.call(routes.templateCreate, { body: shop(port) });
  return await client.call(routes.campaignCreate, {
    body: campaignInput(name, template.id, clouds, course),
  });
}

function campaignInput(
  name: string,
  templateId: string,
  clouds: SeededClouds,
  { inMinutes, phaseMinutes }: Course,
): CampaignInput {
  // One reading of the clock: a phase starts in the very millisecond in which the one before it ends.
  const now = Date.now();
  const minute = (n: number): string => new Date(now + n * 60_000).toISOString();
  const phases = (['prewarm', 'ramp', 'peak', 'plateau', 'decay'] as const).map((phase, index) => ({
    name: phase,
    startsAt: minute(index * phaseMinutes + inMinutes),
    endsAt: minute((index + 1) * phaseMinutes + inMinutes),
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

/** Buys what these phases want from the simulated clouds and shifts traffic to it, as the workflow would have it done. */
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
    for (const service of ['storefront', 'checkout'])
      await shift(stage, { ...ref, service, shift: phase, leaving: [] });
    await engine.notePhaseReached(ref);
  }
}

async function buy(stage: ConsoleStage, order: BatchOrder): Promise<void> {
  const provisioning = stage.service(Provisioning);
  const { intentId } = await provisioning.launchBatch(order, () => undefined);
  if (intentId !== null) await provisioning.awaitRunning({ ...order, intentId }, () => undefined);
}

/** Behind the entrance, healthy, and its share of the traffic. */
async function shift(stage: ConsoleStage, order: ShiftOrder): Promise<void> {
  const shifting = stage.service(Shifting);
  await shifting.joinRoute({ ...order, join: order.shift }, () => undefined);
  const { from, to, fractions } = await shifting.planShift(order);
  for (const [step, fraction] of fractions.entries()) {
    await shifting.shiftStep({ ...order, step, from, to, fraction }, () => undefined);
  }
}
