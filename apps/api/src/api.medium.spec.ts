import {
  ApiProblem,
  ProblemBody,
  pathOf,
  routes,
  type ApiClient,
  type RouteSpec,
} from '@springtide/contracts';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import { apiUnderTest, type ApiUnderTest } from './testing/api-under-test.js';
import { campaignInput } from './testing/ready-plan.js';

const table: readonly RouteSpec[] = Object.values(routes);
const nowhere = '00000000-0000-4000-8000-000000000000';

const shop = `
name: shop
services:
  - name: storefront
    route: entrance
    port: 8080
    image: base
    capacityModel:
      - { family: m, requestsPerSecondPerVcpu: 50, latencyTargetMs: 200, evidence: load test 7 }
`;

let api: ApiUnderTest;
let ours: SeededTenant;
let theirs: SeededTenant;
let client: ApiClient;

beforeAll(async () => {
  api = await apiUnderTest();
  ours = await seedTenant(api.database);
  theirs = await seedTenant(api.database);
  client = api.client(ours.adminToken);
}, 120_000);

afterAll(async () => {
  await api.stop();
});

type Sent = Readonly<{
  method?: string;
  token?: string | null;
  headers?: Record<string, string>;
  body?: string;
}>;

async function send(path: string, sent: Sent = {}): Promise<Response> {
  const { token = ours.adminToken, method = 'GET', headers = {}, body } = sent;
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return await fetch(`${api.url}${path}`, {
    method,
    headers: { ...authorization, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

async function problem(response: Response): Promise<ProblemBody> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const body = ProblemBody.parse(await response.json());
  expect(body.status).toBe(response.status);
  expect(body.correlationId).toBe(response.headers.get('x-request-id'));
  return body;
}

async function refusal(work: Promise<unknown>): Promise<ApiProblem> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ApiProblem);
  return thrown as ApiProblem;
}

const json = { 'content-type': 'application/json' };

const draft = async (name: string) => await campaignInput(client, name, nowhere);

describe('the table', () => {
  it.each(table.map((route) => [route.id, route] as const))(
    '%s is served, and not to strangers',
    async (_id, route) => {
      const path = pathOf(route, { id: nowhere });
      const response = await send(path, { method: route.method, token: null });
      if (route.permission === 'public') {
        // Who needs no login is asked for what the route takes, and for nothing else.
        expect(response.status).toBe(route.body === undefined ? 200 : 400);
        await response.arrayBuffer();
        return;
      }
      expect(await problem(response)).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      const forged = await send(path, { method: route.method, token: `stk_${'x'.repeat(43)}` });
      expect(await problem(forged)).toMatchObject({ status: 401 });
    },
  );

  const guarded = table.filter((route) => route.permission !== 'public' && route.permission !== 'signed-in');
  it.each(guarded.map((route) => [route.id, route] as const))(
    '%s needs its permission',
    async (_id, route) => {
      const { secret } = await client.call(routes.tokenCreate, {
        body: {
          name: `no ${route.permission}`,
          scopes: [route.permission === 'audit:read' ? 'run:read' : 'audit:read'],
        },
      });
      const response = await send(pathOf(route, { id: nowhere }), { method: route.method, token: secret });
      expect(await problem(response)).toMatchObject({
        status: 403,
        code: 'permission-denied',
        facts: { permission: route.permission },
      });
    },
  );

  const byId = table.filter((route) => route.method === 'GET' && route.path.includes('{id}'));
  it.each(byId.map((route) => [route.id, route] as const))(
    '%s says not found for what is not there',
    async (_id, route) => {
      const query = route.id === 'plans.compare' ? `?with=${nowhere}` : '';
      const response = await send(`${pathOf(route, { id: nowhere })}${query}`);
      expect(await problem(response)).toMatchObject({ code: 'not-found', status: 404 });
    },
  );
});

describe('problems', () => {
  it('names an address that does not exist', async () => {
    expect(await problem(await send('/api/v1/nothing'))).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('names every wrong place of a request', async () => {
    const body = JSON.stringify({
      ...(await draft('wrong')),
      budget: { currency: 'eur', amount: '1e3' },
      phases: [],
    });
    const answer = await problem(await send('/api/v1/campaigns', { method: 'POST', headers: json, body }));
    expect(answer.errors?.map((error) => error.path)).toEqual(['phases', 'budget.currency', 'budget.amount']);
  });

  it.each([
    ['malformed JSON', '/api/v1/campaigns', 'application/json', '{"name": ', 400],
    ['malformed YAML', '/api/v1/templates', 'application/yaml', 'name: [', 400],
    ['another media type', '/api/v1/campaigns', 'text/plain', '{}', 415],
    [
      'a form from another site',
      '/api/v1/stop-switch',
      'application/x-www-form-urlencoded',
      'engaged=true',
      415,
    ],
    ['no text at all', '/api/v1/templates', 'application/yaml', undefined, 400],
  ])('refuses %s', async (_what, path, type, body, status) => {
    const headers = { 'content-type': type };
    const response = await send(path, { method: 'POST', headers, ...(body === undefined ? {} : { body }) });
    expect((await problem(response)).status).toBe(status);
  });

  it('refuses a body of 10 MB and goes on serving', async () => {
    const body = 'x'.repeat(10_000_000);
    const headers = { 'content-type': 'application/yaml' };
    expect(await problem(await send('/api/v1/templates', { method: 'POST', headers, body }))).toMatchObject({
      status: 413,
      title: 'Body too large',
    });
    expect((await send('/api/v1/whoami')).status).toBe(200);
  });

  it('keeps a given request id and puts it into the audit', async () => {
    const requestId = 'my-request-0001';
    const headers = { ...json, 'x-request-id': requestId };
    const sent = { method: 'POST', headers, body: JSON.stringify({ name: 'traced' }) };
    expect((await send('/api/v1/tokens', sent)).headers.get('x-request-id')).toBe(requestId);
    const { items } = await client.call(routes.auditList, { query: { action: 'token.issue' } });
    expect(items[0]?.requestId).toBe(requestId);
  });

  it('lets nothing run or be cached in its answers', async () => {
    const { headers } = await send('/api/v1/whoami');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});

describe('odd requests', () => {
  it.each([
    ['a path that is no text', '/api/v1/campaigns/%E0%A4%A', 400],
    ['an id that is none', '/api/v1/campaigns/1%27%20or%201=1', 400],
    ['a limit given twice', '/api/v1/campaigns?limit=1&limit=2', 400],
    ['a limit beyond the largest', '/api/v1/campaigns?limit=201', 400],
    ['a slash too many', '/api/v1/whoami/', 200],
  ])('%s', async (_what, path, status) => {
    const response = await send(path);
    expect(response.status).toBe(status);
    if (status !== 200) await problem(response);
  });

  it('nested deeper than anything meant is refused, not fatal', async () => {
    const body = `{"name":${'['.repeat(400_000)}`;
    const response = await send('/api/v1/campaigns', { method: 'POST', headers: json, body });
    expect((await problem(response)).status).toBe(400);
  });

  it('cannot set what the server sets', async () => {
    const input = {
      ...(await draft('assigned')),
      status: 'approved',
      version: 99,
    };
    const body = `{"__proto__":{"admin":true},${JSON.stringify(input).slice(1)}`;
    const made = await send('/api/v1/campaigns', { method: 'POST', headers: json, body });
    expect(await made.json()).toMatchObject({ status: 'draft', version: 1 });
  });

  it('with names that nobody knows are refused, so that no misspelt limit is no limit', async () => {
    const input = { ...(await draft('misspelt')), tenantId: theirs.tenantId, lateStrat: { policy: 'skip' } };
    const made = await send('/api/v1/campaigns', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ ...input, budget: { ...input.budget, per: 'hour' } }),
    });
    const answer = await problem(made);
    expect(answer).toMatchObject({ status: 400, code: 'invalid-argument' });
    expect(answer.errors?.map(({ path }) => path).toSorted()).toEqual([
      'budget.per',
      'lateStrat',
      'tenantId',
    ]);
    const listed = await problem(await send('/api/v1/machines?sate=running'));
    expect(listed.errors?.map(({ path }) => path)).toEqual(['query.sate']);
  });
});

describe('the console', () => {
  const html = { accept: 'text/html' };

  it.each(['/', '/index.html', '/campaigns/018f0000-0000-7000-8000-000000000001'])(
    'is served at %s',
    async (path) => {
      const response = await send(path, { token: null, headers: html });
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('<!doctype html>');
      expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
      expect(response.headers.get('cache-control')).toBe('no-cache');
    },
  );

  it('keeps named assets for good and asks about the rest', async () => {
    const asset = await send('/assets/app-1a2b.js', { token: null });
    expect(asset.headers.get('cache-control')).toContain('immutable');
    const etag = asset.headers.get('etag') ?? '';
    expect((await send('/', { token: null, headers: { ...html, 'if-none-match': etag } })).status).toBe(200);
    const known = await send('/assets/app-1a2b.js', { token: null, headers: { 'if-none-match': etag } });
    expect(known.status).toBe(304);
  });

  it.each(['/api/v1/nothing', '/assets/none.js', '/..%2f..%2fetc%2fpasswd', '/health/none'])(
    'does not stand in for %s',
    async (path) => {
      expect((await problem(await send(path, { headers: html }))).status).toBe(404);
    },
  );
});

describe('idempotency keys', () => {
  it('gives the first answer again, also from another process, and creates once', async () => {
    const body = JSON.stringify(await draft('once'));
    const headers = { ...json, 'idempotency-key': 'key-once' };
    const first = await send('/api/v1/campaigns', { method: 'POST', headers, body });
    expect(first.status).toBe(201);
    const second = await send('/api/v1/campaigns', { method: 'POST', headers, body });
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'));
    const text = await first.text();
    expect(await second.text()).toBe(text);
    const other = await api.another();
    const third = await fetch(`${other.url}/api/v1/campaigns`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${ours.adminToken}` },
      body,
    });
    expect(await third.text()).toBe(text);
    await other.stop();
    const { items } = await client.call(routes.campaignList);
    expect(items.filter((campaign) => campaign.name === 'once')).toHaveLength(1);
  });

  it('refuses the key for another request', async () => {
    const headers = { ...json, 'idempotency-key': 'key-other' };
    const one = JSON.stringify(await draft('one'));
    const two = JSON.stringify(await draft('two'));
    expect((await send('/api/v1/campaigns', { method: 'POST', headers, body: one })).status).toBe(201);
    const response = await send('/api/v1/campaigns', { method: 'POST', headers, body: two });
    expect(await problem(response)).toMatchObject({ status: 422, code: 'invalid-argument' });
  });

  it('carries out one of ten that arrive together', async () => {
    const headers = { ...json, 'idempotency-key': 'key-together' };
    const sent = { method: 'POST', headers, body: JSON.stringify(await draft('together')) };
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('/api/v1/campaigns', sent)));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
    expect(statuses).toContain(201);
    const { items } = await client.call(routes.campaignList, { query: { limit: 200 } });
    expect(items.filter((campaign) => campaign.name === 'together')).toHaveLength(1);
  });

  it('frees the key after a failure', async () => {
    const headers = { 'content-type': 'application/yaml', 'idempotency-key': 'key-freed' };
    const bad = await send('/api/v1/templates', { method: 'POST', headers, body: 'name: shop' });
    expect(bad.status).toBe(400);
    const good = await send('/api/v1/templates', { method: 'POST', headers, body: shop });
    expect(good.status).toBe(201);
  });

  it('goes on after the process that held the key was killed', async () => {
    const headers = { ...json, 'idempotency-key': 'key-killed' };
    const sent = { method: 'POST', headers, body: JSON.stringify(await draft('killed')) };
    expect((await send('/api/v1/campaigns', sent)).status).toBe(201);
    const interrupt = (lease: string) =>
      api.database.systemWork('test', (tx) =>
        tx.query(
          `update idempotency_key set status = null, body = null, lease_until = now() + $1::interval
           where key = encode(sha256('key-killed'), 'hex')`,
          [lease],
        ),
      );
    await interrupt('10 seconds');
    const waiting = await send('/api/v1/campaigns', sent);
    expect(waiting.headers.get('retry-after')).toBe('1');
    expect(await problem(waiting)).toMatchObject({ status: 409, title: 'Still in progress' });
    await interrupt('-1 second');
    const again = await send('/api/v1/campaigns', sent);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, null]);
    expect((await send('/api/v1/campaigns', sent)).headers.get('idempotency-replayed')).toBe('true');
  });

  it('never stores an answer that shows a secret', async () => {
    const headers = { ...json, 'idempotency-key': 'key-secret' };
    const sent = { method: 'POST', headers, body: JSON.stringify({ name: 'secret' }) };
    const { secret } = (await (await send('/api/v1/tokens', sent)).json()) as { secret: string };
    expect(await problem(await send('/api/v1/tokens', sent))).toMatchObject({
      status: 409,
      code: 'already-exists',
    });
    const rows = await api.database.systemWork('test', (tx) => tx.query('select * from idempotency_key'));
    expect(JSON.stringify(rows)).toContain('tokens.create');
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('belongs to who sent it', async () => {
    const headers = { 'content-type': 'application/yaml', 'idempotency-key': 'key-freed' };
    const answer = await send('/api/v1/templates', {
      method: 'POST',
      headers,
      body: shop,
      token: theirs.adminToken,
    });
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
    expect(answer.status).toBe(201);
  });
});

describe('versions', () => {
  it('changes only what the caller has seen', async () => {
    const input = await draft('versioned');
    const made = await client.call(routes.campaignCreate, { body: input });
    const path = `/api/v1/campaigns/${made.id}`;
    const etag = (await send(path)).headers.get('etag') ?? '';
    expect(etag).toBe(`"${made.version}"`);
    const body = JSON.stringify({ ...input, name: 'versioned twice' });
    expect((await problem(await send(path, { method: 'PUT', headers: json, body }))).status).toBe(428);
    const headers = { ...json, 'if-match': etag };
    const changed = await send(path, { method: 'PUT', headers, body });
    expect(changed.status).toBe(200);
    expect(changed.headers.get('etag')).not.toBe(etag);
    const stale = await problem(await send(path, { method: 'PUT', headers, body }));
    expect(stale).toMatchObject({ status: 412, code: 'conflict' });
    const odd = await send(path, { method: 'PUT', headers: { ...json, 'if-match': 'latest' }, body });
    expect((await problem(odd)).status).toBe(400);
    const current = await client.call(routes.campaignGet, { params: { id: made.id } });
    expect(current.name).toBe('versioned twice');
    const cancelled = await client.call(routes.campaignCancel, {
      params: { id: made.id },
      ifMatch: current.version,
    });
    expect(cancelled.status).toBe('cancelled');
  });
});

describe('identity', () => {
  it('ends a token at once', async () => {
    const { token, secret } = await client.call(routes.tokenCreate, {
      body: { name: 'short', scopes: ['run:read'] },
    });
    const me = await api.client(secret).call(routes.whoAmI);
    expect(me.permissions).toEqual(['run:read']);
    await client.call(routes.tokenRevoke, { params: { id: token.id } });
    expect((await refusal(api.client(secret).call(routes.whoAmI))).code).toBe('unauthenticated');
  });

  it('records a refused request', async () => {
    const { secret } = await client.call(routes.tokenCreate, {
      body: { name: 'narrow', scopes: ['run:read'] },
    });
    await refusal(api.client(secret).call(routes.stopSwitch, { body: { engaged: true } }));
    const { items } = await client.call(routes.auditList, { query: { action: 'stop-switch.set' } });
    expect(items[0]).toMatchObject({ result: 'refused' });
  });

  it('adds people, who can then sign in', async () => {
    const made = await client.call(routes.userCreate, { body: { name: 'Lin', roles: ['approver'] } });
    const me = await api.client(made.firstToken).call(routes.whoAmI);
    expect(me.user.name).toBe('Lin');
    const { items } = await client.call(routes.userList, { query: { limit: 1 } });
    expect(items).toHaveLength(1);
  });

  it('verifies and exports its audit', async () => {
    const verified = await client.call(routes.auditVerify);
    expect(verified).toMatchObject({ intact: true, unsealed: 0, brokenAt: null });
    const lines = (await client.text(routes.auditExport)).trimEnd().split('\n');
    expect(lines.length).toBeGreaterThanOrEqual(verified.records);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ seq: 1 });
  });
});

describe('the stop switch', () => {
  it('is on until it is off', async () => {
    expect(await client.call(routes.stopSwitch, { body: { engaged: true, reason: 'drill' } })).toEqual({
      engaged: true,
      runs: 0,
    });
    expect((await client.call(routes.stopSwitch, { body: { engaged: false } })).engaged).toBe(false);
  });
});

describe('paging', () => {
  it('goes on with the cursor and refuses a foreign one', async () => {
    const first = await client.call(routes.auditList, { query: { limit: 2 } });
    expect(first.items).toHaveLength(2);
    const second = await client.call(routes.auditList, { query: { limit: 2, cursor: first.next ?? '' } });
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
    const foreign = await refusal(client.call(routes.auditList, { query: { cursor: 'bm90IGpzb24' } }));
    expect(foreign.status).toBe(400);
  });
});

describe('the process', () => {
  it('tells where it stands', async () => {
    expect(await client.call(routes.healthReady)).toEqual({ status: 'ok', checks: { database: 'ok' } });
    expect(await client.text(routes.metrics)).toContain('springtide_http_request_seconds_count');
    const document = await client.call(routes.openapi);
    expect(document['openapi']).toBe('3.1.0');
    const operations = Object.values(document['paths'] as Record<string, object>).flatMap((path) =>
      Object.keys(path),
    );
    expect(operations).toHaveLength(table.length);
  });
});
