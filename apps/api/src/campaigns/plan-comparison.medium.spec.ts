import {
  ApiProblem,
  routes,
  type ApiClient,
  type CampaignBody,
  type CampaignInput,
  type PlanBody,
} from '@springtide/contracts';
import { systemClock } from '@springtide/platform';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  openSimulatedCloud,
} from '../../../../providers/simulated/index.js';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';
import { commandLine } from '../testing/command-line.js';
import { plannerBeside, type Planner } from '../testing/planner-beside.js';
import { campaignInput } from '../testing/ready-plan.js';

const shop = `
name: compared
services:
  - name: storefront
    route: entrance
    port: 8080
    image: img-shop-1
    capacityModel:
      - { family: c2, requestsPerSecondPerVcpu: 50, latencyTargetMs: 200, evidence: load test 7 }
`;

const NOWHERE = '00000000-0000-4000-8000-000000000099';
/** The second cloud offers the same, much dearer. */
const CLOUDS = { cheap: 1, dear: 10 } as const;
const cny = (amount: string) => ({ currency: 'CNY', amount });

let api: ApiUnderTest;
let ours: SeededTenant;
let author: ApiClient;
let planned: Planner;
let accounts: Readonly<Record<keyof typeof CLOUDS, string>>;
let templateId: string;
let campaign: CampaignBody;
let plan: PlanBody;

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  author = api.client((await ours.user(['operations'])).token);
  accounts = { cheap: await openedCloud('cheap'), dear: await openedCloud('dear') };
  const admin = api.client(ours.adminToken);
  await admin.call(routes.inventorySync, { body: {} });
  await api.database.systemWork('test', async (tx) => {
    await tx.query(
      `insert into traffic_route (id, tenant_id, name, account_id, service, health_path, home, version, created_at)
       values (gen_random_uuid(), $1, 'entrance', $2, 'storefront', '/', '[]', 1, now())`,
      [ours.tenantId, accounts.cheap],
    );
  });
  templateId = (await author.call(routes.templateCreate, { body: shop })).id;
  planned = await plannerBeside(api.database, ours.tenantId);
  campaign = await author.call(routes.campaignCreate, { body: await input('compared') });
  plan = await planned(author, campaign.id);
}, 120_000);

afterAll(async () => {
  for (const name of Object.keys(CLOUDS)) closeSimulatedCloud(`comparison-${name}`);
  await api.stop();
});

async function openedCloud(name: keyof typeof CLOUDS): Promise<string> {
  const cloud = `comparison-${name}`;
  const example = examplePublicCloud();
  const machineTypes = example.machineTypes.map((type) => ({
    ...type,
    offers: type.offers.map((offer) => ({
      ...offer,
      pricePerHour: String(Number(offer.pricePerHour) * CLOUDS[name]),
    })),
  }));
  openSimulatedCloud(cloud, { ...example, machineTypes }, systemClock);
  const { id } = await api.client(ours.adminToken).call(routes.accountRegister, {
    body: { name, provider: 'simulated', settings: { cloud }, secret: example.credentials },
  });
  return id;
}

async function input(name: string): Promise<CampaignInput> {
  const body = await campaignInput(author, name, accounts.cheap);
  return { ...body, templateId, budget: cny('1000'), accountIds: [accounts.cheap, accounts.dear] };
}

const whatIf = async (change: Record<string, unknown>, id = plan.id, client = author) =>
  await client.call(routes.planWhatIf, { params: { id }, body: change });

const compare = async (id: string, other: string, client = author) =>
  await client.call(routes.planCompare, { params: { id }, query: { with: other } });

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ApiProblem)) throw new Error(`nothing was refused: ${String(thrown)}`);
  return `${thrown.code}: ${thrown.problem.detail} ${JSON.stringify(thrown.problem.errors ?? [])}`;
}

async function count(table: 'campaign_plan' | 'catalog_market_snapshot'): Promise<number> {
  return await api.database.systemWork('test', async (tx) => {
    const [row] = await tx.query<{ n: number }[]>(`select count(*)::int as n from ${table}`);
    return row?.n ?? 0;
  });
}

