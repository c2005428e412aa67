import { addMs, money } from '@springtide/kernel';
import type { Database, RequestContext } from '@springtide/platform';
import { writeApproved } from '@springtide/twin';
import { START, type Ids } from './ids.js';
import { poolId, routeOf, type Cast } from './scenario.js';

const RPS = 100;
const CURRENCY = 'CNY';
const MORE_THAN_WANTED = 60;

/** A campaign whose plan is approved. What stops a story may be its machines, and is never its money. */
export async function writeCampaign(database: Database, ids: Ids, cast: Cast): Promise<void> {
  const { clouds, phases, policy, services } = cast;
  const budget = money(CURRENCY, '1000');
  await database.unitOfWork(operatorOf(ids), async (tx) => {
    await writeApproved(tx, {
      ids,
      firstRoute: ids.firstRoute,
      input: {
        name: 'simulated',
        templateId: ids.plan,
        timeZone: 'UTC',
        phases,
        demand: [],
        budget,
        accountIds: clouds.map((_, at) => ids.account(at)),
        policy,
      },
      content: planContent(ids, cast),
      limits: {
        poolIds: clouds.map((_, at) => poolId(at)),
        maxMachines: cast.maxMachines ?? MORE_THAN_WANTED,
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
export function operatorOf({ tenant }: Ids): RequestContext {
  const permissions = new Set([
    ...['run:operate', 'run:read', 'run:stop', 'campaign:approve', 'campaign:read', 'route:read'],
    ...['effect:read', 'effect:write'],
  ] as const);
  const actor = { kind: 'user', id: 'operator', name: 'operator', permissions } as const;
  return { tenantId: tenant, actor, requestId: 'simulation' };
}

function planContent(ids: Ids, { clouds, services, needs, phases, spare, policy }: Cast) {
  const pools = clouds.map((shape, at) => ({
    id: poolId(at),
    accountId: ids.account(at),
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
