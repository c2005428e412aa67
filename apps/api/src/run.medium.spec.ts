import {
  ApiProblem,
  pathOf,
  routes,
  type ApiClient,
  type CampaignBody,
  type RouteSpec,
} from '@springtide/contracts';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';
import { answerPlan, campaignInput } from './testing/ready-plan.js';
import { stuckPurchase } from './testing/stuck-purchase.js';

let api: ApiUnderTest;
let ours: SeededTenant;
let theirs: SeededTenant;
let client: ApiClient;
let approver: ApiClient;
let accountId: string;

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  theirs = await seedTenant(api.database);
  client = api.client(ours.adminToken);
  approver = api.client((await ours.user(['approver'])).token);
  const account = await client.call(routes.accountRegister, { body: cloud });
  accountId = account.id;
}, 120_000);

afterAll(async () => {
  await api.stop();
});

/** Nothing may be reached from here, so that it stays unverified: that is enough to be asked for. */
const canary = 'CANARYSECRETVALUE0123456789';
const cloud = {
  name: 'cloud',
  provider: 'aws',
  settings: { regions: ['eu-central-1'], endpoint: 'http://127.0.0.1:9' },
  secret: { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey: canary },
};

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  return thrown instanceof ApiProblem ? thrown.code : `nothing was refused: ${String(thrown)}`;
}

async function planned(name: string): Promise<{ campaign: CampaignBody; planId: string }> {
  const campaign = await client.call(routes.campaignCreate, {
    body: await campaignInput(client, name, accountId),
  });
  const plan = await client.call(routes.planRequest, { params: { id: campaign.id } });
  expect(plan.status).toBe('solving');
  return { campaign, planId: await answerPlan(api.database, campaign, plan.id) };
}

async function armed(name: string): Promise<{ campaign: CampaignBody; planId: string; runId: string }> {
  const { campaign, planId } = await planned(name);
  const { id } = await client.call(routes.approvalRequest, { params: { id: planId } });
  await approver.call(routes.approvalDecide, { params: { id }, body: { decision: 'approve' } });
  const run = await client.call(routes.runArm, { params: { id: campaign.id } });
  return { campaign, planId, runId: run.id };
}

async function events(
  token: string,
  runId: string,
  lastEventId: string | null,
  enough: number,
): Promise<string> {
  const ending = new AbortController();
  const response = await fetch(`${api.url}${pathOf(routes.runEvents, { id: runId })}`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    },
    signal: ending.signal,
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.split('event: ').length > enough) break;
  }
  ending.abort();
  return text;
}