describe('what-if', () => {
  it('answers with the plan itself where nothing that counts is different', async () => {
    expect(plan.status).toBe('ready');
    const same = await whatIf({ budget: campaign.budget });
    expect(same.after.hash).toBe(plan.hash);
    expect(same).toMatchObject({ costDifference: cny('0'), pools: [], shortage: [] });
  });

  it('names what more demand would need, and keeps nothing of the question', async () => {
    const rows = async () => [await count('campaign_plan'), await count('catalog_market_snapshot')];
    const before = await rows();
    const twice = await whatIf({ demandFactor: 2 });
    expect(twice.before).toMatchObject({ planId: plan.id, hash: plan.hash, cost: plan.cost, short: 0 });
    expect(twice.after).toMatchObject({ planId: null, revision: null, short: 0 });
    expect(twice.after.peakMachines).toBeGreaterThan(twice.before.peakMachines);
    expect(Number(twice.costDifference.amount)).toBeGreaterThan(0);
    expect(twice.pools.length).toBeGreaterThan(0);
    expect(await rows()).toEqual(before);
    expect(await author.call(routes.planGet, { params: { id: plan.id } })).toEqual(plan);
  });

  it('tells a budget that is too small by what would be missing, zero included', async () => {
    const half = await whatIf({ budget: cny(String(Number(plan.cost.amount) / 2)) });
    expect(half.after.short).toBeGreaterThan(0);
    expect(half.shortage.map(({ shortBefore }) => shortBefore)).toContain(0);
    const none = await whatIf({ budget: cny('0') });
    expect(none.after).toMatchObject({ peakMachines: 0, cost: cny('0') });
    expect(none.reasons.length).toBeGreaterThan(0);
  });

  it('does without a cloud, and says where its machines would be instead and at what price', async () => {
    const without = await whatIf({ excludeAccountIds: [accounts.cheap] });
    const gone = without.pools.filter(({ accountName }) => accountName === 'cheap');
    const come = without.pools.filter(({ accountName }) => accountName === 'dear');
    expect(gone.length).toBeGreaterThan(0);
    expect(gone.every(({ machinesBefore, machinesAfter }) => machinesBefore > 0 && machinesAfter === 0)).toBe(
      true,
    );
    expect(come.some(({ machinesAfter }) => machinesAfter > 0)).toBe(true);
    expect(without.after.short).toBe(0);
    expect(Number(without.costDifference.amount)).toBeGreaterThan(0);
    const region = { accountId: accounts.cheap, region: 'sim-east' };
    expect(await whatIf({ excludeRegions: [region] })).toMatchObject({
      pools: without.pools,
      after: { cost: without.after.cost },
    });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no difference', {}, /nothing would be different/i],
    ['the demand as it is', { demandFactor: 1 }, /nothing would be different/i],
    ['no demand', { demandFactor: 0 }, /"path":"demandFactor"/],
    ['demand below zero', { demandFactor: -1 }, /"path":"demandFactor"/],
    ['demand beyond reason', { demandFactor: 1e6 }, /"path":"demandFactor"/],
    ['demand in words', { demandFactor: 'more' }, /"path":"demandFactor"/],
    ['a budget in words', { budget: cny('little') }, /"path":"budget.amount"/],
    ['a budget below zero', { budget: cny('-5') }, /below zero/],
    ['another currency', { budget: { currency: 'EUR', amount: '5' } }, /budgeted in CNY/],
    ['a cloud that nobody knows', { excludeAccountIds: [NOWHERE] }, /does not plan with 0000/],
    ['a word nobody knows', { demand: 2 }, /[Uu]nrecognized/],
  ])('refuses %s', async (_what, change, why) => {
    const refusal = await refusalOf(whatIf(change));
    expect(refusal).toMatch(/^invalid-argument: /);
    expect(refusal).toMatch(why);
  });

  it('refuses to do without every cloud', async () => {
    const every = { excludeAccountIds: Object.values(accounts) };
    expect(await refusalOf(whatIf(every))).toMatch(/no cloud would be left/i);
  });

  it('is about the campaign that was planned, not about what was made of it since', async () => {
    const draft = await author.call(routes.campaignCreate, { body: await input('edited since') });
    const old = await planned(author, draft.id);
    const body = { ...(await input('edited since')), budget: cny('900') };
    await author.call(routes.campaignUpdate, {
      params: { id: draft.id },
      body,
      ifMatch: (await author.call(routes.campaignGet, { params: { id: draft.id } })).version,
    });
    expect(await refusalOf(whatIf({ demandFactor: 2 }, old.id))).toMatch(
      /^failed-precondition: .*edited after plan revision 1/,
    );
  });
});

