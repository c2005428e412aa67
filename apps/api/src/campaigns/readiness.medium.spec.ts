import {
  ApiProblem,
  routes,
  type ApiClient,
  type CampaignBody,
  type CampaignInput,
} from '@springtide/contracts';
import { systemClock } from '@springtide/platform';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  openSimulatedCloud,
  type SimulatedCloud,
} from '../../../../providers/simulated/index.js';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';
import { commandLine } from '../testing/command-line.js';
import { answerPlan, campaignInput, type PlannedOn } from '../testing/ready-plan.js';

const CLOUD = 'readiness-spec';

let api: ApiUnderTest;
let ours: SeededTenant;
let author: ApiClient;
let approver: ApiClient;
let cloud: SimulatedCloud;
let accountId: string;

/** Four machines of a type that the simulated cloud has. */
const place: PlannedOn = {
  accountName: 'cloud',
  region: 'sim-east',
  zone: 'sim-east-a',
  machineType: 'c2.large',
  image: 'img-shop-1',
  currency: 'CNY',
  pricePerHour: '0.39',
  route: 'entrance',
};

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  author = api.client((await ours.user(['operations'])).token);
  approver = api.client((await ours.user(['approver'], 'Ann')).token);
  const plan = examplePublicCloud();
  cloud = openSimulatedCloud(CLOUD, plan, systemClock);
  const account = await api.client(ours.adminToken).call(routes.accountRegister, {
    body: { name: 'cloud', provider: 'simulated', settings: { cloud: CLOUD }, secret: plan.credentials },
  });
  expect(account.status).toBe('healthy');
  accountId = account.id;
}, 120_000);

afterAll(async () => {
  closeSimulatedCloud(CLOUD);
  await api.stop();
});

afterEach(async () => {
  cloud.administer({ action: 'reset' });
  await forgetMarket();
});

/** What was read is too old to be believed. */
async function forgetMarket(): Promise<void> {
  await corrupt(
    `update catalog_market_freshness set confirmed_at = confirmed_at - interval '1 hour' where account_id = $1`,
    accountId,
  );
}

type Planned = Readonly<{ campaign: CampaignBody; planId: string }>;

async function planned(
  name: string,
  changes: Partial<CampaignInput> = {},
  on: Partial<PlannedOn> = {},
): Promise<Planned> {
  const body = { ...(await campaignInput(author, name, accountId)), ...changes };
  const budget = { currency: 'CNY', amount: '100' };
  const campaign = await author.call(routes.campaignCreate, { body: { ...body, budget, ...changes } });
  const plan = await author.call(routes.planRequest, { params: { id: campaign.id } });
  return { campaign, planId: await answerPlan(api.database, campaign, plan.id, { ...place, ...on }) };
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ApiProblem)) throw new Error(`nothing was refused: ${String(thrown)}`);
  return `${thrown.code}: ${thrown.problem.detail}`;
}

async function approve({ planId }: Planned) {
  const { id } = await author.call(routes.approvalRequest, { params: { id: planId } });
  return await approver.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } });
}

const check = async ({ campaign }: Planned) =>
  await author.call(routes.readinessCheck, { params: { id: campaign.id } });

async function corrupt(sql: string, id: string): Promise<void> {
  await api.database.systemWork('test', async (tx) => await tx.query(sql, [id]));
}