describe('from plan to run', () => {
  it('asks somebody else, arms once, tells its story and obeys', async () => {
    const { campaign, planId } = await planned('whole');
    const approval = await client.call(routes.approvalRequest, { params: { id: planId } });
    const decision = { params: { id: approval.id }, body: { decision: 'approve' as const } };
    expect(await codeOf(client.call(routes.approvalDecide, decision))).toBe('permission-denied');
    const [first, again] = [
      await approver.call(routes.approvalDecide, decision),
      await approver.call(routes.approvalDecide, decision),
    ];
    expect([first.status, again.status, again.decidedAt]).toEqual(['approved', 'approved', first.decidedAt]);

    const arm = { params: { id: campaign.id } };
    const runs = await Promise.all([client.call(routes.runArm, arm), client.call(routes.runArm, arm)]);
    expect(runs[0]?.id).toBe(runs[1]?.id);
    const params = { id: runs[0]?.id ?? '' };
    expect(runs[0]).toMatchObject({ state: 'armed', planId, leftovers: [] });

    const paused = await client.call(routes.runCommand, { params, body: { command: 'pause' } });
    expect(paused.state).toBe('paused');
    const wrong = client.call(routes.runCommand, { params, body: { command: 'explode' } as never });
    expect(await codeOf(wrong)).toBe('invalid-argument');
    await approver.call(routes.runCommand, { params, body: { command: 'abort', reason: 'drill' } });
    const denied = approver.call(routes.runCommand, { params, body: { command: 'resume' } });
    expect(['permission-denied', 'failed-precondition']).toContain(await codeOf(denied));

    const { items } = await client.call(routes.runTimeline, { params });
    expect(items.map((entry) => entry.step)).toEqual(
      expect.arrayContaining(['command.pause', 'command.abort']),
    );
    const rest = await client.call(routes.runTimeline, { params, query: { after: items[0]?.id ?? 0 } });
    expect(rest.items).toEqual(items.slice(1));
    const report = await client.call(routes.campaignReport, { params: { id: campaign.id } });
    expect(report.machines).toMatchObject({ created: 0, duplicated: 0, leftover: 0 });
    const csv = await client.text(routes.campaignCost, {
      params: { id: campaign.id },
      query: { format: 'csv' },
    });
    expect(csv.split('\r\n')[0]).toContain('campaign_id,as_of,basis');
    const bills = { campaignId: campaign.id, dueAt: null, nextAt: null, accounts: [] };
    expect(await client.call(routes.billCheckGet, { params: { id: campaign.id } })).toEqual(bills);
    expect(await client.call(routes.billCheckNow, { params: { id: campaign.id } })).toEqual(bills);
    const unasked = approver.call(routes.billCheckNow, { params: { id: campaign.id } });
    expect(await codeOf(unasked)).toBe('permission-denied');
  });

  it('tells its workflow of every order, in order', async () => {
    const { runId } = await armed('ordered');
    await client.call(routes.runCommand, { params: { id: runId }, body: { command: 'pause' } });
    const rows = await api.database.systemWork('test', (tx) =>
      tx.query<{ message: { kind: string } }[]>(
        `select message from outbox where message ->> 'workflowId' like $1 order by id`,
        [`%${runId}%`],
      ),
    );
    expect(rows.map((row) => row.message.kind)).toEqual(['start', 'signal']);
  });

  it('streams what happens and goes on where a reader stopped', async () => {
    const { runId } = await armed('streamed');
    await client.call(routes.runCommand, { params: { id: runId }, body: { command: 'pause' } });
    const all = await events(ours.adminToken, runId, null, 3);
    expect(all).toContain('event: run');
    const ids = [...all.matchAll(/^id: (\d+)$/gm)].map((match) => match[1] ?? '');
    expect(ids.length).toBeGreaterThanOrEqual(2);
    const rest = await events(ours.adminToken, runId, ids[0] ?? '', 2);
    expect([...rest.matchAll(/^id: (\d+)$/gm)].map((match) => match[1])).toEqual(ids.slice(1));
    const odd = await fetch(`${api.url}${pathOf(routes.runEvents, { id: runId })}`, {
      headers: { authorization: `Bearer ${ours.adminToken}`, 'last-event-id': 'yesterday' },
    });
    expect(odd.status).toBe(400);
  });
});

/** What is sent to routes that take something else than a campaign. */
const BODIES: Readonly<Record<string, unknown>> = {
  'runs.command': { command: 'pause' },
  'approvals.decide': { decision: 'reject' },
  'accounts.update': { name: 'stolen' },
  'accounts.rotate': { secret: { accessKey: 'stolen' } },
  'readiness.attest': { key: 'demand/cart', statement: 'stolen', until: '2027-01-01T00:00:00.000Z' },
  'reports.sign': { role: 'finance', hash: '0'.repeat(64) },
  'readiness.override': { key: 'entrance/entrance', reason: 'stolen' },
  'plans.what-if': {},
  'rehearsals.request': {},
  'rehearsals.request-share': { share: 0.1, startsAt: '2026-11-11T00:00:00.000Z' },
  'routes.release': {},
  'stuck.resolve': { choice: 'retry' },
  'views.update': { name: 'stolen', shared: false, query: {} },
  'nodes.open': { schedulable: false },
  'nodes.drain': { until: '2026-11-11T00:00:00.000Z', escalation: 'give-up' },
  'workloads.scale': { replicas: 0 },
  'managedNodePools.scale': { nodes: 0 },
  'snapshots.take': { name: 'stolen' },
};