describe('comparing plans', () => {
  it('finds no difference between a plan and itself', async () => {
    const same = await compare(plan.id, plan.id);
    expect(same.before).toEqual(same.after);
    expect(same).toMatchObject({ costDifference: cny('0'), pools: [], shortage: [] });
  });

  it('names differences from either side', async () => {
    const more = await input('more of it');
    const demand = more.demand.map((row) => ({ ...row, requestsPerSecond: row.requestsPerSecond * 3 }));
    const other = await author.call(routes.campaignCreate, { body: { ...more, demand } });
    const larger = await planned(author, other.id);
    const there = await compare(plan.id, larger.id);
    const back = await compare(larger.id, plan.id);
    expect([there.before, there.after]).toEqual([back.after, back.before]);
    expect(Number(there.costDifference.amount)).toBe(-Number(back.costDifference.amount));
    expect(there.after.hash).toBe(larger.hash);
    expect(there.pools.map(({ machinesBefore, machinesAfter }) => machinesAfter - machinesBefore)).toEqual(
      back.pools.map(({ machinesBefore, machinesAfter }) => machinesBefore - machinesAfter),
    );
    expect(there.pools.length).toBeGreaterThan(0);
  });

  it('knows no plan that is not there, and none of another tenant', async () => {
    const stranger = api.client((await (await seedTenant(api.database)).user(['operations'])).token);
    for (const ask of [
      async () => await compare(plan.id, NOWHERE),
      async () => await compare(NOWHERE, plan.id),
      async () => await whatIf({ demandFactor: 2 }, NOWHERE),
      async () => await compare(plan.id, plan.id, stranger),
      async () => await whatIf({ demandFactor: 2 }, plan.id, stranger),
    ]) {
      expect(await refusalOf(ask())).toMatch(/^not-found: /);
    }
    expect(await refusalOf(compare(plan.id, 'the-other'))).toMatch(/^invalid-argument: /);
  });

  it('waits for plans that are not solved, and takes none that was changed after it was made', async () => {
    const { id } = await author.call(routes.campaignCreate, { body: await input('unsolved') });
    const open = await author.call(routes.planRequest, { params: { id } });
    expect(await refusalOf(compare(plan.id, open.id))).toMatch(/^failed-precondition: .*is solving/);
    const forged = await planned(author, id);
    await api.database.systemWork('test', async (tx) => {
      await tx.query(`update campaign_plan set content = jsonb_set(content, '{leadMs}', '1') where id = $1`, [
        forged.id,
      ]);
    });
    const refusals = [
      await refusalOf(compare(plan.id, forged.id)),
      await refusalOf(whatIf({ demandFactor: 2 }, forged.id)),
    ];
    for (const refusal of refusals)
      expect(refusal).toMatch(/^failed-precondition: .*does not match its hash/);
  });
});

describe('on the command line', () => {
  const kim = async () => commandLine(api.url, (await ours.user(['operations'])).token);

  it('asks what if, with clouds by name', async () => {
    const line = await kim();
    const asked = [
      'plan',
      'what-if',
      plan.id,
      '--demand',
      '1.5',
      '--budget',
      'CNY 900',
      '--without',
      'cheap',
    ];
    const table = await line.run(...asked);
    expect([table.exit, table.err]).toEqual([0, '']);
    expect(table.out).toMatch(/Hash\s+[0-9a-f]{12}/);
    expect(table.out).toMatch(/dear\/\S+\s+0\s+\d/);
    const { out } = await line.run(...asked, '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({ before: { hash: plan.hash }, after: { planId: null } });
  });

  it('compares', async () => {
    const { exit, out } = await (await kim()).run('plan', 'compare', plan.id, plan.id);
    expect(exit).toBe(0);
    expect(out).toMatch(/Difference\s+CNY 0\.00/);
  });

  it.each<[string, string[], number, RegExp]>([
    ['a cloud that nobody knows', ['--without', 'moon'], 3, /There is no account "moon"/],
    ['a budget in words', ['--budget', 'little'], 2, /Write it like/],
    ['demand in words', ['--demand', 'more'], 2, /--demand/],
    ['no difference', [], 2, /[Nn]othing would be different/],
  ])('refuses %s', async (_what, flags, code, why) => {
    const { exit, err } = await (await kim()).run('plan', 'what-if', plan.id, ...flags);
    expect([exit, err]).toEqual([code, expect.stringMatching(why)]);
  });

  it('says that there is no such plan', async () => {
    const { exit, err } = await (await kim()).run('plan', 'compare', plan.id, NOWHERE);
    expect([exit, err]).toEqual([3, expect.stringMatching(/There is no plan/)]);
  });
});