describe('a readiness check', () => {
  it('measures the cloud: quota, addresses, image, permissions, stock and price', async () => {
    const { latest } = await check(await planned('measured'));
    const seen = new Map(latest?.lines.map((line) => [line.key, line]));
    const verdicts = [...seen].map(([key, line]) => `${key} ${line.verdict} ${line.finding.code}`);
    expect(verdicts).toEqual(
      expect.arrayContaining([
        'permissions/cloud green permissions-granted',
        'credential/cloud green credential-young',
        'stock/pool-1 green stock-enough',
        'quota/cloud/sim-east/standard green quota-enough',
        'addresses/cloud/sim-east/sim-east-a green addresses-enough',
        'image/cloud/sim-east/storefront green image-present',
        'price/plan green price-kept',
        'entrance/entrance red entrance-unread',
        'reach/entrance/cloud/sim-east unknown burst-never-reached',
      ]),
    );
    expect(seen.get('stock/pool-1')?.finding.params).toEqual({ stock: 400, needed: 4 });
    expect(latest).toMatchObject({ verdict: 'red', blocking: 1, checkedBy: expect.stringMatching(/^user-/) });
  });

  it('sees what changed since, and keeps what it saw before', async () => {
    const one = await planned('sold out');
    const before = await check(one);
    cloud.administer({ action: 'limit-room', zone: 'sim-east-a', machineType: 'c2.large', machines: 1 });
    cloud.administer({ action: 'exhaust-quota', on: true });
    // A check is its own answer for a few seconds, and a market for a minute: neither is asked for twice.
    expect((await check(one)).latest?.id).toBe(before.latest?.id);
    await forgetMarket();
    const { latest, history } = await check(await planned('sold out again'));
    const red = latest?.lines.filter((line) => line.verdict === 'red').map((line) => line.key);
    expect(red).toEqual(expect.arrayContaining(['stock/pool-1', 'quota/cloud/sim-east/standard']));
    expect(history).toHaveLength(1);
  });

  it('is there on the command line, which ends with 5 while something stands in the way', async () => {
    const { campaign } = await planned('by command');
    const kim = commandLine(api.url, (await ours.user(['approver'], 'Kim')).token);
    const checked = await kim.run('readiness', 'check', campaign.name);
    expect(checked.exit).toBe(5);
    expect(checked.out).toMatch(/red\s+yes\s+entrance\/entrance\s+The entrance could not be read/);
    const answer = ['--key', 'entrance/entrance', '--reason', 'it stands by then'];
    expect((await kim.run('readiness', 'override', campaign.name, ...answer)).exit).toBe(0);
    const shown = await kim.run('readiness', 'show', campaign.name, '-o', 'json');
    expect(JSON.parse(shown.out)).toMatchObject({
      gate: 'advisory',
      latest: { blocking: 0, verdict: 'red' },
    });
  });

  it('takes the word of who answers for it where nothing could be measured, and says whose it is', async () => {
    const one = await planned('vouched for');
    await check(one);
    const params = { id: one.campaign.id };
    const key = 'configuration/storefront';
    const until = one.campaign.phases.at(-1)?.endsAt ?? '';
    const body = { key, statement: 'the image reads its secrets from the vault', until };
    const early = { ...body, until: new Date(Date.parse(until) - 1_000).toISOString() };
    expect(await refusalOf(author.call(routes.readinessAttest, { params, body: early }))).toContain(
      'It would run out before the campaign is over',
    );
    expect(await refusalOf(approver.call(routes.readinessAttest, { params, body }))).toContain(
      'permission-denied',
    );
    const measured = { ...body, key: 'stock/pool-1' };
    expect(await refusalOf(author.call(routes.readinessAttest, { params, body: measured }))).toContain(
      'left nothing unmeasured',
    );
    const lee = commandLine(api.url, (await ours.user(['operations'], 'Lee')).token);
    const told = ['--key', key, '--statement', body.statement, '--until', until];
    const attested = await lee.run('readiness', 'attest', one.campaign.name, ...told);
    expect(attested.out).toMatch(/amber\s+configuration\/storefront\s+Lee vouches for it until/);
    // The next check finds the same, and the word still stands beside it.
    const { latest } = await check(one);
    const line = latest?.lines.find((row) => row.key === key);
    expect(line).toMatchObject({ verdict: 'amber', evidence: { by: 'Lee' } });
    const audit = await api
      .client(ours.adminToken)
      .call(routes.auditList, { query: { action: 'readiness.attest' } });
    expect(audit.items[0]?.after).toMatchObject({ key, statement: body.statement, until });
  });

  it.each(['running', 'scaling-back', 'stuck', 'closed', 'cancelled'])(
    'is not made of a campaign that is %s: what its run holds would be missed once more',
    async (status) => {
      const one = await planned(`too late, ${status}`);
      await corrupt(`update campaign set status = '${status}' where id = $1`, one.campaign.id);
      expect(await refusalOf(check(one))).toContain(`is ${status}: whether the world is ready`);
      await corrupt(`update campaign set status = 'cancelled' where id = $1`, one.campaign.id);
    },
  );

  it('has nothing to say of a campaign without a plan', async () => {
    const body = await campaignInput(author, 'no plan', accountId);
    const { id } = await author.call(routes.campaignCreate, { body });
    expect(await refusalOf(author.call(routes.readinessCheck, { params: { id } }))).toContain(
      'failed-precondition',
    );
    expect(await author.call(routes.readinessGet, { params: { id } })).toMatchObject({ latest: null });
  });
});

