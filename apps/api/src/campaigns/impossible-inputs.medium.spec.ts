import { PlansService } from '@springtide/campaigns';
import { routes, type ApiClient, type CampaignInput, type PlanBody } from '@springtide/contracts';
import { jobContext, systemClock } from '@springtide/platform';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  openSimulatedCloud,
} from '../../../../providers/simulated/index.js';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';
import { commandLine, type CommandLineUnderTest } from '../testing/command-line.js';
import { plannerBeside, workerBeside, type Planner } from '../testing/planner-beside.js';
import { campaignInput } from '../testing/ready-plan.js';

const CLOUD = 'impossible-inputs';
const HOUR = 3_600_000;

const template = (name: string, image: string, machines: string) => `
name: ${name}
services:
  - name: storefront
    route: entrance
    port: 8080
    image: ${image}
    capacityModel:
      - { ${machines}, latencyTargetMs: 200, evidence: load test 9 }
`;
const PER_VCPU = 'family: c2, requestsPerSecondPerVcpu: 50';

let api: ApiUnderTest;
let ours: SeededTenant;
let token: string;
let author: ApiClient;
let planned: Planner;
let plans: PlansService;
let cli: CommandLineUnderTest;
let accountId: string;
let templateId: string;
/** What the command line can read. */
const files: Record<string, string> = {};

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  ({ token } = await ours.user(['operations']));
  author = api.client(token);
  cli = commandLine(api.url, token, files);
  const cloud = examplePublicCloud();
  openSimulatedCloud(CLOUD, cloud, systemClock);
  const admin = api.client(ours.adminToken);
  const account = {
    name: 'cloud',
    provider: 'simulated',
    settings: { cloud: CLOUD },
    secret: cloud.credentials,
  };
  accountId = (await admin.call(routes.accountRegister, { body: account })).id;
  await admin.call(routes.inventorySync, { body: {} });
  await write(
    `insert into traffic_route (id, tenant_id, name, account_id, service, health_path, home, version, created_at)
     values (gen_random_uuid(), $1, 'entrance', $2, 'storefront', '/', '[]', 1, now())`,
    ours.tenantId,
    accountId,
  );
  templateId = await templateOf(template('sound', 'img-shop-1', PER_VCPU));
  planned = await plannerBeside(api.database, ours.tenantId);
  plans = (await workerBeside(api.database)).get(PlansService);
}, 120_000);

afterAll(async () => {
  closeSimulatedCloud(CLOUD);
  await api.stop();
});

async function write(sql: string, ...values: unknown[]): Promise<void> {
  await api.database.systemWork('test', async (tx) => await tx.query(sql, values));
}

async function templateOf(body: string): Promise<string> {
  return (await author.call(routes.templateCreate, { body })).id;
}

const begin = Date.now() + HOUR;
const at = (minutes: number) => new Date(begin + minutes * 60_000).toISOString();
const phase = (name: 'ramp' | 'peak', from: number, to: number) => ({
  name,
  startsAt: at(from),
  endsAt: at(to),
});

/** An hour of peak at 10,000 requests per second, for a budget that suffices. */
async function sound(name: string, change: Partial<CampaignInput> = {}): Promise<CampaignInput> {
  return {
    ...(await campaignInput(author, name, accountId)),
    templateId,
    phases: [phase('peak', 0, 60)],
    demand: [{ service: 'storefront', phase: 'peak', requestsPerSecond: 10_000 }],
    budget: { currency: 'CNY', amount: '1000000' },
    ...change,
  };
}

const demandOf = (requestsPerSecond: number) => ({
  demand: [{ service: 'storefront', phase: 'peak' as const, requestsPerSecond }],
});

