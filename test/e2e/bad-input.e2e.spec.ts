import { jest } from '@jest/globals';
import { routes, type CampaignBody, type CampaignInput, type PlanBody } from '@springtide/contracts';
import { campaignInput, planned, problemOf } from './campaign-story.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(60_000);

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(async () => await stage.stop());

const AN_HOUR = { inMs: 3_600_000, rampMs: 60_000, peakMs: 60_000, decayMs: 60_000 };

async function planFor(
  name: string,
  change: Partial<CampaignInput> = {},
): Promise<{ campaign: CampaignBody; plan: PlanBody }> {
  const body = { ...campaignInput(stage, name, AN_HOUR), ...change };
  const campaign = await stage.operations.call(routes.campaignCreate, { body });
  return { campaign, plan: await planned(stage.operations, campaign.id) };
}

const ask = async (plan: PlanBody) =>
  await stage.operations.call(routes.approvalRequest, { params: { id: plan.id } });
const approve = async (id: string) =>
  await stage.approver.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } });
const arm = async (campaign: CampaignBody) =>
  await stage.operations.call(routes.runArm, { params: { id: campaign.id } });
const statusOf = async ({ id }: CampaignBody) =>
  (await stage.operations.call(routes.campaignGet, { params: { id } })).status;

/** As nobody can through the product: behind its back, in the database itself. */
async function tamper(sql: string, id: string): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client(stage.database.ownerUrl);
  await client.connect();
  try {
    await client.query(sql, [id]);
  } finally {
    await client.end();
  }
}

const dearer = `update campaign_plan set content = jsonb_set(content, '{allocations,0,machines}', '99') where id = $1`;

/** Clear: what happened, a code to branch on, and what to do now. */
async function expectClear(
  work: Promise<unknown>,
  status: number,
  code: string,
  words: RegExp,
): Promise<void> {
  const { problem } = await problemOf(work);
  expect(problem).toMatchObject({ status, code, detail: expect.stringMatching(words) as string });
  expect(problem.nextStep).not.toBe('');
}

describe('accounts that cannot be used', () => {
  const register = async (name: string, endpoint: string, secretKey: string) =>
    await stage.admin.call(routes.accountRegister, {
      body: {
        name,
        provider: 'simulated',
        settings: { endpoint },
        secret: { accessKey: 'public-access-key', secretKey },
      },
    });

  it.each([
    ['wrong credentials', () => stage.clouds.endpointOf('cloud'), 'unauthenticated'],
    ['an endpoint where nobody is', () => 'http://127.0.0.1:9', 'permission-denied'],
  ])('%s are told at once, and no plan is made on them', async (name, endpoint, code) => {
    const account = await register(name, endpoint(), 'not-the-secret-key');
    expect([account.status, account.health?.code]).toEqual(['unverified', code]);
    expect(account.health?.problem).toMatch(/\w+ \w+/);
    const { plan, campaign } = await planFor(name, { accountIds: [account.id] });
    expect(plan.status).toBe('failed');
    expect(plan.failure).toMatch(/\w+ \w+/);
    expect(await statusOf(campaign)).toBe('draft');
    await expectClear(ask(plan), 409, 'failed-precondition', /plan is failed/);
  });
});

describe('plans that cannot be', () => {
  it('a budget too small is infeasible, and says what would do', async () => {
    const { plan } = await planFor('poor', { budget: { currency: 'CNY', amount: '0.0001' } });
    expect(plan.status).toBe('infeasible');
    expect(plan.reasons.map((reason) => reason.code)).toContain('budget-short');
    expect(plan.capacity.some((row) => row.short > 0)).toBe(true);
  });

  it('a demand that no cloud can serve is infeasible, and says what binds', async () => {
    const demand = [{ service: 'storefront', phase: 'peak' as const, requestsPerSecond: 10_000_000 }];
    const { plan } = await planFor('impossible', { demand, budget: { currency: 'CNY', amount: '1000000' } });
    expect(plan.status).toBe('infeasible');
    expect(plan.reasons.map((reason) => reason.code)).toContain('shortage');
  });

  it('a zone that is sold out is planned around', async () => {
    const zone = 'sim-east-a';
    for (const machineType of ['c2.large', 'c2.xlarge', 'c2.2xlarge'])
      stage.clouds.cloud('cloud')?.administer({ action: 'limit-room', zone, machineType, machines: 0 });
    const { plan } = await planFor('around');
    stage.clouds.cloud('cloud')?.administer({ action: 'reset' });
    expect(plan.status).toBe('ready');
    const used = plan.pools.filter((pool) => plan.allocations.some((row) => row.poolId === pool.id));
    expect(used.map((pool) => pool.zone)).not.toContain(zone);
    expect(used.map((pool) => pool.zone)).toContain('sim-east-b');
    expect(plan.reasons.map((reason) => reason.code)).toContain('left-out-sold-out');
  });
});

