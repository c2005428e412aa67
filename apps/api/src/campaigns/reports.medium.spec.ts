import {
  ApiProblem,
  routes,
  type ApiClient,
  type ReportRole,
  type StoredReport,
} from '@springtide/contracts';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';
import { commandLine } from '../testing/command-line.js';
import { answerPlan, campaignInput } from '../testing/ready-plan.js';

let api: ApiUnderTest;
let ours: SeededTenant;
let admin: ApiClient;
let operations: ApiClient;
let finance: ApiClient;
let accountId: string;

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  admin = api.client(ours.adminToken);
  operations = api.client((await ours.user(['operations'], 'Olga')).token);
  finance = api.client((await ours.user(['finance'], 'Fang')).token);
  const account = await admin.call(routes.accountRegister, { body: nowhere });
  accountId = account.id;
}, 120_000);

afterAll(async () => {
  await api.stop();
});

const nowhere = {
  name: 'cloud',
  provider: 'aws',
  settings: { regions: ['eu-central-1'], endpoint: 'http://127.0.0.1:9' },
  secret: { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: 'x'.repeat(20) },
};

async function armed(name: string): Promise<string> {
  const campaign = await operations.call(routes.campaignCreate, {
    body: await campaignInput(operations, name, accountId),
  });
  const plan = await operations.call(routes.planRequest, { params: { id: campaign.id } });
  await answerPlan(api.database, campaign, plan.id);
  const { id } = await operations.call(routes.approvalRequest, { params: { id: plan.id } });
  await admin.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } });
  await operations.call(routes.runArm, { params: { id: campaign.id } });
  return campaign.id;
}

/** What the end of a run writes, without the run. */
async function close(campaignId: string): Promise<void> {
  await change(
    `update campaign_run set state = 'closed', closed_at = now() where campaign_id = $1`,
    campaignId,
  );
}

async function change(sql: string, id: string): Promise<void> {
  await api.database.systemWork('test', async (tx) => await tx.query(sql, [id]));
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(thrown instanceof ApiProblem)) throw new Error(`nothing was refused: ${String(thrown)}`);
  return `${thrown.code}: ${thrown.problem.detail}`;
}

const at = (id: string) => ({ params: { id } });
const sign = async (who: ApiClient, id: string, role: ReportRole, { hash }: Pick<StoredReport, 'hash'>) =>
  await who.call(routes.reportSign, { ...at(id), body: { role, hash, comment: 'read it' } });
const signed = ({ signatures }: StoredReport) =>
  signatures.map(({ role, by, valid }) => `${role} ${by} ${valid ? 'valid' : 'not valid'}`);

