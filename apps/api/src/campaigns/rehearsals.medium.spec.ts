import { RehearsalService } from '@springtide/campaigns';
import {
  ApiProblem,
  RehearsalResult,
  routes,
  type ApiClient,
  type CampaignBody,
  type CampaignInput,
} from '@springtide/contracts';
import { newId } from '@springtide/platform';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import { examplePublicCloud } from '../../../../providers/simulated/index.js';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';
import { commandLine } from '../testing/command-line.js';
import { workerBeside } from '../testing/planner-beside.js';
import { answerPlan, campaignInput } from '../testing/ready-plan.js';

const MINUTE = 60_000;
const cny = (amount: string) => ({ currency: 'CNY', amount });

let api: ApiUnderTest;
let ours: SeededTenant;
let author: ApiClient;
let approver: ApiClient;
let worker: RehearsalService;
let accountId: string;

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  author = api.client((await ours.user(['operations'])).token);
  approver = api.client((await ours.user(['approver'], 'Ann')).token);
  worker = (await workerBeside(api.database)).get(RehearsalService);
  const account = await api.client(ours.adminToken).call(routes.accountRegister, {
    body: {
      ...{ name: 'cloud', provider: 'simulated', settings: { cloud: 'nowhere' } },
      secret: examplePublicCloud().credentials,
    },
  });
  accountId = account.id;
  await sql(
    `insert into traffic_route (id, tenant_id, name, account_id, service, health_path, home, version, created_at)
     values (gen_random_uuid(), $1, 'entrance', $2, 'storefront', '/', '[]', 1, now())`,
    [ours.tenantId, accountId],
  );
}, 120_000);
afterAll(async () => await api.stop());

async function sql(text: string, values: readonly unknown[]): Promise<void> {
  await api.database.systemWork('test', async (tx) => await tx.query(text, [...values]));
}

type Planned = Readonly<{ campaign: CampaignBody; planId: string }>;

async function planned(name: string, changes: Partial<CampaignInput> = {}): Promise<Planned> {
  const body = { ...(await campaignInput(author, name, accountId)), ...changes };
  const campaign = await author.call(routes.campaignCreate, { body });
  return { campaign, planId: await planAgain(campaign) };
}

async function planAgain(campaign: CampaignBody, machines = 4): Promise<string> {
  const { id } = await author.call(routes.planRequest, { params: { id: campaign.id } });
  const on = {
    ...{ accountName: 'cloud', region: 'sim-east', zone: 'sim-east-a', machineType: 'c2.large' },
    ...{ image: 'img-shop-1', currency: 'EUR', pricePerHour: '0.39', machines, route: 'entrance' },
  };
  return await answerPlan(api.database, campaign, id, on);
}

/** Stands in for the process that lives through it. */
async function rehearsed(planId: string, passed: boolean): Promise<string> {
  const { id } = await author.call(routes.rehearsalRequest, { params: { id: planId }, body: {} });
  await worker.finish(ours.job, id, resultOf(passed));
  return id;
}

function resultOf(passed: boolean): RehearsalResult {
  return RehearsalResult.parse({
    passed,
    findings: passed ? [] : ['In peak, 91 % of the requests found capacity.'],
    phases: [],
    machines: { planned: 4, created: 4, refused: 0, leftover: 0 },
    cost: { planned: cny('1'), actual: cny('1.1'), budget: cny('2') },
    timeToReadySeconds: null,
    story: [],
    virtualHours: 2.1,
    realSeconds: 0.3,
  });
}

async function approve({ planId }: Planned) {
  const { id } = await author.call(routes.approvalRequest, { params: { id: planId } });
  return await approver.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } });
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ApiProblem)) throw new Error(`nothing was refused: ${String(thrown)}`);
  const { detail, nextStep } = thrown.problem;
  return `${thrown.code}: ${detail} ${nextStep ?? ''}`;
}

