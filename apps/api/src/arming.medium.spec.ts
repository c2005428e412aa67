import { jest } from '@jest/globals';
import { ApiProblem, routes, type ApiClient } from '@springtide/contracts';
import { hashJson } from '@springtide/platform';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';
import { answerPlan, campaignInput } from './testing/ready-plan.js';

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
  approver = api.client((await ours.user(['approver'])).token);
  const settings = { regions: ['eu-central-1'], endpoint: 'http://127.0.0.1:9' };
  const secret = { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'a'.repeat(40) };
  const body = { name: 'cloud', provider: 'aws', settings, secret } as const;
  accountId = (await author.call(routes.accountRegister, { body })).id;
}, 120_000);
afterAll(async () => await api.stop());

type Since = Readonly<{ expired?: boolean; envelope?: Readonly<Record<string, string>> }>;

/** A campaign whose plan is approved, and what became of its approval since. */
async function approved(name: string, since: Since) {
  const campaign = await author.call(routes.campaignCreate, {
    body: await campaignInput(author, name, accountId),
  });
  const plan = await author.call(routes.planRequest, { params: { id: campaign.id } });
  const planId = await answerPlan(api.database, campaign, plan.id);
  const { id } = await author.call(routes.approvalRequest, { params: { id: planId } });
  await approver.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } });
  await api.database.systemWork('test', async (tx) => {
    const [row] = await tx.query<{ envelope: object }[]>('select envelope from approval where id = $1', [id]);
    const envelope = { ...row?.envelope, ...since.envelope };
    await tx.query('update approval set envelope = $2, envelope_hash = $3 where id = $1', [
      id,
      JSON.stringify(envelope),
      hashJson(envelope),
    ]);
    if (since.expired !== true) return;
    await tx.query(
      `update approval set decided_at = now() - interval '2 hours', expires_at = now() - interval '1 hour'
       where id = $1`,
      [id],
    );
  });
  return campaign.id;
}

describe('arming', () => {
  it.each([
    ['expired', { expired: true }, 'expired at'],
    [
      'was for an earlier start',
      { envelope: { latestStart: '2026-01-01T00:00:00.000Z' } },
      'approved to start by',
    ],
    ['was for another plan', { envelope: { planHash: '0'.repeat(64) } }, 'has no approval'],
  ])('is refused when the approval %s, and nothing is bought', async (name, since, words) => {
    const id = await approved(name, since);
    const answer = author.call(routes.runArm, { params: { id } });
    const thrown = await answer.catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ApiProblem);
    expect(String(thrown instanceof ApiProblem ? thrown.message : thrown)).toContain(words);
    expect((await author.call(routes.campaignGet, { params: { id } })).status).not.toBe('armed');
    const rows = await api.database.systemWork('test', async (tx) =>
      tx.query<unknown[]>(
        'select id from campaign_run where campaign_id = $1 union select id from effect_mandate where campaign_id = $1',
        [id],
      ),
    );
    expect(rows).toEqual([]);
  });

  it('keeps in UTC what an earlier version kept in another zone: a run compares instants as text', async () => {
    const inShanghai = (at: string) =>
      new Date(Date.parse(at) + 8 * 3_600_000).toISOString().replace('Z', '+08:00');
    // Written so, this instant lies behind the one that it is ahead of.
    const latestStart = new Date(Date.now() - 3 * 3_600_000).toISOString().replace('Z', '-04:00');
    const id = await approved('of another zone', { envelope: { latestStart } });
    const { phases } = await author.call(routes.campaignGet, { params: { id } });
    const local = phases.map(({ name, startsAt, endsAt }) => ({
      ...{ name, startsAt: inShanghai(startsAt), endsAt: inShanghai(endsAt) },
    }));
    await api.database.systemWork('test', async (tx) => {
      await tx.query(`update campaign set input = jsonb_set(input, '{phases}', $2::jsonb) where id = $1`, [
        id,
        JSON.stringify(local),
      ]);
    });
    await author.call(routes.runArm, { params: { id } });
    const [run] = await api.database.systemWork('test', async (tx) =>
      tx.query<{ phases: unknown }[]>('select phases from campaign_run where campaign_id = $1', [id]),
    );
    expect(run?.phases).toEqual(phases);
    expect(await author.call(routes.campaignGet, { params: { id } })).toMatchObject({
      ...{ status: 'armed', phases },
    });
  });
});