/** As anybody may send it, whatever our own client would say to it. */
async function post(text: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${api.url}/api/v1/campaigns`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: text,
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function planFor(name: string, change: Partial<CampaignInput> = {}): Promise<PlanBody> {
  const campaign = await author.call(routes.campaignCreate, { body: await sound(name, change) });
  return await planned(author, campaign.id);
}

const codes = ({ reasons }: PlanBody) => reasons.map(({ code }) => code);
const textOf = ({ reasons }: PlanBody, code: string) =>
  reasons.flatMap((reason) => (reason.code === code ? [reason.text] : [])).join('\n');

describe('what cannot be a campaign', () => {
  const decreed = { currency: 'CNY', amount: '-1' };

  it.each<[string, object, RegExp]>([
    [
      'phases that overlap',
      { phases: [phase('ramp', 0, 40), phase('peak', 30, 60)] },
      /peak does not start when ramp ends: they overlap/,
    ],
    [
      'phases with a gap',
      { phases: [phase('ramp', 0, 20), phase('peak', 30, 60)] },
      /there is a gap between them/,
    ],
    ['a phase that ends before it starts', { phases: [phase('peak', 60, 0)] }, /peak ends before it starts/],
    ['a phase without length', { phases: [phase('peak', 0, 0)] }, /peak ends before it starts/],
    ['a phase twice', { phases: [phase('peak', 0, 30), phase('peak', 30, 60)] }, /a phase is named twice/],
    ['no phase', { phases: [] }, /phases/],
    ['the past', { phases: [phase('peak', -6_000, -5_000)] }, /the campaign lies in the past/],
    [
      'demand for nobody',
      { demand: [{ service: 'ghost', phase: 'peak', requestsPerSecond: 1 }] },
      /no service .*ghost/,
    ],
    [
      'demand in no phase',
      { demand: [{ service: 'storefront', phase: 'ramp', requestsPerSecond: 1 }] },
      /which is not one of the phases/,
    ],
    ['demand that is none', { demand: [] }, /there is no demand/],
    ['demand below nothing', demandOf(-1), /requestsPerSecond/],
    ['a budget below nothing', { budget: decreed }, /the budget is less than nothing/],
    ['a budget without a number', { budget: { currency: 'CNY', amount: 'much' } }, /a plain decimal number/],
    ['nowhere', { accountIds: [] }, /accountIds/],
  ])('%s: refused alike through HTTP and on the command line', async (_what, change, words) => {
    const text = JSON.stringify({ ...(await sound('refused')), ...change });
    const { status, body } = await post(text);
    expect([status, body['code'], JSON.stringify(body)]).toEqual([
      400,
      'invalid-argument',
      expect.stringMatching(words),
    ]);
    files['refused.yaml'] = text;
    const told = await cli.run('campaign', 'create', '--file', 'refused.yaml');
    expect([told.exit, told.out, told.err]).toEqual([2, '', expect.stringMatching(words)]);
  });

  it('leads to the places that are wrong, so that a form can show them there', async () => {
    const wrong = { phases: [phase('ramp', 0, 40), phase('peak', 30, 60)], budget: decreed };
    const { body } = await post(JSON.stringify({ ...(await sound('misplaced')), ...wrong }));
    expect(body['errors']).toEqual([
      { path: 'phases.1.startsAt', message: 'peak does not start when ramp ends: they overlap' },
      { path: 'budget.amount', message: 'the budget is less than nothing' },
    ]);
  });

  it('numbers beyond all numbers are refused, not taken for endless demand', async () => {
    const text = JSON.stringify(await sound('endless')).replace(
      '"requestsPerSecond":10000',
      '"requestsPerSecond":1e400',
    );
    expect(text).toContain('1e400');
    expect(await post(text)).toMatchObject({ status: 400, body: { code: 'invalid-argument' } });
  });
});

describe('what cannot be a line between sites', () => {
  const line = { region: 'sim-east', freeMbps: 10, evidence: 'contract 7' };

  it.each<[string, object, number]>([
    ['to an account that is not there', { accountId: '019a7a00-0000-7000-8000-000000000001' }, 404],
    ['without room', { freeMbps: 0 }, 400],
    ['without evidence', { evidence: ' ' }, 400],
  ])('%s: refused, and none is declared', async (_what, change, status) => {
    const body = { ...line, accountId, ...change };
    const put = author.call(routes.linkPut, { params: { name: 'line' }, body });
    await expect(put).rejects.toMatchObject({ status });
    expect((await author.call(routes.linkList)).items).toEqual([]);
  });
});

describe('plans that cannot be', () => {
  it('demand no cloud can serve: what is missing, why, and what each kind of limit would have to give', async () => {
    const most = await planFor('the most that can be asked for', demandOf(100_000_000));
    expect(most.status).toBe('infeasible');
    expect(most.capacity[0]?.short).toBeGreaterThan(90_000_000);
    expect(textOf(most, 'shortage')).toMatch(
      /storefront is short of [\d,]+ requests\/s in peak: quota is used up/,
    );
    expect(textOf(most, 'relief')).toMatch(/more quota, namely \+\d+ vCPU \(cloud\/sim-east\/standard\)/);
  });

  it('a budget of nothing: what would do', async () => {
    const plan = await planFor('nothing', { budget: { currency: 'CNY', amount: '0' } });
    expect([plan.status, plan.allocations, plan.cost.amount]).toEqual(['infeasible', [], '0']);
    expect(textOf(plan, 'budget-short')).toMatch(/The budget of CN¥0.00 is too small/);
    expect(textOf(plan, 'relief-rule')).toMatch(/close 100 % of what is missing: a larger budget/);
  });

  it('on the command line they end in an error that says as much', async () => {
    const { id } = await author.call(routes.campaignCreate, {
      body: await sound('by hand', demandOf(1_000_000)),
    });
    const told = cli.run('campaign', 'plan', 'by hand', '--wait');
    for (;;) {
      const [waiting] = (await author.call(routes.planList, { params: { id } })).items;
      if (waiting === undefined) continue;
      await plans.solve(jobContext('planner', ours.tenantId, waiting.id), waiting.id);
      break;
    }
    const { exit, out } = await told;
    expect(exit).toBe(1);
    expect(out).toMatch(/Status +infeasible[\s\S]+quota is used up/);
    expect(out).toMatch(/more quota, namely \+\d+ vCPU/);
  });

  it.each([
    [
      'types that nobody measured',
      'img-shop-1',
      'machineType: z9.huge, requestsPerSecond: 100',
      'placeless-unmeasured',
      /on any type that is on offer \(c2.2xlarge, c2.large, c2.xlarge\): measure one/,
    ],
    [
      'clouds without an image',
      '{ providers: { aws: ami-1 } }',
      PER_VCPU,
      'placeless-no-image',
      /no image of storefront for cloud/,
    ],
  ])('a service that nobody may place, for %s', async (name, image, rule, code, words) => {
    const own = await templateOf(template(name.replaceAll(' ', '-'), image, rule));
    const plan = await planFor(name, { templateId: own });
    expect([plan.status, plan.allocations]).toEqual(['infeasible', []]);
    expect(textOf(plan, code)).toMatch(words);
    expect(textOf(plan, 'shortage')).toMatch(/no pool is allowed for it/);
    expect(codes(plan)).toContain('no-relief');
  });

  it('money of another country: nothing is converted in silence', async () => {
    const plan = await planFor('yen', { budget: { currency: 'JPY', amount: '1000000' } });
    expect(plan.status).toBe('infeasible');
    expect(textOf(plan, 'left-out-other-currency')).toMatch(/priced in another currency than the budget/);
    expect(textOf(plan, 'placeless-nothing-left')).toMatch(/in the budget’s currency/);
  });
});

describe('markets that no cloud should have', () => {
  it('machines for nothing are taken for nothing, down to the approval and the check before it', async () => {
    await write(`update catalog_offering set price_amount = 0 where account_id = $1`, accountId);
    const campaign = await author.call(routes.campaignCreate, { body: await sound('gift') });
    const plan = await planned(author, campaign.id);
    expect([plan.status, plan.cost.amount, plan.lowerBound?.amount, plan.gap]).toEqual([
      'ready',
      '0',
      '0',
      0,
    ]);
    expect(plan.allocations.length).toBeGreaterThan(0);
    expect(JSON.stringify(plan)).not.toMatch(/NaN|Infinity/);
    const { envelope } = await author.call(routes.approvalRequest, { params: { id: plan.id } });
    expect(envelope.maxPerHour.amount).toBe('0');
    await write(`update catalog_market_freshness set confirmed_at = now() - interval '1 hour'`);
    const { latest } = await author.call(routes.readinessCheck, { params: { id: campaign.id } });
    const price = latest?.lines.find(({ check }) => check === 'price');
    expect(price).toMatchObject({ verdict: 'red', finding: { code: 'price-no-longer-nothing' } });
  });

  it('ten thousand offerings are planned over, and a plan keeps few of them', async () => {
    await write(
      `insert into catalog_offering select tenant_id, account_id, region, zone, machine_type || '-' || n, purchase_option, family,
         arch, vcpu, memory_mib, (100 + (n * 7919) % 1000)::numeric / 1000, 'CNY', minimum_billing_seconds, stock_level, 3,
         quota_group, interruption_per_hour, now(), null
       from catalog_offering, generate_series(1, 5000) n
       where account_id = $1 and machine_type = 'c2.large' and purchase_option = 'on-demand'`,
      accountId,
    );
    const plan = await planFor('many', demandOf(100_000));
    expect(plan.status).toBe('ready');
    expect(plan.pools.length).toBeLessThan(2_000);
    expect(plan.capacity[0]?.planned).toBeGreaterThanOrEqual(100_000);
  }, 90_000);
});
