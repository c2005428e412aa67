import { randomUUID } from 'node:crypto';
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

/** One machine type of two vCPUs, which serves 100 requests per second. */
const shop = `
name: limited
services:
  - name: storefront
    route: entrance
    port: 8080
    image: img-shop-1
    capacityModel:
      - { machineType: c2.large, requestsPerSecond: 100, latencyTargetMs: 200, evidence: load test 9 }
`;

const HOUR = 3_600_000;
const CLOUDS = {
  narrow: { addresses: [3, 2], vcpu: 4_000 },
  shared: { addresses: [400, 400], vcpu: 40 },
  wide: { addresses: [400, 400], vcpu: 4_000 },
} as const;
type CloudName = keyof typeof CLOUDS;

let api: ApiUnderTest;
let ours: SeededTenant;
let author: ApiClient;
let approver: ApiClient;
let planned: Planner;
let templateId: string;
/** The same service behind another entrance. */
let besideId: string;
const accounts = new Map<CloudName, string>();

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  author = api.client((await ours.user(['operations'])).token);
  approver = api.client((await ours.user(['approver'], 'Ann')).token);
  for (const name of Object.keys(CLOUDS) as CloudName[]) accounts.set(name, await openedCloud(name));
  await api.client(ours.adminToken).call(routes.inventorySync, { body: {} });
  await write(
    `insert into traffic_route (id, tenant_id, name, account_id, service, health_path, home, version, created_at)
     select gen_random_uuid(), $1, name, $2, 'storefront', '/', '[]', 1, now() from unnest($3::text[]) name`,
    ...[ours.tenantId, accounts.get('wide'), ['entrance', 'side-entrance']],
  );
  const beside = shop
    .replace('name: limited', 'name: beside')
    .replace('route: entrance', 'route: side-entrance');
  besideId = (await author.call(routes.templateCreate, { body: beside })).id;
  templateId = (await author.call(routes.templateCreate, { body: shop })).id;
  planned = await plannerBeside(api.database, ours.tenantId);
}, 120_000);

afterAll(async () => {
  for (const name of Object.keys(CLOUDS)) closeSimulatedCloud(`limits-${name}`);
  await api.stop();
});

async function openedCloud(name: CloudName): Promise<string> {
  const cloud = `limits-${name}`;
  const { addresses, vcpu } = CLOUDS[name];
  const example = examplePublicCloud();
  const regions = example.regions.map((region) => ({
    ...region,
    quotas: [{ group: 'standard', limitVcpu: vcpu }],
    networks: (region.networks ?? []).map((network, n) => ({ ...network, addresses: addresses[n] ?? 0 })),
  }));
  const machineTypes = example.machineTypes
    .filter((type) => type.name === 'c2.large')
    .map((type) => ({ ...type, offers: type.offers.filter(({ option }) => option === 'on-demand') }));
  openSimulatedCloud(cloud, { ...example, regions, machineTypes }, systemClock);
  const { id } = await api.client(ours.adminToken).call(routes.accountRegister, {
    body: { name, provider: 'simulated', settings: { cloud }, secret: example.credentials },
  });
  return id;
}

async function write(sql: string, ...values: unknown[]): Promise<void> {
  await api.database.systemWork('test', async (tx) => await tx.query(sql, values));
}

type Wanted = Readonly<{
  machines: number;
  on: CloudName[];
  startsAt?: number;
  change?: Partial<CampaignInput>;
}>;

/** A campaign with one peak of an hour that needs so many machines. */
async function campaignOf(name: string, wanted: Wanted): Promise<CampaignBody> {
  const { machines, on, startsAt = Date.now() + HOUR, change = {} } = wanted;
  const body = await campaignInput(author, name, accounts.get('wide') ?? '');
  const at = (ms: number) => new Date(startsAt + ms).toISOString();
  return await author.call(routes.campaignCreate, {
    body: {
      ...body,
      templateId,
      phases: [{ name: 'peak', startsAt: at(0), endsAt: at(HOUR) }],
      demand: [{ service: 'storefront', phase: 'peak', requestsPerSecond: machines * 100 }],
      budget: { currency: 'CNY', amount: '1000' },
      accountIds: on.map((cloud) => accounts.get(cloud) ?? ''),
      ...change,
    },
  });
}