const STUCK = '00000000-0000-4000-8000-00000000005c';

describe('another tenant', () => {
  const table: readonly RouteSpec[] = Object.values(routes);
  // A probe's report has no login that could be another tenant's: its token opens it.
  const byId = table.filter((route) => route.path.includes('{id}') && route.permission !== 'public');
  let own: Record<string, string>;

  beforeAll(async () => {
    const { campaign, planId, runId } = await armed('ours alone');
    const { items } = await client.call(routes.approvalList);
    const made = await client.call(routes.tokenCreate, { body: { name: 'ours' } });
    const view = await client.call(routes.viewCreate, {
      body: { name: 'ours', shared: true, query: {} },
    });
    const rehearsal = await client.call(routes.rehearsalRequest, { params: { id: planId }, body: {} });
    const source = { kind: 'csv', text: '2026-11-01T00:00:00Z,1\n2026-11-01T01:00:00Z,2' } as const;
    const series = await client.call(routes.demandImport, { body: { name: 'ours', source } });
    const freeze = await client.call(routes.freezeCreate, {
      body: { name: 'ours', startsAt: '2026-11-01T00:00:00Z', endsAt: '2026-11-02T00:00:00Z' },
    });
    const [machine, route, workload, built] = await api.database.systemWork('test', async (tx) => {
      const machines = await tx.query<{ id: string }[]>(
        `insert into inventory_resource (tenant_id, account_id, region, resource_type, cloud_id, name, state, zone, search,
           observed, observed_at, first_seen, last_seen)
         values ($1, $2, 'r1', 'machine', 'i-1', 'web-1', 'running', 'r1-a', 'web-1', $3, now(), now(), now()) returning id`,
        [ours.tenantId, accountId, JSON.stringify(observed)],
      );
      const entrances = await tx.query<{ id: string }[]>(
        `insert into traffic_route (id, tenant_id, name, account_id, service, health_path, home, version, created_at)
         values (gen_random_uuid(), $1, 'entrance', $2, 'storefront', '/', '[]', 1, now()) returning id`,
        [ours.tenantId, accountId],
      );
      const workloads = await tx.query<{ id: string }[]>(
        `insert into cluster_workload (id, tenant_id, account_id, namespace, name, kind, spec, adopt, version, created_at)
         values (gen_random_uuid(), $1, $2, 'shop', 'web', 'stateless', '{}', false, 1, now()) returning id`,
        [ours.tenantId, accountId],
      );
      const clusters = await tx.query<{ id: string }[]>(
        `insert into built_cluster (id, tenant_id, account_id, name, spec, state, ready_by, until, created_at)
         values (gen_random_uuid(), $1, $2, 'burst', '{}', 'gone', now(), now(), now()) returning id`,
        [ours.tenantId, accountId],
      );
      await stuckPurchase(tx, ours.tenantId, { runId, accountId, id: STUCK });
      const idOf = ([row]: { id: string }[]): string => row?.id ?? '';
      return [idOf(machines), idOf(entrances), idOf(workloads), idOf(clusters)] as const;
    });
    own = {
      accounts: accountId,
      approvals: items[0]?.id ?? '',
      'built-clusters': built,
      campaigns: campaign.id,
      clusters: accountId,
      'demand-series': series.id,
      freezes: freeze.id,
      'managed-clusters': 'c-1',
      machines: machine,
      plans: planId,
      rehearsals: rehearsal.id,
      resources: machine,
      routes: route,
      runs: runId,
      stuck: `${STUCK}.unknown-outcome`,
      templates: campaign.templateId,
      tokens: made.token.id,
      views: view.id,
      workloads: workload,
    };
  });

  const observed = {
    id: 'i-1',
    name: 'web-1',
    state: 'running',
    region: 'r1',
    zone: 'r1-a',
    machineType: 'm.large',
    purchaseOption: 'on-demand',
    addresses: ['10.0.0.1'],
    labels: {},
  };

  async function ask(route: RouteSpec, token: string): Promise<Response> {
    const [before = ''] = route.path.split('{id}');
    const kind = before.split('/').findLast((part) => part in own) ?? '';
    const body: unknown = BODIES[route.id] ?? (await campaignInput(api.client(token), 'stolen', accountId));
    const params = {
      id: own[kind],
      tenantId: ours.tenantId,
      node: 'node-1',
      accountId,
      region: 'r1',
      pool: 'main',
      snapshot: 's-1',
    };
    const query = route.id === 'plans.compare' ? `?with=${own['plans'] ?? ''}` : '';
    return await fetch(`${api.url}${pathOf(route, params)}${query}`, {
      method: route.method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(route.body ? { 'content-type': 'application/json' } : {}),
        ...(route.etag === 'require' ? { 'if-match': '"1"' } : {}),
      },
      ...(route.body ? { body: JSON.stringify(body) } : {}),
    });
  }

  // What runs in a cluster is read from it, and this one's account is no cluster.
  const elsewhere = ['nodes.list', 'workloads.get'];
  const reads = byId.filter((route) => route.method === 'GET' && !elsewhere.includes(route.id));
  it.each(reads.map((route) => [route.id, route] as const))('%s: is ours to read', async (_id, route) => {
    const response = await ask(route, ours.adminToken);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it.each(byId.map((route) => [route.id, route] as const))(
    '%s: does not exist for them',
    async (_id, route) => {
      const response = await ask(route, theirs.adminToken);
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
        404,
        'not-found',
      ]);
    },
  );

  it('sees none of it in any list', async () => {
    const others = api.client(theirs.adminToken);
    const lists = await Promise.all([
      others.call(routes.accountList),
      others.call(routes.machineList),
      others.call(routes.inventoryFreshness),
      others.call(routes.offeringList),
      others.call(routes.routeList),
      others.call(routes.campaignList),
      others.call(routes.approvalList),
      others.call(routes.auditList, { query: { targetId: own['campaigns'] } }),
    ]);
    expect(lists.map((list) => list.items.length)).toEqual(lists.map(() => 0));
  });
});