describe('approvals', () => {
  it('one that expired approves nothing, and arms nothing', async () => {
    const { campaign, plan } = await planFor('expired');
    const expire = `update approval set requested_at = requested_at - interval '9 hours',
      decided_at = decided_at - interval '9 hours', expires_at = now() - interval '1 second' where id = $1`;
    const { id } = await ask(plan);
    await tamper(expire, id);
    await expectClear(approve(id), 409, 'failed-precondition', /expired/);
    const again = await ask(plan);
    expect(again.id).not.toBe(id);
    await approve(again.id);
    await tamper(expire, again.id);
    await expectClear(arm(campaign), 409, 'failed-precondition', /expired at/);
    // It is asked for again, of the same plan: the campaign waits for a decision as before.
    expect(await statusOf(campaign)).toBe('planned');
  });

  it('a plan that was edited behind our back is approved by nobody', async () => {
    const { campaign, plan } = await planFor('edited before');
    const approval = await ask(plan);
    await tamper(dearer, plan.id);
    await expectClear(approve(approval.id), 409, 'failed-precondition', /does not match its hash/);
    await expectClear(ask(plan), 409, 'failed-precondition', /does not match its hash/);
    expect(await statusOf(campaign)).toBe('planned');
  });

  it('a plan that was edited after its approval is not armed', async () => {
    const { campaign, plan } = await planFor('edited after');
    await approve((await ask(plan)).id);
    await tamper(dearer, plan.id);
    await expectClear(arm(campaign), 409, 'failed-precondition', /does not match its hash/);
    const { currentRunId } = await stage.operations.call(routes.campaignGet, { params: { id: campaign.id } });
    expect([await statusOf(campaign), currentRunId]).toEqual(['approved', null]);
  });

  it('a double click decides once', async () => {
    const { campaign, plan } = await planFor('double');
    const { id } = await ask(plan);
    const both = await Promise.all([approve(id), approve(id)]);
    expect(both[0]).toMatchObject({ status: 'approved' });
    expect(both[1]).toEqual(both[0]);
    const { items } = await stage.admin.call(routes.auditList, {
      query: { targetId: id, action: 'approval.approve' },
    });
    expect(items).toHaveLength(1);
    expect(await statusOf(campaign)).toBe('approved');
  });

  it('are listed page by page, those that wait for a decision apart', async () => {
    const list = async (query: { limit?: number; cursor?: string; status?: 'requested' | 'approved' }) =>
      await stage.approver.call(routes.approvalList, { query });
    const all = (await list({ limit: 200 })).items.map((one) => one.id);
    expect(all.length).toBeGreaterThan(3);
    const pages: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await list(cursor === undefined ? { limit: 2 } : { limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      pages.push(...page.items.map((one) => one.id));
      cursor = page.next;
    }
    expect(pages).toEqual(all);
    const approved = await list({ limit: 1, status: 'approved' });
    expect([approved.items.map((one) => one.status), approved.next !== null]).toEqual([['approved'], true]);
  });
});

describe('what is recorded', () => {
  it.each(['template.create', 'campaign.create', 'plan.request', 'plan.solve', 'approval.request'])(
    '%s leaves its trace',
    async (action) => {
      const { items } = await stage.admin.call(routes.auditList, { query: { action } });
      expect(items.length).toBeGreaterThan(0);
    },
  );

  it('left nothing behind, as the oracle sees it', async () => {
    expect(await stage.oracle.verdict()).toEqual([]);
  });
});