const machinesOf = ({ allocations }: PlanBody) => allocations.reduce((sum, row) => sum + row.machines, 0);
const texts = ({ reasons }: PlanBody, code: string) =>
  reasons.filter((reason) => reason.code === code).map(({ text }) => text);

async function approve(plan: PlanBody): Promise<string> {
  const { id } = await author.call(routes.approvalRequest, { params: { id: plan.id } });
  try {
    const body = { decision: 'approve' } as const;
    return (await approver.call(routes.approvalDecide, { params: { id }, body })).status;
  } catch (thrown) {
    if (!(thrown instanceof ApiProblem)) throw thrown;
    return `${thrown.code}: ${thrown.problem.detail}`;
  }
}

async function cancel({ id }: CampaignBody): Promise<void> {
  const { version } = await author.call(routes.campaignGet, { params: { id } });
  await author.call(routes.campaignCancel, { params: { id }, ifMatch: version });
}

/** Machines of a run that its cloud had given long before anybody asked it. */
async function stood(runId: string, campaignId: string, poolId: string, count: number): Promise<void> {
  await write(
    `with intent as (
       insert into effect_intent (id, tenant_id, run_id, campaign_id, step, batch, kind, account_id, region, service, pool_id,
         spec, spec_hash, count, state, generation, fence, minimum_billing_seconds, created_at, unanswered)
       values (gen_random_uuid(), $1, $2, $3, $4, 0, 'create', $5, 'sim-east', 'storefront', $4, '{}', '', $6, 'settled', 1, 1,
         60, now(), 0) returning id)
     insert into effect_item (tenant_id, intent_id, index, state, accepted_at)
     select $1, intent.id, n, 'running', now() - interval '1 hour' from intent, generate_series(1, $6::int) n`,
    ...[ours.tenantId, runId, campaignId, poolId, accounts.get('shared'), count],
  );
}

describe('addresses as limits of a plan', () => {
  it('are not planned beyond, and the networks that lack them are named with how many more it would take', async () => {
    const plan = await planned(author, (await campaignOf('too many', { machines: 9, on: ['narrow'] })).id);
    expect([plan.status, machinesOf(plan)]).toEqual(['infeasible', 5]);
    expect(texts(plan, 'shortage').join()).toMatch(/the networks have no free address left/);
    expect(texts(plan, 'relief').join()).toMatch(
      /more free addresses, namely \+\d addresses \(narrow\/sim-east\/net-[ab]\)/,
    );
  });

  it('send machines elsewhere where they are missing, and say what one more would save', async () => {
    const both = await campaignOf('elsewhere', { machines: 9, on: ['narrow', 'wide'] });
    const dear = `update catalog_offering set price_amount = price_amount * 3 where account_id = $1`;
    await write(dear, accounts.get('wide'));
    const plan = await planned(author, both.id);
    const inNarrow = plan.allocations.filter(({ poolId }) => poolId.startsWith('narrow/'));
    expect(plan.status).toBe('ready');
    expect(inNarrow.reduce((sum, { machines }) => sum + machines, 0)).toBe(5);
    expect(texts(plan, 'subnet-binding').join()).toMatch(/Network narrow\/sim-east\/net-[ab] has no free/);
  });

  it('are no limit where no network tells them, and the plan says so', async () => {
    await write(
      `update catalog_network set free_addresses = null where account_id = $1`,
      accounts.get('narrow'),
    );
    const plan = await planned(author, (await campaignOf('untold', { machines: 9, on: ['narrow'] })).id);
    expect([plan.status, machinesOf(plan)]).toEqual(['ready', 9]);
    expect(texts(plan, 'addresses-untold').join()).toMatch(/Nobody tells .* narrow\/sim-east-[ab]/);
  });
});