describe('a cloud secret', () => {
  it('is in no answer, no audit record, no stored key and no row', async () => {
    const headers = { authorization: `Bearer ${ours.adminToken}`, 'content-type': 'application/json' };
    const again = await fetch(`${api.url}/api/v1/accounts`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': 'with-secret' },
      body: JSON.stringify({ ...cloud, name: 'second' }),
    });
    const answers = [
      await again.text(),
      JSON.stringify(await client.call(routes.accountList)),
      await client.text(routes.auditExport),
      JSON.stringify(await refusedRegistration(headers)),
    ];
    expect(answers.filter((text) => text.includes(canary))).toEqual([]);
    const dump = await api.database.systemWork('test', async (tx) => {
      const tables = await tx.query<{ tablename: string }[]>(
        `select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migration'`,
      );
      const rows: unknown[] = [];
      for (const { tablename } of tables) rows.push(await tx.query(`select * from "${tablename}"`));
      return JSON.stringify(rows);
    });
    expect(dump).toContain('accounts.register');
    expect(dump).not.toContain(canary);
  });

  async function refusedRegistration(headers: Record<string, string>): Promise<unknown> {
    const body = JSON.stringify({
      ...cloud,
      name: 'third',
      secret: { ...cloud.secret, accessKeyId: canary, odd: canary },
    });
    const response = await fetch(`${api.url}/api/v1/accounts`, { method: 'POST', headers, body });
    expect(response.status).toBe(400);
    return await response.json();
  }
});
