import { routes, type ApiClient, type CampaignBody, type CampaignInput } from '@springtide/contracts';
import { hashJson, type Database } from '@springtide/platform';

const shop = `
name: shop
services:
  - name: storefront
    route: entrance
    port: 8080
    image: base
    capacityModel:
      - { family: m, requestsPerSecondPerVcpu: 50, latencyTargetMs: 200, evidence: load test 7 }
`;

const eur = (amount: string) => ({ currency: 'EUR', amount });

/** What a person would enter, an hour ahead of its first phase. */
export async function campaignInput(
  client: ApiClient,
  name: string,
  accountId: string,
): Promise<CampaignInput> {
  const template = await client.call(routes.templateCreate, { body: shop });
  // One reading of the clock: a phase starts in the very millisecond in which the one before it ends.
  const now = Date.now();
  const hour = (n: number): string => new Date(now + n * 3_600_000).toISOString();
  return {
    name,
    templateId: template.id,
    timeZone: 'Asia/Shanghai',
    phases: [
      { name: 'ramp', startsAt: hour(1), endsAt: hour(2) },
      { name: 'peak', startsAt: hour(2), endsAt: hour(3) },
    ],
    demand: [
      { service: 'storefront', phase: 'ramp', requestsPerSecond: 100 },
      { service: 'storefront', phase: 'peak', requestsPerSecond: 1000 },
    ],
    budget: eur('100'),
    accountIds: [accountId],
    policy: 'demo',
  };
}

/** Where the plan's machines are; left out: a cloud that nobody ever reached. */
export type PlannedOn = Readonly<{
  accountName: string;
  region: string;
  zone: string;
  machineType: string;
  image: string;
  currency: string;
  pricePerHour: string;
  machines?: number;
  /** Left out: one of the campaign's own, so that several may be armed at once. */
  route?: string;
}>;

const NOWHERE: PlannedOn = {
  accountName: 'cloud',
  region: 'r1',
  zone: 'r1-a',
  machineType: 'm.large',
  image: 'base',
  currency: 'EUR',
  pricePerHour: '0.1',
};

/**
 * Stands in for the worker, which solves plans elsewhere: writes a plan of four machines as the answer to a request.
 * @returns the plan's id.
 */
export async function answerPlan(
  database: Database,
  campaign: CampaignBody,
  planId: string,
  on: PlannedOn = NOWHERE,
): Promise<string> {
  const content = planContent(campaign, on);
  await database.systemWork('test', async (tx) => {
    await tx.query(`update campaign_plan set status = 'ready', hash = $2, content = $3 where id = $1`, [
      planId,
      hashJson(content),
      JSON.stringify(content),
    ]);
    await tx.query(`update campaign set status = 'planned', current_plan_id = $2 where id = $1`, [
      campaign.id,
      planId,
    ]);
  });
  return planId;
}

function planContent(campaign: CampaignBody, on: PlannedOn) {
  const { accountName, region, zone, machineType, image, currency, machines = 4 } = on;
  const { route = `entrance of ${campaign.name}` } = on;
  const cost = { currency, amount: '0.8' };
  const service = 'storefront';
  const poolId = 'pool-1';
  return {
    marketSnapshotId: null,
    standing: [],
    capacity: [{ service, phase: 'peak', demand: 1000, planned: 1000, short: 0 }],
    cost,
    lowerBound: cost,
    gap: 0,
    solver: 'highs',
    quality: 'optimal',
    reasons: [],
    pools: [
      {
        id: poolId,
        accountId: campaign.accountIds[0],
        accountName,
        provider: 'simulated',
        region,
        zone,
        machineType,
        purchaseOption: 'on-demand',
        pricePerHour: { currency, amount: on.pricePerHour },
        cap: 10,
      },
    ],
    allocations: [
      { service, poolId, phase: 'ramp', machines },
      { service, poolId, phase: 'peak', machines },
    ],
    sheets: [
      {
        service,
        poolId,
        requestsPerSecond: 250,
        image,
        subnet: null,
        securityGroups: [],
        userData: null,
        minimumBillingSeconds: 60,
      },
    ],
    services: [{ name: service, route, port: 8080, warmUpSeconds: 0 }],
    phases: campaign.phases,
    leadMs: 10_000,
  };
}