describe('lines between sites as limits of a plan', () => {
  it('are none where nobody declared them, and not filled further than was declared', async () => {
    const cli = commandLine(api.url, (await ours.user(['operations'])).token);
    const chatty = shop
      .replace('name: limited', 'name: chatty')
      .replace('    capacityModel', '    homeKbitPerRequest: 100\n    capacityModel');
    const change = { templateId: (await author.call(routes.templateCreate, { body: chatty })).id };
    const campaign = await campaignOf('behind a line', { machines: 9, on: ['wide'], change });
    const unlimited = await planned(author, campaign.id);
    expect([unlimited.status, texts(unlimited, 'link-untold').join()]).toEqual([
      'ready',
      expect.stringMatching(/Nobody declared the line between home and wide\/sim-east/),
    ]);

    const declared = ['--account', 'wide', '--region', 'sim-east', '--evidence', 'contract 7'];
    expect((await cli.run('link', 'set', 'line-1', ...declared, '--mbps', '45')).exit).toBe(0);
    const narrow = await planned(author, campaign.id);
    expect([narrow.status, machinesOf(narrow)]).toEqual(['infeasible', 4]);
    expect(texts(narrow, 'shortage').join()).toMatch(/line between the sites is full/);
    expect(texts(narrow, 'relief').join()).toMatch(/\+\d+ Mbit\/s \(line-1\)/);

    expect((await cli.run('link', 'set', 'line-1', ...declared, '--mbps', '200')).exit).toBe(0);
    const wide = await planned(author, campaign.id);
    expect([wide.status, machinesOf(wide)]).toEqual(['ready', 9]);
    const { latest } = await author.call(routes.readinessCheck, { params: { id: campaign.id } });
    const line = latest?.lines.find(({ check }) => check === 'link');
    expect([line?.verdict, line?.finding.text]).toEqual([
      'amber',
      'Link line-1 has 200 Mbit/s for campaigns (contract 7) and the plan moves 90 at most: as declared, not measured.',
    ]);

    const beside = await campaignOf('behind the same line', { machines: 12, on: ['wide'], change });
    const early = await planned(author, beside.id);
    expect([early.status, await approve(wide)]).toEqual(['ready', 'approved']);
    expect(await approve(early)).toMatch(
      /line-1 has 200 Mbit\/s free, this plan takes 120 in peak, and "behind a line" holds 90 at the same time/,
    );
    const late = await planned(author, beside.id);
    expect([late.status, machinesOf(late)]).toEqual(['infeasible', 11]);
    await cancel(campaign);

    expect((await cli.run('link', 'set', 'line-2', ...declared, '--mbps', '9')).err).toMatch(
      /"line-1" is declared .* already/i,
    );
    expect((await cli.run('link', 'list')).out).toMatch(/line-1 .*sim-east .*200 .*contract 7/);
    expect((await cli.run('link', 'remove', 'line-1')).exit).toBe(0);
    expect((await cli.run('link', 'remove', 'line-1')).exit).toBe(3);
  });
});

