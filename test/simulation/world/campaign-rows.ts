import { addMs, money } from '@springtide/kernel';
import { hashJson, type Database, type RequestContext } from '@springtide/platform';
import { APPROVAL, CAMPAIGN, PLAN, ROUTE_ACCOUNT, START, TENANT, accountId } from './ids.js';
import { poolId, routeOf, type Scenario } from './scenario.js';

const RPS = 100;
const CURRENCY = 'CNY';

/** A campaign whose plan is approved: what the planner and two people would have left in the tables. */
export async function writeCampaign(database: Database, scenario: Scenario): Promise<void> {
  const content = planContent(scenario);
  const planHash = hashJson(content);
  const rows: readonly (readonly [string, Record<string, unknown>])[] = [
    ['campaign', campaignRow(scenario)],
    ['campaign_plan', planRow(content, planHash)],
    ['approval', approvalRow(scenario, planHash)],
    ...scenario.services.map((service, at) => ['traffic_route', routeRow(service, at)] as const),
  ];
  await database.unitOfWork(OPERATOR, async (tx) => {
    for (const [table, row] of rows) {
      const slots = Object.keys(row).map((_, at) => `$${at + 1}`);
      await tx.query(
        `insert into ${table} (${Object.keys(row).join(', ')}) values (${slots.join(', ')})`,
        Object.values(row),
      );
    }
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

function campaignRow({ phases, policy, clouds }: Scenario) {
  const input = {
    name: 'simulated',
    templateId: PLAN,
    timeZone: 'UTC',
    phases,
    demand: [],
    budget: money(CURRENCY, '1000'),
    accountIds: clouds.map((_, at) => accountId(at)),
    policy,
  };
  return {
    id: CAMPAIGN,
    tenant_id: TENANT,
    name: 'simulated',
    status: 'approved',
    input: JSON.stringify(input),
    author_id: 'author',
    author_name: 'author',
    last_editor_id: 'author',
    version: 1,
    current_plan_id: PLAN,
    current_run_id: null,
    created_at: START,
    updated_at: START,
  };
}

function planRow(content: ReturnType<typeof planContent>, hash: string) {
  return {
    id: PLAN,
    tenant_id: TENANT,
    campaign_id: CAMPAIGN,
    revision: 1,
    campaign_version: 1,
    status: 'ready',
    hash,
    content: JSON.stringify(content),
    failure: null,
    created_at: START,
  };
}

function approvalRow({ clouds }: Scenario, planHash: string) {
  const envelope = {
    planId: PLAN,
    planHash,
    poolIds: clouds.map((_, at) => poolId(at)),
    maxMachines: 60,
    budget: money(CURRENCY, '1000'),
    maxPerHour: money(CURRENCY, '1000'),
    latestStart: addMs(START, 24 * 3_600_000),
  };
  return {
    tenant_id: TENANT,
    id: APPROVAL,
    subject_kind: 'campaign-plan',
    subject_id: PLAN,
    envelope: JSON.stringify(envelope),
    envelope_hash: hashJson(envelope),
    ceiling_currency: CURRENCY,
    ceiling_amount: '1000',
    author_id: 'author',
    last_editor_id: 'author',
    status: 'approved',
    decider_id: 'approver',
    reason: null,
    requested_at: START,
    decided_at: START,
    expires_at: addMs(START, 72 * 3_600_000),
  };
}

function routeRow(service: string, at: number) {
  const home = [
    { id: `home-${service}`, address: `127.0.0.${at + 10}`, port: 8080 + at, machineType: 'home' },
  ];
  return {
    id: `00000000-0000-4000-8000-0000000002${at}0`,
    tenant_id: TENANT,
    name: routeOf(service),
    account_id: ROUTE_ACCOUNT,
    service,
    health_path: '/healthz',
    home: JSON.stringify(home),
    release: JSON.stringify({ groups: [], matches: [] }),
    version: 1,
    created_at: START,
  };
}
