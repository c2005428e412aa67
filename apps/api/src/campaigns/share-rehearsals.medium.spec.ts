import { PlansService } from '@springtide/campaigns';
import { routes, type ApiClient, type CampaignBody } from '@springtide/contracts';
import { newId } from '@springtide/platform';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';
import { commandLine } from '../testing/command-line.js';
import { workerBeside } from '../testing/planner-beside.js';
import { answerPlan, campaignInput } from '../testing/ready-plan.js';

let api: ApiUnderTest;
let ours: SeededTenant;
let author: ApiClient;
let approver: ApiClient;
let worker: PlansService;

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  author = api.client((await ours.user(['operations'])).token);
  approver = api.client((await ours.user(['approver'], 'Ann')).token);
  worker = (await workerBeside(api.database)).get(PlansService);
}, 120_000);
afterAll(async () => await api.stop());

async function planned(name: string): Promise<Readonly<{ campaign: CampaignBody; planId: string }>> {
  const body = await campaignInput(author, name, newId());
  const campaign = await author.call(routes.campaignCreate, { body });
  const { id } = await author.call(routes.planRequest, { params: { id: campaign.id } });
  return { campaign, planId: await answerPlan(api.database, campaign, id) };
}

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();

async function asked(planId: string): Promise<CampaignBody> {
  const body = { share: 0.25, startsAt: inHours(0.5) };
  return await author.call(routes.shareRehearsalRequest, { params: { id: planId }, body });
}

async function solved({ id }: CampaignBody) {
  const { items } = await author.call(routes.planList, { params: { id } });
  const planId = items[0]?.id ?? '';
  await worker.solve(ours.job, planId);
  return await author.call(routes.planGet, { params: { id: planId } });
}

async function approve(planId: string) {
  const { id } = await author.call(routes.approvalRequest, { params: { id: planId } });
  return await approver.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } });
}

/** As a worker leaves it behind that ran the campaign and brought everything back. */
async function ran({ id }: CampaignBody, planId: string): Promise<void> {
  const runId = newId();
  await api.database.systemWork('test', async (tx) => {
    await tx.query(
      `insert into campaign_run (id, tenant_id, campaign_id, plan_id, state, control, phases, targets, revision, summary, since, started_at, closed_at)
       values ($1, $2, $3, $4, 'closed', 'run', '[]', '[]', 1, 'closed', now(), now(), now())`,
      [runId, ours.tenantId, id, planId],
    );
    await tx.query(`update campaign set status = 'closed', current_run_id = $2 where id = $1`, [id, runId]);
  });
}

describe('a rehearsal of a share on the real clouds', () => {
  it('is a campaign with that share of the plan, approved by itself, and evidence for the plan once closed', async () => {
    const { campaign, planId } = await planned('sale');
    const small = await asked(planId);
    expect(small).toMatchObject({
      name: 'sale, rehearsed at 25 %',
      status: 'draft',
      policy: campaign.policy,
      accountIds: campaign.accountIds,
      rehearses: { planId, share: 0.25 },
    });
    const whole = await author.call(routes.planGet, { params: { id: planId } });
    const plan = await solved(small);
    expect(plan).toMatchObject({ status: 'ready', quality: 'scaled' });
    expect(plan.pools).toEqual(whole.pools);
    expect(plan.allocations).toEqual(
      whole.allocations.map((row) => ({ ...row, machines: row.machines / 4 })),
    );
    expect(Number(plan.cost.amount)).toBeCloseTo(Number(whole.cost.amount) / 4);

    const own = await approve(plan.id);
    expect(own).toMatchObject({ status: 'approved', envelope: { planHash: plan.hash } });
    expect(own.envelope.budget).toEqual(small.budget);
    await ran(small, plan.id);
    const { shares } = await approve(planId);
    expect(shares).toMatchObject([
      { campaignId: small.id, planHash: plan.hash, share: 0.25, aborted: false },
    ]);
  });

  it('is evidence for exactly the plan that it came from', async () => {
    const { campaign, planId } = await planned('planned again');
    const small = await asked(planId);
    await ran(small, (await solved(small)).id);
    const { id } = await author.call(routes.planRequest, { params: { id: campaign.id } });
    const next = await answerPlan(api.database, campaign, id);
    expect((await approve(next)).shares).toEqual([]);
  });

  it('is not made of a plan that was changed meanwhile, and answers no what-if', async () => {
    const { planId } = await planned('changed');
    const small = await asked(planId);
    const plan = await solved(small);
    const whatIf = author.call(routes.planWhatIf, { params: { id: plan.id }, body: { demandFactor: 2 } });
    await expect(whatIf).rejects.toThrow(/share of another one/);
    const { id } = await author.call(routes.planRequest, { params: { id: small.id } });
    await api.database.systemWork('test', async (tx) => {
      await tx.query(`update campaign_plan set content = jsonb_set(content, '{leadMs}', '1') where id = $1`, [
        planId,
      ]);
    });
    await expect(worker.solve(ours.job, id)).rejects.toThrow(/not the one that was asked for/);
  });

  it('is asked for and seen on the command line', async () => {
    const { planId } = await planned('by command');
    const kim = commandLine(api.url, (await ours.user(['operations'], 'Kim')).token);
    const made = await kim.run('rehearsal', 'share', 'by command', '--percent', '10', '--at', inHours(1));
    expect(made.out).toContain('by command, rehearsed at 10 %');
    expect(made.exit).toBe(0);
    const small = await asked(planId);
    await ran(small, (await solved(small)).id);
    await author.call(routes.approvalRequest, { params: { id: planId } });
    const lee = commandLine(api.url, (await ours.user(['approver'], 'Lee')).token);
    const { out } = await lee.run('campaign', 'approve', 'by command');
    expect(out).toMatch(/On the real clouds\s+rehearsed at 25 %, closed/);
  });
});

describe('the reasons of a plan', () => {
  it('are told in the language that was asked for', async () => {
    const { planId } = await planned('in words');
    const small = await solved(await asked(planId));
    const chinese = await author.call(routes.planGet, {
      params: { id: small.id },
      query: { language: 'zh-CN' },
    });
    expect(small.reasons[0]?.text).toMatch(/^This is 25 % of plan/);
    expect(chinese.reasons[0]?.text).toMatch(/^这是计划 .+ 的 25%/);
    expect(chinese.hash).toBe(small.hash);
    const shown = commandLine(api.url, (await ours.user(['operations'], 'Mo')).token);
    const { out } = await shown.run('plan', 'explain', small.id, '--language', 'zh-CN');
    expect(out).toContain('万一出故障');
  });
});