describe('campaigns that overlap', () => {
  it('cannot both be promised one quota: the second is refused, planned around the first, and free again after it', async () => {
    const first = await campaignOf('first', { machines: 12, on: ['shared'] });
    const second = await campaignOf('second', { machines: 14, on: ['shared'] });
    const plans = [await planned(author, first.id), await planned(author, second.id)];
    expect(plans.map(({ status }) => status)).toEqual(['ready', 'ready']);
    const [one, two] = plans as [PlanBody, PlanBody];
    expect(await approve(one)).toBe('approved');
    expect(await approve(two)).toBe(
      'failed-precondition: "second" was planned with what other campaigns were promised since: shared/sim-east/standard ' +
        'has 40 vCPU free, this plan takes 28 in peak, and "first" holds 24 at the same time; nothing was approved.',
    );
    const beside = await planned(author, second.id);
    expect([beside.status, machinesOf(beside)]).toEqual(['infeasible', 8]);
    expect(texts(beside, 'held-binding').join()).toMatch(
      /Campaign "first" holds 24 vCPU \(shared\/sim-east\/standard\).* at the same time; this plan uses up all/,
    );
    const later = { machines: 14, on: ['shared' as const], startsAt: Date.now() + 5 * HOUR };
    const after = await planned(author, (await campaignOf('later', later)).id);
    expect([after.status, texts(after, 'held'), texts(after, 'held-binding')]).toEqual(['ready', [], []]);
    await cancel(first);
    const alone = await planned(author, second.id);
    expect([alone.status, await approve(alone)]).toEqual(['ready', 'approved']);
    await cancel(second);
  });

  it('are decided one after the other, however many are approved at once', async () => {
    const names = ['left', 'right', 'third'];
    const all = await Promise.all(names.map((name) => campaignOf(name, { machines: 12, on: ['shared'] })));
    const plans: PlanBody[] = [];
    for (const { id } of all) plans.push(await planned(author, id));
    const answers = await Promise.all(plans.map(approve));
    expect(answers.filter((answer) => answer === 'approved')).toHaveLength(1);
    expect(answers.filter((answer) => answer.includes('holds 24'))).toHaveLength(2);
    for (const campaign of all) await cancel(campaign);
  });

  it('leave to a plan what they do not hold, and are named all the same', async () => {
    const small = await campaignOf('small', { machines: 4, on: ['shared'] });
    expect(await approve(await planned(author, small.id))).toBe('approved');
    const beside = await planned(author, (await campaignOf('beside', { machines: 6, on: ['shared'] })).id);
    expect(beside.status).toBe('ready');
    expect(texts(beside, 'held').join()).toMatch(/"small" holds .*8 vCPU .*enough is left for this plan/);
    await cancel(small);
  });

  it('are refused at the start where another run has grown into what they counted on, not what the cloud counted', async () => {
    const grown = await campaignOf('grown', { machines: 4, on: ['shared'] });
    const change = { templateId: besideId };
    const later = await campaignOf('counted on it', { machines: 10, on: ['shared'], change });
    const first = await planned(author, grown.id);
    expect(await approve(first)).toBe('approved');
    expect(await approve(await planned(author, later.id))).toBe('approved');
    const runId = randomUUID();
    const targets = first.allocations.map((row) => ({ ...row, machines: row.machines * 4 }));
    await write(
      `insert into campaign_run (id, tenant_id, campaign_id, plan_id, state, control, phases, targets, revision, summary,
         since, started_at) values ($1, $2, $3, $4, 'provisioning', 'run', $5, $6, 1, '', now(), now())`,
      ...[runId, ours.tenantId, grown.id, first.id],
      ...[JSON.stringify(grown.phases), JSON.stringify(targets)],
    );
    await write(`update campaign set status = 'running', current_run_id = $2 where id = $1`, grown.id, runId);
    const armed = async () =>
      await author.call(routes.runArm, { params: { id: later.id } }).then(
        () => 'armed',
        (thrown: unknown) => (thrown as ApiProblem).problem.detail ?? '',
      );
    expect(await armed()).toMatch(
      /40 vCPU free, this plan takes 20 in peak, and "grown" holds 32 at the same time.*nothing was bought/,
    );
    const last = targets.map(({ poolId, machines }) => ({ poolId, machines }));
    for (const { poolId, machines } of last) await stood(runId, grown.id, poolId, machines);
    expect(await armed()).toBe('armed');
  });
});

