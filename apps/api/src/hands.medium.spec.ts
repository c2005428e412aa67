import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ApiProblem, routes, type ApiClient, type CampaignBody } from '@springtide/contracts';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';
import { answerPlan, campaignInput } from './testing/ready-plan.js';
import { stuckPurchase } from './testing/stuck-purchase.js';

jest.setTimeout(120_000);

let api: ApiUnderTest;
let ours: SeededTenant;
let author: ApiClient;
let approver: ApiClient;
let accountId: string;

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  author = api.client(ours.adminToken);
  approver = api.client((await ours.user(['approver', 'operations'])).token);
  const settings = { regions: ['eu-central-1'], endpoint: 'http://127.0.0.1:9' };
  const secret = { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'a'.repeat(40) };
  accountId = (
    await author.call(routes.accountRegister, { body: { name: 'cloud', provider: 'aws', settings, secret } })
  ).id;
}, 120_000);
afterAll(async () => await api.stop());

async function planned(name: string): Promise<{ campaign: CampaignBody; planId: string }> {
  const body = await campaignInput(author, name, accountId);
  const campaign = await author.call(routes.campaignCreate, { body });
  const plan = await author.call(routes.planRequest, { params: { id: campaign.id } });
  return { campaign, planId: await answerPlan(api.database, campaign, plan.id) };
}

async function armed(name: string): Promise<string> {
  const { campaign, planId } = await planned(name);
  const { id } = await author.call(routes.approvalRequest, { params: { id: planId } });
  await approver.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } });
  return (await author.call(routes.runArm, { params: { id: campaign.id } })).id;
}

const answerOf = async (work: Promise<unknown>): Promise<string> =>
  await work.then(
    () => 'done',
    (thrown: unknown) => (thrown instanceof ApiProblem ? `${thrown.status} ${thrown.code}` : String(thrown)),
  );

const grow = (by: number) =>
  ({ command: 'grow', service: 'storefront', phase: 'peak', byRequestsPerSecond: by }) as const;

describe('two operators at once', () => {
  it('one is obeyed, the other is told that the run is not what was seen; fifty times over', async () => {
    const params = { id: await armed('at once') };
    for (let round = 0; round < 50; round += 1) {
      const { version } = await author.call(routes.runGet, { params });
      const command = round % 2 === 0 ? 'pause' : 'resume';
      const both = [author, approver].map(async (client) =>
        answerOf(client.call(routes.runCommand, { params, body: { command }, ifMatch: version })),
      );
      expect((await Promise.all(both)).toSorted()).toEqual(['412 conflict', 'done']);
      expect((await author.call(routes.runGet, { params })).version).toBe(version + 1);
    }
    // A stop is never refused, whatever was seen.
    const abort = { command: 'abort', reason: 'drill' } as const;
    expect(await answerOf(author.call(routes.runCommand, { params, body: abort, ifMatch: 1 }))).toBe('done');
    const resume = author.call(routes.runCommand, { params, body: { command: 'resume' } });
    expect(await answerOf(resume)).toBe('409 failed-precondition');
  });

  it('approving meets editing: what runs is what was approved, or nothing', async () => {
    for (let round = 0; round < 15; round += 1) {
      const { campaign, planId } = await planned(`edit ${round}`);
      const { id } = await author.call(routes.approvalRequest, { params: { id: planId } });
      const input = await campaignInput(author, `edited ${round}`, accountId);
      const params = { id: campaign.id };
      const [approved, edited] = await Promise.all([
        answerOf(approver.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } })),
        answerOf(author.call(routes.campaignUpdate, { params, body: input, ifMatch: campaign.version })),
      ]);
      const arm = await answerOf(author.call(routes.runArm, { params }));
      const { status } = await author.call(routes.campaignGet, { params });
      expect([round, approved, edited, arm === 'done', status]).toEqual([
        round,
        approved,
        edited,
        edited !== 'done',
        edited === 'done' ? 'draft' : 'armed',
      ]);
    }
  });
});