describe('a report', () => {
  it('is shown while the run goes on, and kept only when it is closed', async () => {
    const id = await armed('goes on');
    const live = await operations.call(routes.reportGet, at(id));
    expect(live).toMatchObject({
      revision: null,
      signatures: [],
      content: { state: 'armed', closedAt: null },
    });
    expect(await refusalOf(operations.call(routes.reportStore, at(id)))).toContain('still change');
    expect(await refusalOf(sign(operations, id, 'operations', live))).toContain(
      'No report of this campaign was kept',
    );
  });

  it('is one revision as long as nothing changes, and signed by three people', async () => {
    const id = await armed('signed');
    await close(id);
    const kept = await operations.call(routes.reportStore, at(id));
    const again = await operations.call(routes.reportStore, at(id));
    expect([kept.revision, again.revision, again.hash]).toEqual([1, 1, kept.hash]);

    await sign(operations, id, 'operations', kept);
    await sign(operations, id, 'operations', kept);
    expect(await refusalOf(sign(operations, id, 'finance', kept))).toContain('permission-denied');
    await sign(finance, id, 'finance', kept);
    expect(await refusalOf(sign(admin, id, 'finance', kept))).toContain('signed for finance already');
    const whole = await sign(admin, id, 'infrastructure', kept);
    expect(signed(whole)).toEqual([
      'operations Olga valid',
      'finance Fang valid',
      'infrastructure admin valid',
    ]);
    expect(await refusalOf(sign(admin, id, 'operations', kept))).toContain(
      'You have signed for infrastructure already',
    );

    const audit = await admin.call(routes.auditList, { query: { action: 'report.sign', targetId: id } });
    expect(audit.items.map(({ after }) => after)).toContainEqual(
      expect.objectContaining({ role: 'finance', hash: kept.hash, digest: whole.signatures[1]?.digest }),
    );
  });

  it('is signed by one person for one role', async () => {
    const id = await armed('one person');
    await close(id);
    const kept = await operations.call(routes.reportStore, at(id));
    await sign(admin, id, 'infrastructure', kept);
    expect(await refusalOf(sign(admin, id, 'finance', kept))).toContain('one person signs once');
  });

  it('that changes becomes another revision without signatures', async () => {
    const id = await armed('late facts');
    await close(id);
    const first = await operations.call(routes.reportStore, at(id));
    await sign(operations, id, 'operations', first);
    await change(
      `insert into campaign_timeline (tenant_id, run_id, at, step, level, detail, facts, once_key)
       select tenant_id, id, now(), 'guard.lost', 'warning', 'A machine came to light.', '{}', 'late'
       from campaign_run where campaign_id = $1`,
      id,
    );
    const second = await operations.call(routes.reportStore, at(id));
    expect([second.revision, second.signatures]).toEqual([2, []]);
    expect(second.hash).not.toBe(first.hash);
    expect(await refusalOf(sign(finance, id, 'finance', first))).toContain('revision 2');
  });

  it('that was changed where it is kept says so, and no signature holds', async () => {
    const id = await armed('forged');
    await close(id);
    const kept = await operations.call(routes.reportStore, at(id));
    await sign(operations, id, 'operations', kept);
    await change(
      `update campaign_report set content = jsonb_set(content, '{cost,bought}', '"1"') where campaign_id = $1`,
      id,
    );
    const forged = await operations.call(routes.reportGet, at(id));
    expect([forged.intact, signed(forged)]).toEqual([false, ['operations Olga not valid']]);
    expect(await refusalOf(sign(finance, id, 'finance', kept))).toContain('does not match its hash');
  });

  it('has no valid signature whose row was changed', async () => {
    const id = await armed('renamed');
    await close(id);
    const kept = await operations.call(routes.reportStore, at(id));
    await sign(operations, id, 'operations', kept);
    await change(
      `update campaign_report_signature set by_name = 'Somebody' where report_id in
         (select id from campaign_report where campaign_id = $1)`,
      id,
    );
    const shown = await operations.call(routes.reportGet, at(id));
    expect(signed(shown)).toEqual(['operations Somebody not valid']);
  });

  it.each(['en-US', 'zh-CN'] as const)('is a file to print in %s', async (language) => {
    const id = await armed(`printed ${language}`);
    const file = await finance.file(routes.reportPdf, { ...at(id), query: { language } });
    expect(Buffer.from(file).toString('latin1', 0, 7)).toBe('%PDF-1.');
    expect(file.length).toBeGreaterThan(10_000);
  });

  it('is kept, signed and printed on the command line', async () => {
    const id = await armed('by command');
    const olga = commandLine(api.url, (await ours.user(['operations'], 'Olga again')).token);
    expect((await olga.run('report', 'keep', 'by command')).exit).toBe(5);
    await close(id);
    expect((await olga.run('report', 'keep', 'by command')).out).toMatch(/Report +revision 1/);
    const after = await olga.run('report', 'sign', 'by command', '--as', 'operations', '--comment', 'fine');
    expect(after.out).toMatch(/operations +Olga again +\S+ \S+ +yes +fine/);
    expect((await olga.run('report', 'sign', 'by command', '--as', 'finance')).exit).toBe(4);
    await olga.run('report', 'pdf', 'by command', '-f', 'out.pdf', '--language', 'zh-CN');
    expect(Buffer.from(olga.files.get('out.pdf') ?? []).toString('latin1', 0, 5)).toBe('%PDF-');
  });
});
