import { addMs, money } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { writeApproved } from '@springtide/twin';
import { APPROVAL, CAMPAIGN, PLAN, ROUTE_ACCOUNT, START, TENANT, accountId } from './ids.js';
import { poolId, routeOf, type Scenario } from './scenario.js';

const RPS = 100;
const CURRENCY = 'CNY';
const MORE_THAN_WANTED = 60;

/** A campaign whose plan is approved. What stops a story may be its machines, and is never its money. */
export async function writeCampaign(database: Database, scenario: Scenario): Promise<void> {
  const { clouds, phases, policy, services } = scenario;
  const budget = money(CURRENCY, '1000');
  await database.unitOfWork(OPERATOR, async (tx) => {
    await writeApproved(tx, {
      ids: { tenant: TENANT, campaign: CAMPAIGN, plan: PLAN, approval: APPROVAL, entrance: ROUTE_ACCOUNT },
      input: {
        name: 'simulated',
        templateId: PLAN,
        timeZone: 'UTC',
        phases,
        demand: [],
        budget,
        accountIds: clouds.map((_, at) => accountId(at)),
        policy,
      },
      content: planContent(scenario),
      limits: {
        poolIds: clouds.map((_, at) => poolId(at)),
        maxMachines: scenario.maxMachines ?? MORE_THAN_WANTED,
        maxPerHour: budget,
        latestStart: addMs(START, 24 * 3_600_000),
      },
      routes: services.map((service, at) => ({
        name: routeOf(service),
        service,
        healthPath: '/healthz',
        home: [
          { id: `home-${service}`, address: `127.0.0.${at + 10}`, port: 8080 + at, machineType: 'home' },
        ],
      })),
      at: START,
      expiresAt: addMs(START, 72 * 3_600_000),
    });
  });
}

/** Somebody who may do everything and is not the author. */
export const OPERATOR: RequestContext = {
  tenantId: TENANT,
  actor: {
    kind: 'user',
    id: 'operator',
    name: 'operator',
    permissions: new Set([
      'run:operate',
      'run:read',
      'run:stop',
      'campaign:approve',
      'campaign:read',
      'route:read',
    ]),
  },
  requestId: 'simulation',
};

export function planContent(scenario: Scenario) {
  const { clouds, services, needs, phases, spare, policy } = scenario;
  const pools = clouds.map((shape, at) => ({
    id: poolId(at),
    accountId: accountId(at),
    accountName: shape.name,
    provider: 'simulated',
    region: shape.region,
    zone: shape.zone,
    machineType: shape.machineType,
    purchaseOption: shape.purchaseOption,
    pricePerHour: money(CURRENCY, shape.purchaseOption === 'spot' ? '0.078' : '0.39'),
    cap: 10 + spare,
  }));
  const service = (name: string, at: number) => ({
    name,
    route: routeOf(name),
    port: 8080 + at,
    warmUpSeconds: 1,
  });
  return {
    marketSnapshotId: null,
    standing: services.map((name) => ({ service: name, machines: 1, requestsPerSecond: RPS })),
    capacity: [],
    cost: money(CURRENCY, '10'),
    lowerBound: null,
    gap: null,
    solver: 'simulation',
    quality: 'given',
    reasons: [],
    pools,
    allocations: needs.filter(({ machines }) => machines > 0).map((need) => ({ ...need })),
    sheets: services.flatMap((name) =>
      clouds.map((shape, at) => ({
        service: name,
        poolId: poolId(at),
        requestsPerSecond: RPS,
        image: 'img-shop-1',
        subnet: null,
        securityGroups: [],
        userData: null,
        minimumBillingSeconds: shape.private ? 0 : 60,
        launchBatch: 100,
      })),
    ),
    services: services.map(service),
    phases: phases.map((phase) => ({ ...phase })),
    leadMs: policy === 'demo' ? 30_000 : 12 * 60_000,
  };
}