describe('growing', () => {
  it('stays inside what was approved; more takes an approver who is not the author', async () => {
    const params = { id: await armed('growing') };
    const order = async (
      client: ApiClient,
      body: Parameters<typeof author.call<typeof routes.runCommand>>[1]['body'],
    ) => await answerOf(client.call(routes.runCommand, { params, body }));
    expect(await order(author, grow(1_000))).toBe('409 failed-precondition');
    const limits = {
      command: 'raise-limits',
      machines: 10,
      perHour: { currency: 'EUR', amount: '2' },
    } as const;
    expect(await order(author, limits)).toBe('403 permission-denied');
    expect(await order(approver, limits)).toBe('done');
    expect(await order(author, grow(1_000))).toBe('done');
    expect(await order(author, { ...grow(500), command: 'shrink' })).toBe('done');
    const { items } = await author.call(routes.runTimeline, { params });
    expect(items.map(({ detail }) => detail)).toContain(
      'Target of storefront in peak is now 1500 requests/s.',
    );
  });
});

describe('the desk for what is stuck', () => {
  it('lists with cost and choices, lets only those choose who may, once per key, and keeps who chose', async () => {
    const runId = await armed('stuck');
    const id = randomUUID();
    await api.database.systemWork('test', async (tx) =>
      stuckPurchase(tx, ours.tenantId, { id, runId, accountId }),
    );
    const { items } = await author.call(routes.stuckList, { query: { runId } });
    expect(items).toEqual([
      expect.objectContaining({
        id: `${id}.unknown-outcome`,
        account: 'cloud',
        costPerHour: { currency: 'EUR', amount: '0.1' },
      }),
    ]);
    expect(items[0]?.choices.map(({ choice }) => choice)).toEqual(['retry', 'adopt', 'abandon']);
    const params = { id: items[0]?.id ?? '' };
    const body = { choice: 'abandon', reason: 'the provider confirmed that it never was' } as const;
    const reader = api.client((await ours.user(['read-only'])).token);
    expect(await answerOf(reader.call(routes.stuckResolve, { params, body }))).toBe('403 permission-denied');
    const once = { params, body, idempotencyKey: 'abandon-once' };
    const answers = [
      await author.call(routes.stuckResolve, once),
      await author.call(routes.stuckResolve, once),
    ];
    expect(answers[0]).toMatchObject({ outcome: 'done', message: expect.stringMatching(/0\.1 EUR an hour/) });
    expect(answers[1]).toEqual(answers[0]);
    expect((await author.call(routes.stuckList, { query: { runId } })).items).toEqual([]);
    const audit = await author.call(routes.auditList, { query: { action: 'stuck.abandon' } });
    expect(audit.items).toHaveLength(1);
  });

  it('shows machines that only their marks tell of, until somebody takes their cost on', async () => {
    const intentId = randomUUID();
    const [firstSeenAt, machineIds] = [new Date().toISOString(), ['i-1', 'i-2']];
    const strangers = machineIds.map((machineId) => ({ machineId, intentId, firstSeenAt, abandoned: null }));
    await api.database.systemWork('test', async (tx) =>
      tx.query(
        `insert into effect_listing (tenant_id, account_id, region, taken_at, trusted, count, sightings, strangers)
         values ($1, $2, 'eu-central-1', $3, true, 2, '[]', $4)`,
        [ours.tenantId, accountId, firstSeenAt, JSON.stringify(strangers)],
      ),
    );
    const found = async () =>
      (await author.call(routes.stuckList, { query: {} })).items.filter(
        ({ kind }) => kind === 'found-by-tag',
      );
    const [shown, ...others] = await found();
    expect(others).toEqual([]);
    expect(shown).toMatchObject({ intentId, account: 'cloud', machines: machineIds, costPerHour: null });
    expect(shown?.choices.map(({ choice }) => choice)).toEqual(['retry', 'adopt', 'abandon']);
    const params = { id: shown?.id ?? '' };
    const body = { choice: 'abandon', reason: 'kept for the auditors' } as const;
    expect(await author.call(routes.stuckResolve, { params, body })).toMatchObject({ outcome: 'done' });
    expect(await found()).toEqual([]);
    const { items } = await author.call(routes.auditList, { query: { action: 'stuck.abandon' } });
    expect(items[0]?.target.id).toBe(intentId);
  });
});