describe('rehearsals as evidence of an approval', () => {
  it('are advisory unless the campaign says otherwise, and are kept whatever came of them', async () => {
    expect(await approve(await planned('unrehearsed'))).toMatchObject({
      status: 'approved',
      rehearsal: null,
    });
    const one = await planned('advised');
    const rehearsalId = await rehearsed(one.planId, false);
    expect((await approve(one)).rehearsal).toMatchObject({ rehearsalId, passed: false, held: 0, notHeld: 1 });
  });

  it('are asked for where they are required, until a recent one of exactly this plan held', async () => {
    const one = await planned('gated', { rehearsal: 'required' });
    expect(await refusalOf(approve(one))).toMatch(
      /^failed-precondition: .*none of it has ended since .*nothing was approved.*Have the plan rehearsed/,
    );
    await author.call(routes.rehearsalRequest, { params: { id: one.planId }, body: {} });
    expect(await refusalOf(approve(one))).toMatch(/none of it has ended/);
    await rehearsed(one.planId, false);
    expect(await refusalOf(approve(one))).toMatch(/none of it held; the newest found: In peak, 91 %/);

    const rehearsalId = await rehearsed(one.planId, true);
    await rehearsed(one.planId, false);
    const { rehearsal } = await approve(one);
    expect(rehearsal).toMatchObject({
      rehearsalId,
      passed: true,
      storm: 'calm',
      seed: 1,
      held: 1,
      notHeld: 2,
    });
    expect(rehearsal?.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('are not those of an older plan, nor old ones', async () => {
    const one = await planned('planned again', { rehearsal: 'required' });
    await rehearsed(one.planId, true);
    const next = { ...one, planId: await planAgain(one.campaign, 5) };
    expect(await refusalOf(approve(next))).toMatch(/none of it has ended/);
    const id = await rehearsed(next.planId, true);
    await sql(`update campaign_rehearsal set finished_at = now() - interval '25 hours' where id = $1`, [id]);
    expect(await refusalOf(approve(next))).toMatch(/none of it has ended/);
  });

  it('are none that were changed after they ended', async () => {
    const one = await planned('forged', { rehearsal: 'required' });
    const id = await rehearsed(one.planId, false);
    await sql(`update campaign_rehearsal set result = jsonb_set(result, '{passed}', 'true') where id = $1`, [
      id,
    ]);
    expect(await refusalOf(approve(one))).toMatch(/does not match its hash/);
  });

  it('are shown with the approval on the command line', async () => {
    const one = await planned('by command', { rehearsal: 'required' });
    await rehearsed(one.planId, true);
    await author.call(routes.approvalRequest, { params: { id: one.planId } });
    const kim = commandLine(api.url, (await ours.user(['approver'], 'Kim')).token);
    const { exit, out } = await kim.run('campaign', 'approve', 'by command');
    expect(exit).toBe(0);
    expect(out).toMatch(/Rehearsal\s+held \(calm\), .*of 1 recent ones 1 held/);
  });
});

describe('a replay', () => {
  /** A day and a half of last year in minutes; at its highest 900, in the middle. */
  async function lastYear(name: string): Promise<string> {
    const rows = Array.from({ length: 2_160 }, (_, n) => {
      const at = new Date(Date.UTC(2025, 10, 11) + n * MINUTE).toISOString();
      return `${at},${n === 1_080 ? 900 : 300}`;
    });
    const source = { kind: 'csv', text: ['timestamp,value', ...rows].join('\n') } as const;
    return (await author.call(routes.demandImport, { body: { name, source } })).id;
  }

  it('lays recorded demand onto the campaign, its peak on the peak', async () => {
    const series = await lastYear('last year');
    const { campaign, planId } = await planned('replayed');
    const line = commandLine(api.url, (await ours.user(['operations'])).token);
    const asked = ['rehearsal', 'run', 'replayed', '--replay', 'last year', '--multiple', '1.5', '--no-wait'];
    const { exit, out } = await line.run(...asked, '-o', 'json');
    expect(exit).toBe(0);
    const { id, replay } = JSON.parse(out) as { id: string; replay: unknown };
    expect(replay).toEqual({ seriesId: series, multiple: 1.5 });

    const question = await worker.question(ours.job, id);
    expect(question.planHash).toBe((await author.call(routes.planGet, { params: { id: planId } })).hash);
    expect(question.replay?.told).toMatchObject({
      ...{ name: 'last year', aligned: 'peaks', service: null, highestRps: 1_350, plannedHighestRps: 1_000 },
      historyFrom: '2025-11-11T16:30:30.000Z',
    });
    const { startsAt, stepMs, values } = question.replay?.demand ?? { startsAt: '', stepMs: 0, values: [] };
    const highestAt = Date.parse(startsAt) + (values.indexOf(1_350) + 0.5) * stepMs;
    const [peak] = campaign.phases.filter(({ name }) => name === 'peak');
    expect(highestAt).toBe((Date.parse(peak?.startsAt ?? '') + Date.parse(peak?.endsAt ?? '')) / 2);

    const shown = await line.run('rehearsal', 'show', id);
    expect(shown.out).toContain(`replay of series ${series}, times 1.5`);
  });

  it('begins where it is told to', async () => {
    const seriesId = await lastYear('the year before');
    const { planId } = await planned('from noon');
    const { id } = await author.call(routes.rehearsalRequest, {
      params: { id: planId },
      body: { replay: { seriesId, historyStartsAt: '2025-11-11T12:00:00.000Z', service: 'storefront' } },
    });
    expect((await worker.question(ours.job, id)).replay?.told).toMatchObject({
      ...{ aligned: 'start', service: 'storefront', multiple: 1, highestRps: 300 },
      ...{ historyFrom: '2025-11-11T12:00:00.000Z', historyTo: '2025-11-11T14:00:00.000Z' },
    });
  });

  it('refuses what cannot be replayed, and says what to do', async () => {
    const seriesId = await lastYear('too short');
    const { planId } = await planned('refused');
    const ask = async (replay: Record<string, unknown>) =>
      await refusalOf(
        author.call(routes.rehearsalRequest, {
          params: { id: planId },
          body: { replay: { seriesId, ...replay } },
        }),
      );
    expect(await ask({ historyStartsAt: '2025-11-12T11:00:00.000Z' })).toMatch(
      /^invalid-argument: .*covers .* but the campaign would replay .* nothing was rehearsed/i,
    );
    expect(await ask({ seriesId: newId() })).toMatch(/^not-found: /);
    expect(await ask({ service: 'checkout' })).toMatch(
      /^invalid-argument: .*Nothing is planned for service/i,
    );
    expect(await ask({ multiple: 0 })).toMatch(/^invalid-argument: /);
    const stranger = await seedTenant(api.database);
    const theirs = api.client((await stranger.user(['operations'])).token);
    const foreign = await theirs.call(routes.demandImport, {
      body: {
        name: 'theirs',
        source: { kind: 'csv', text: '2025-11-11T00:00:00Z,1\n2025-11-12T00:00:00Z,2' },
      },
    });
    expect(await ask({ seriesId: foreign.id })).toMatch(/^not-found: /);

    const line = commandLine(api.url, (await ours.user(['operations'])).token);
    const alone = await line.run('rehearsal', 'run', 'refused', '--multiple', '1.3');
    expect([alone.exit, alone.err]).toEqual([2, expect.stringContaining('--replay <series>')]);
    const unknown = await line.run('rehearsal', 'run', 'refused', '--replay', 'nobody knows');
    expect([unknown.exit, unknown.err]).toEqual([3, expect.stringContaining('nobody knows')]);
  });
});

describe('the twins of a rehearsal', () => {
  const timesOf = async (planId: string) => {
    const { id } = await author.call(routes.rehearsalRequest, { params: { id: planId }, body: {} });
    return (await worker.question(ours.job, id)).accounts[0]?.times;
  };

  it('take as long as the account’s machines took, once enough of them were measured', async () => {
    const { planId } = await planned('measured');
    const declared = await timesOf(planId);
    expect(declared?.boot.evidence).toMatchObject({ basis: 'declared', measurements: 0, p50Seconds: 8 });
    for (let n = 1; n <= 20; n += 1) await bootedAfter(n * 10);
    const measured = await timesOf(planId);
    expect(measured?.boot.evidence).toMatchObject({
      ...{ basis: 'measured', measurements: 20, p50Seconds: 100, p95Seconds: 190 },
    });
    expect(measured?.createCall.evidence).toMatchObject({ basis: 'measured', p50Seconds: 2, p95Seconds: 2 });
  });

  /** A purchase of an hour ago: the cloud said yes after two seconds, and the machine ran so many seconds later. */
  async function bootedAfter(seconds: number): Promise<void> {
    const id = newId();
    const sentMs = Date.now() - 60 * MINUTE;
    const at = (after: number) => new Date(sentMs + after * 1_000);
    await sql(
      `insert into effect_intent (id, tenant_id, run_id, step, batch, kind, account_id, region, spec, spec_hash, count,
         state, generation, fence, unanswered, sent_at, deadline, currency, price_per_hour, minimum_billing_seconds, created_at)
       values ($1, $2, $1, 'provision', 0, 'create', $3, 'sim-east', '{}', 'hash', 1, 'released', 0, 1, 0, $4, $5, 'EUR', 0.1,
         60, $4)`,
      [id, ours.tenantId, accountId, at(0), at(30)],
    );
    await sql(
      `insert into effect_item (tenant_id, intent_id, index, state, machine_id, accepted_at, running_at)
       values ($1, $2, 0, 'gone', 'm', $3, $4)`,
      [ours.tenantId, id, at(2), at(2 + seconds)],
    );
  }
});