describe('campaigns that move the same traffic at the same time', () => {
  const answerTo = async (work: Promise<unknown>) =>
    await work.then(
      () => 'done',
      (thrown: unknown) => (thrown as ApiProblem).problem.detail ?? '',
    );
  const arm = async ({ id }: CampaignBody) => await answerTo(author.call(routes.runArm, { params: { id } }));

  it('are on the calendar as a clash, told of in the plan, and only one of them is armed or extended', async () => {
    const startsAt = Date.now() + 20 * HOUR;
    const first = await campaignOf('first sale', { machines: 2, on: ['wide'], startsAt });
    const second = await campaignOf('second sale', {
      machines: 2,
      on: ['wide'],
      startsAt: startsAt + HOUR / 2,
    });
    const year = new Date(startsAt).getUTCFullYear();
    const { clashes } = await author.call(routes.calendar, { query: { year } });
    const mine = clashes.filter(({ kind, text }) => kind === 'same-route' && text.includes('"first sale"'));
    expect(mine.map(({ text }) => text)).toEqual([
      expect.stringMatching(/"second sale".* entrance entrance/),
    ]);

    expect(await approve(await planned(author, first.id))).toBe('approved');
    const told = await planned(author, second.id);
    expect(texts(told, 'route-clash')).toEqual([
      expect.stringMatching(/Campaign "first sale".*only one of them can be armed/),
    ]);
    expect(await approve(told)).toBe('approved');
    expect(await arm(first)).toBe('done');
    expect(await arm(second)).toMatch(
      /"second sale" was not armed, and nothing was bought: campaign "first sale" has its route/,
    );

    const later = await campaignOf('third sale', {
      machines: 2,
      on: ['wide'],
      startsAt: startsAt + 3 * HOUR,
    });
    const plan = await planned(author, later.id);
    expect(texts(plan, 'route-clash')).toEqual([]);
    expect([await approve(plan), await arm(later)]).toEqual(['approved', 'done']);
    const { currentRunId } = await author.call(routes.campaignGet, { params: { id: first.id } });
    const extend = async (minutes: number) =>
      await answerTo(
        author.call(routes.runCommand, {
          params: { id: currentRunId ?? '' },
          body: { command: 'extend', minutes },
        }),
      );
    expect(await extend(150)).toMatch(/the end was not moved: campaign "third sale" has its route/i);
    expect(await extend(30)).toBe('done');
  });
});

describe('the lead time of a plan', () => {
  const standard = { policy: 'standard', readiness: 'advisory' } as const;
  const wanted = { machines: 3, on: ['wide' as const], change: standard };
  const leadOf = async ({ id }: PlanBody): Promise<number> =>
    await api.database.systemWork('test', async (tx) => {
      const [row] = await tx.query<{ lead: number }[]>(
        `select (content->>'leadMs')::int as lead from campaign_plan where id = $1`,
        [id],
      );
      return row?.lead ?? 0;
    });

  /** Machines that took 91, 92, 93 … seconds to boot. */
  async function booted(count: number): Promise<void> {
    await write(
      `with intent as (
         insert into effect_intent (id, tenant_id, run_id, step, batch, kind, account_id, region, spec, spec_hash, count,
           state, generation, fence, minimum_billing_seconds, created_at, unanswered)
         values (gen_random_uuid(), $1, gen_random_uuid(), 'provision', 0, 'create', $2, 'sim-east',
           '{"machineType":"c2.large"}', '', $3, 'released', 1, 1, 60, now(), 0) returning id)
       insert into effect_item (tenant_id, intent_id, index, state, accepted_at, running_at)
       select $1, intent.id, n, 'gone', now(), now() + make_interval(secs => 90 + n)
       from intent, generate_series(1, $3::int) n`,
      ours.tenantId,
      accounts.get('wide'),
      count,
    );
  }

  it('is what providers declare until enough machines were measured, and then what nine of ten took', async () => {
    const declared = await planned(author, (await campaignOf('declared', wanted)).id);
    expect(texts(declared, 'boot-declared').join()).toMatch(/as its provider says: fewer than 20/);
    await booted(12);
    const few = await planned(author, (await campaignOf('few', wanted)).id);
    expect(await leadOf(few)).toBe(await leadOf(declared));
    await booted(20);
    const plan = await planned(author, (await campaignOf('measured', wanted)).id);
    expect(texts(plan, 'boot-measured')).toEqual([
      'Machines of wide/c2.large are reckoned to boot in 107 s: nine of ten of the last 32 did, half of them in 98 s.',
    ]);
    expect(texts(plan, 'boot-declared')).toEqual([]);
    const bootMs = Number(/boot in (\d+) s/.exec(texts(declared, 'boot-declared').join())?.[1]) * 1_000;
    expect((await leadOf(plan)) - (await leadOf(declared))).toBe(107_000 - bootMs);
  });
});