describe('the gate', () => {
  it('lets nobody approve without a fresh check, nor past a blocking red, until somebody answers for it', async () => {
    const one = await planned('gated', { readiness: 'required' });
    expect(await refusalOf(approve(one))).toContain('it was never checked');
    const { latest } = await check(one);
    expect(await refusalOf(approve(one))).toContain('stand in the way');

    const answer = { params: { id: one.campaign.id }, body: { key: 'entrance/entrance', reason: 'a drill' } };
    expect(await refusalOf(author.call(routes.readinessOverride, answer))).toContain('permission-denied');
    const after = await approver.call(routes.readinessOverride, answer);
    const line = after.latest?.lines.find(({ key }) => key === 'entrance/entrance');
    expect(line).toMatchObject({ verdict: 'red', override: { by: 'Ann', reason: 'a drill' } });

    const approval = await approve(one);
    expect(approval).toMatchObject({
      status: 'approved',
      readiness: { checkId: latest?.id, hash: latest?.hash, verdict: 'red', overridden: 1 },
    });
    const audit = await api
      .client(ours.adminToken)
      .call(routes.auditList, { query: { action: 'readiness.override' } });
    expect(audit.items[0]?.after).toMatchObject({ key: 'entrance/entrance', reason: 'a drill' });
  });

  it('advises where the campaign says so, and the approval keeps what was known', async () => {
    const unchecked = await approve(await planned('unchecked', { readiness: 'advisory' }));
    expect(unchecked).toMatchObject({ status: 'approved', readiness: null });
    const one = await planned('advised', { readiness: 'advisory' });
    const { latest } = await check(one);
    expect((await approve(one)).readiness?.hash).toBe(latest?.hash);
  });

  it('takes no check that was changed after it was made', async () => {
    const one = await planned('forged', { readiness: 'required' });
    const { latest } = await check(one);
    await corrupt(
      `update readiness_check set findings = replace(findings::text, '"red"', '"green"')::jsonb where id = $1`,
      latest?.id ?? '',
    );
    expect(await refusalOf(approve(one))).toContain('does not match its hash');
  });
});

describe('an approval at the start', () => {
  const arm = async ({ campaign }: Planned) =>
    await author.call(routes.runArm, { params: { id: campaign.id } });
  const statusOf = async ({ campaign }: Planned) =>
    (await author.call(routes.campaignGet, { params: { id: campaign.id } })).status;

  /** One bit of the lowest byte: '4' and '5' differ in it. */
  const flip = `update campaign_plan
    set content = jsonb_set(content, '{allocations,0,machines}', '5') where id = $1`;

  it('refuses a plan of which one bit was changed, whether or not its hash was made to fit', async () => {
    const one = await planned('flipped');
    await approve(one);
    await corrupt(flip, one.planId);
    expect(await refusalOf(arm(one))).toContain('The stored plan does not match its hash');

    const other = await planned('flipped and hashed');
    await approve(other);
    await answerPlan(api.database, other.campaign, other.planId, { ...place, machines: 5 });
    await corrupt(`update campaign set status = 'approved' where current_plan_id = $1`, other.planId);
    expect(await refusalOf(arm(other))).toContain('This plan has no approval; nothing was bought');
  });

  it('refuses an envelope that was widened afterwards', async () => {
    const one = await planned('widened');
    const { id } = await approve(one);
    await corrupt(
      `update approval set envelope = jsonb_set(envelope, '{maxMachines}', '9000') where id = $1`,
      id,
    );
    expect(await refusalOf(arm(one))).toContain('The stored approval does not match its hash');
  });

  it('asks again once it has expired', async () => {
    const one = await planned('expired');
    const { id } = await approve(one);
    await corrupt(
      `update approval set requested_at = now() - interval '9 days', decided_at = now() - interval '8 days',
         expires_at = now() - interval '1 day' where id = $1`,
      id,
    );
    expect(await refusalOf(arm(one))).toContain('approval is asked for again');
    expect(await statusOf(one)).toBe('planned');
    await approve(one);
    expect((await arm(one)).state).toBe('armed');
  });

  it('asks again when prices have risen past the limit, and holds once that was approved', async () => {
    const one = await planned('dearer', {}, { pricePerHour: '0.30', route: 'another-entrance' });
    await approve(one);
    expect(await refusalOf(arm(one))).toContain(
      'Prices have risen by 30 % since the approval, past its limit of 10 %',
    );
    const { items } = await approver.call(routes.approvalList, { query: { status: 'requested' } });
    const pending = items.find(({ planId }) => planId === one.planId);
    expect(pending?.envelope.priceBasis).toEqual({ currency: 'CNY', amount: '3.12' });
    const decision = { params: { id: pending?.id ?? '' }, body: { decision: 'approve' as const } };
    await approver.call(routes.approvalDecide, decision);
    expect((await arm(one)).state).toBe('armed');
  });

  it('does not ask again for a plan that is over its budget now', async () => {
    const budget = { currency: 'CNY', amount: '3.00' };
    const one = await planned('too dear', { budget }, { pricePerHour: '0.30' });
    await approve(one);
    expect(await refusalOf(arm(one))).toContain('over its budget of 3 CNY');
    expect(await statusOf(one)).toBe('approved');
  });
});
