import type { FetchLike } from '@springtide/contracts';
import { runCli } from './program.js';
import type { Terminal } from './session/terminal.js';

type Answer = Readonly<{ status: number; body: unknown }>;
type Sent = Readonly<{
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | undefined;
}>;

const id = '018f0000-0000-7000-8000-000000000001';

/** A terminal with a server that answers from a list, and keeps what it was asked. */
function terminalWith(answers: (Answer | 'no answer')[], files: Record<string, string> = {}) {
  const sent: Sent[] = [];
  const said = { out: '', err: '' };
  const stored: Record<string, string> = { ...files };
  let now = Date.parse('2026-11-11T00:00:00Z');
  let keys = 0;
  const fetch: FetchLike = async (url, { method, headers, body }) => {
    sent.push({ method, path: new URL(url).pathname + new URL(url).search, headers, body });
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === undefined || answer === 'no answer') throw new Error('ECONNREFUSED');
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    return { status: answer.status, headers: { get: () => null }, text: async () => text };
  };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    env: { SPRINGTIDE_URL: 'http://server/', SPRINGTIDE_TOKEN: 'stk_x', HOME: '/home/me' },
    readText: async (path) => {
      const text = stored[path];
      if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
      return text;
    },
    readStdin: async () => stored['-'] ?? '',
    writeSecretText: async (path, text) => void (stored[path] = text),
    writeFile: async (path, content) => void (stored[path] = Buffer.from(content).toString('latin1')),
    fetch,
    now: () => new Date(now),
    sleep: async (ms) => void (now += ms),
    newKey: () => `key-${(keys += 1)}`,
  };
  return { terminal, sent, said, stored };
}

const problem = (status: number, code: string): Answer => ({
  status,
  body: { type: 't', title: 'T', status, code, detail: 'D.', nextStep: null, correlationId: 'r-9' },
});

const run = (state: string, leftovers: object[] = []) => ({
  id,
  campaignId: id,
  planId: id,
  state,
  phase: null,
  summary: `it is ${state}`,
  since: '2026-11-11T00:00:00Z',
  expectedEnd: null,
  ifStopped: '-',
  startedAt: '2026-11-11T00:00:00Z',
  closedAt: null,
  pools: [],
  capacity: [],
  traffic: [],
  leftovers,
  version: 1,
  wayBack: null,
  safeHold: null,
  spend: Object.fromEntries(
    ['planned', 'actual', 'committed', 'budget'].map((name) => [
      name,
      {
        currency: 'EUR',
        amount: '1',
      },
    ]),
  ),
});

const entry = (number: number) => ({
  id: number,
  at: '2026-11-11T00:00:00Z',
  step: 'step',
  level: 'info',
  detail: `line ${number}`,
  facts: {},
});

describe('exit codes', () => {
  it.each([
    [['no-such-noun'], 2],
    [['run', 'extend', id], 2],
    [['run', 'extend', id, '--minutes', 'many'], 2],
    [['run', 'get', id, '-o', 'xml'], 2],
    [['--help'], 0],
  ])('%j ends with %i before anything is sent', async (argv, code) => {
    const { terminal, sent } = terminalWith([]);
    expect(await runCli(argv, terminal)).toBe(code);
    expect(sent).toEqual([]);
  });

  it.each([
    [404, 'not-found', 3],
    [403, 'permission-denied', 4],
    [409, 'conflict', 5],
    [500, 'internal', 1],
  ])('a %i %s ends with %i, with the correlation id on standard error', async (status, code, exit) => {
    const { terminal, said } = terminalWith([problem(status, code)]);
    expect(await runCli(['run', 'get', id], terminal)).toBe(exit);
    expect(said.out).toBe('');
    expect(said.err).toContain('Id:    r-9');
  });
});

describe('what is told', () => {
  const sentences = [{ code: 'choice.abandon', params: {} }];
  const stuck = {
    ...{ id: 'i.deleting', kind: 'deleting', account: 'a', region: 'r', count: 1, problem: null },
    ...{ runId: id, campaignId: null, intentId: id, accountId: id, service: null, machines: ['i-1'] },
    ...{ since: '2026-11-11T00:00:00Z', costPerHour: null },
    choices: [{ choice: 'abandon', effect: 'Nobody tries any more.', sentences }],
  };

  it.each([
    ['zh-CN', '不再尝试，执行可以不等它而关闭。'],
    ['en-US', 'Nobody tries any more, and the run may close without it.'],
  ])('is told in %s by any command that is asked so', async (language, text) => {
    const { terminal, said } = terminalWith([{ status: 200, body: { items: [stuck], next: null } }]);
    expect(await runCli(['stuck', 'list', '--language', language], terminal)).toBe(0);
    expect(said.out).toContain(text);
  });

  it('is told in no language that is not known', async () => {
    const { terminal, sent } = terminalWith([]);
    expect(await runCli(['stuck', 'list', '--language', 'tlh'], terminal)).toBe(2);
    expect(sent).toEqual([]);
  });
});

describe('a request that did not get through', () => {
  it('is sent again with the same key', async () => {
    const { terminal, sent } = terminalWith([
      'no answer',
      problem(503, 'unavailable'),
      { status: 202, body: run('armed') },
    ]);
    expect(await runCli(['run', 'pause', id], terminal)).toBe(0);
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-1', 'key-1']);
  });

  it('takes the key that was given', async () => {
    const { terminal, sent } = terminalWith([{ status: 202, body: run('armed') }]);
    await runCli(['run', 'pause', id, '--idempotency-key', 'mine'], terminal);
    expect(sent[0]?.headers['idempotency-key']).toBe('mine');
  });

  it('is given up in the end, and says so', async () => {
    const { terminal, said } = terminalWith(['no answer']);
    expect(await runCli(['run', 'pause', id], terminal)).toBe(1);
    expect(said.err).toContain('Whether the request was carried out is not known.');
  });
});

describe('watching a run', () => {
  const page = (...items: object[]): Answer => ({ status: 200, body: { items } });
  const state = (name: string, leftovers: object[] = []): Answer => ({
    status: 200,
    body: run(name, leftovers),
  });

  it('prints each line once, survives a server that is away, and ends with the run', async () => {
    const away: 'no answer'[] = Array.from({ length: 4 }, () => 'no answer');
    const { terminal, sent, said } = terminalWith([
      state('ramping'),
      page(entry(1), entry(2)),
      ...away,
      state('holding'),
      page(entry(3)),
      state('closed'),
      page(),
    ]);
    expect(await runCli(['run', 'watch', id], terminal)).toBe(0);
    expect(said.out.match(/line \d/g)).toEqual(['line 1', 'line 2', 'line 3']);
    expect(sent.at(-1)?.path).toContain('after=3');
    expect(said.err).toContain('it is holding');
  });

  it('ends with 7 when machines are left over', async () => {
    const left = {
      machineId: 'i',
      account: 'a',
      state: 'running',
      costPerHour: { currency: 'EUR', amount: '1' },
    };
    const { terminal } = terminalWith([state('stuck', [left]), page()]);
    expect(await runCli(['run', 'watch', id], terminal)).toBe(7);
  });
});

const planBody = (change: object) => ({
  ...{ id, campaignId: id, revision: 1, hash: '', status: 'solving', createdAt: '2026-11-11T00:00:00Z' },
  ...{ marketSnapshotId: null, pools: [], allocations: [], standing: [], capacity: [], lowerBound: null },
  ...{ gap: null, solver: '', quality: '', reasons: [], failure: null },
  cost: { currency: 'EUR', amount: '0' },
  ...change,
});

describe('a plan', () => {
  it('that is not waited for says where it will be', async () => {
    const { terminal, said } = terminalWith([{ status: 202, body: planBody({}) }]);
    expect(await runCli(['campaign', 'plan', id], terminal)).toBe(0);
    expect(said.err).toContain(`springtide plan get ${id}`);
  });

  it('ends with 6 when the time is over', async () => {
    const { terminal, said } = terminalWith([{ status: 202, body: planBody({}) }]);
    expect(await runCli(['campaign', 'plan', id, '--wait', '--timeout', '5'], terminal)).toBe(6);
    expect(said.out).toBe('');
  });

  it('that does not carry all demand says so once more when approval is asked', async () => {
    const money = { cost: '0', budget: '0', currency: 'EUR' };
    const short = {
      ...{ code: 'in-short-missing', text: 'short' },
      params: { ...money, phase: 'peak', service: 'web', percent: 25 },
    };
    const envelope = {
      ...{ planId: id, planHash: 'h', poolIds: [], budget: { currency: 'EUR', amount: '0' }, maxMachines: 1 },
      ...{ maxPerHour: { currency: 'EUR', amount: '0' }, latestStart: '2026-11-11T00:00:00Z' },
      ...{ priceBasis: null, priceDriftLimit: 0.1 },
    };
    const approval = {
      ...{ id, campaignId: id, planId: id, status: 'requested', envelope, requestedBy: 'u' },
      ...{ decidedBy: null, decidedAt: null, expiresAt: '2026-11-12T00:00:00Z', comment: null },
      ...{ readiness: null, rehearsal: null, shares: [] },
    };
    const { terminal, said } = terminalWith([
      { status: 200, body: { items: [planBody({ status: 'infeasible', reasons: [short] })] } },
      { status: 201, body: approval },
    ]);
    expect(await runCli(['campaign', 'submit', id], terminal)).toBe(0);
    expect(said.err).toMatch(/asked for all the same.*in peak, 25 % of what web is asked for is served/);
  });
});

describe('signing in', () => {
  const me = { user: { id: 'u', name: 'Lin' }, tenantId: id, permissions: [] };

  it('keeps the token where only the user reads it, and uses it afterwards', async () => {
    const { terminal, sent, said, stored } = terminalWith([{ status: 200, body: me }], { '-': 'stk_new\n' });
    const bare = { ...terminal, env: { HOME: '/home/me' } };
    expect(await runCli(['login', '--url', 'http://other/'], bare)).toBe(0);
    expect(stored['/home/me/.config/springtide/contexts.yaml']).toContain('stk_new');
    expect(said.out + said.err).not.toContain('stk_new');
    expect(await runCli(['whoami', '-o', 'json'], bare)).toBe(0);
    expect(sent.at(-1)?.headers['authorization']).toBe('Bearer stk_new');
    expect(JSON.parse(said.out)).toEqual(me);
  });

  it('keeps nothing that the server refused', async () => {
    const { terminal, stored } = terminalWith([problem(401, 'unauthenticated')], { '-': 'stk_bad' });
    expect(await runCli(['login', '--url', 'http://other'], { ...terminal, env: { HOME: '/home/me' } })).toBe(
      4,
    );
    expect(Object.keys(stored)).toEqual(['-']);
  });

  it('is asked for when there is no token', async () => {
    const { terminal, said } = terminalWith([]);
    expect(await runCli(['whoami'], { ...terminal, env: {} })).toBe(4);
    expect(said.err).toContain('springtide login');
  });
});

describe('files', () => {
  it('are checked before anything is sent, naming every wrong place', async () => {
    const file = 'name: ""\nprovider: aws\nsettings: 5\n';
    const { terminal, sent, said } = terminalWith([], { 'a.yaml': file });
    expect(await runCli(['account', 'register', '-f', 'a.yaml'], terminal)).toBe(2);
    expect(said.err).toMatch(/wrong in 2 places[\s\S]*name: [\s\S]*settings: /);
    expect(sent).toEqual([]);
  });

  it('that are missing or broken are named', async () => {
    const { terminal, said } = terminalWith([], { 'b.yaml': 'a: [' });
    expect(await runCli(['campaign', 'create', '-f', 'none.yaml'], terminal)).toBe(2);
    expect(await runCli(['campaign', 'create', '-f', 'b.yaml'], terminal)).toBe(2);
    expect(said.err).toMatch(/none\.yaml could not be read[\s\S]*b\.yaml is neither YAML nor JSON/);
  });
});

describe('names', () => {
  const account = (name: string, number: number) => ({
    id: `018f0000-0000-7000-8000-00000000000${number}`,
    name,
    provider: 'aws',
    kind: 'public-cloud',
    status: 'unverified',
    settings: {},
    credentialVersion: 1,
    credentialCreatedAt: '2026-11-11T00:00:00Z',
    credentialLastUsedAt: null,
    health: null,
    verifiedAt: null,
    version: 1,
    createdAt: '2026-11-11T00:00:00Z',
  });
  const list = (...items: object[]): Answer => ({ status: 200, body: { items, next: null } });

  it('stand for ids', async () => {
    const { terminal, sent } = terminalWith([
      list(account('one', 1), account('two', 2)),
      { status: 200, body: account('two', 2) },
    ]);
    expect(await runCli(['account', 'get', 'two'], terminal)).toBe(0);
    expect(sent.at(-1)?.path).toBe('/api/v1/accounts/018f0000-0000-7000-8000-000000000002');
  });

  it('lead to the version that a change is made from, and a credential to its own address', async () => {
    const before = { ...account('one', 1), version: 7 };
    const files = { 'key.yaml': 'secret: { accessKeyId: AKIA }', 'set.yaml': 'settings: { regions: [r2] }' };
    const server = () => [list(before), ...[before, before].map((body) => ({ status: 200, body }))];
    const rotated = terminalWith(server(), files);
    expect(await runCli(['account', 'rotate', 'one', '-f', 'key.yaml'], rotated.terminal)).toBe(0);
    expect(rotated.sent.at(-1)).toMatchObject({
      ...{ method: 'POST', path: `/api/v1/accounts/${before.id}/credential` },
      headers: { 'if-match': '"7"', 'idempotency-key': 'key-1' },
      body: JSON.stringify({ secret: { accessKeyId: 'AKIA' } }),
    });
    const updated = terminalWith(server(), files);
    expect(await runCli(['account', 'update', 'one', '-f', 'set.yaml'], updated.terminal)).toBe(0);
    expect(updated.sent.at(-1)).toMatchObject({
      ...{ method: 'PUT', path: `/api/v1/accounts/${before.id}` },
      headers: { 'if-match': '"7"' },
      body: JSON.stringify({ settings: { regions: ['r2'] } }),
    });
    const enabled = terminalWith([list(before), { status: 200, body: before }]);
    expect(await runCli(['account', 'enable', 'one'], enabled.terminal)).toBe(0);
    expect(enabled.sent.at(-1)).toMatchObject({ path: `/api/v1/accounts/${before.id}/enable` });
    expect(rotated.said.out + rotated.said.err).not.toContain('AKIA');
  });

  it('that fit nothing or several are refused', async () => {
    const { terminal } = terminalWith([list(account('twin', 1), account('twin', 2))]);
    expect(await runCli(['account', 'get', 'twin'], terminal)).toBe(2);
    expect(await runCli(['account', 'get', 'nobody'], terminal)).toBe(3);
  });
});

describe('snapshots', () => {
  it('are taken of a machine by its name, and of none that is not there', async () => {
    const seenAt = '2026-11-11T00:00:00.000Z';
    const machine = {
      ...{ id, name: 'ledger-db', accountId: id, accountName: 'vc', provider: 'vsphere', machineId: 'vm-1' },
      ...{ state: 'running', region: 'r1', zone: 'z1', machineType: 'm', purchaseOption: 'private' },
      ...{ addresses: [], image: null, launchedAt: null, ownership: null, stateReason: null, goneAt: null },
      ...{ firstSeenAt: seenAt, lastSeenAt: seenAt },
    };
    const { terminal, sent, said } = terminalWith([
      { status: 200, body: { items: [machine, { ...machine, name: 'ledger-db-2' }], next: null } },
      { status: 201, body: { id: 'snapshot-7', name: 'before' } },
    ]);
    expect(await runCli(['snapshot', 'take', 'ledger-db', 'before'], terminal)).toBe(0);
    expect([sent.at(-1)?.path, sent.at(-1)?.body]).toEqual([
      `/api/v1/machines/${id}/snapshots`,
      '{"name":"before"}',
    ]);
    expect(said.out).toContain('snapshot-7');
    const nobody = terminalWith([{ status: 200, body: { items: [], next: null } }]);
    expect(await runCli(['snapshot', 'revert', 'ledger-db', 's-1'], nobody.terminal)).toBe(3);
    expect(nobody.sent.map(({ method }) => method)).toEqual(['GET']);
  });
});

describe('clusters', () => {
  const me = (permissions: string[]): Answer => ({
    status: 200,
    body: { user: { id, name: 'ops' }, tenantId: id, permissions },
  });
  const drain = (outcome: string, held: object[] = []): Answer => ({
    status: 200,
    body: { outcome, forced: false, leaving: 0, held },
  });

  it('are drained by the same order until it is through, each request with a key of its own', async () => {
    const { terminal, sent } = terminalWith([drain('draining'), drain('draining'), drain('empty')]);
    const argv = ['node', 'drain', id, 'node-1', '--minutes', '5', '--afterwards', 'force'];
    expect(await runCli(argv, terminal)).toBe(0);
    expect(new Set(sent.map(({ body }) => body))).toEqual(
      new Set([JSON.stringify({ until: '2026-11-11T00:05:00.000Z', escalation: 'force' })]),
    );
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual(['key-1', 'key-2', 'key-3']);
  });

  it('end with 7 when something held the drain, and say what', async () => {
    const held = { namespace: 'shop', pod: 'front-1', why: 'budget', message: 'needs 3 members' };
    const { terminal, said } = terminalWith([drain('gave-up', [held])]);
    const argv = ['node', 'drain', id, 'node-1', '--minutes', '0', '--afterwards', 'give-up'];
    expect(await runCli(argv, terminal)).toBe(7);
    expect(said.out).toContain('shop/front-1');
  });

  it('are ordered from a cloud, waited for, and registered under their name', async () => {
    const made = {
      ...{ id: 'c-1', accountId: id, name: 'peak', region: 'r1', version: '1.36', endpoint: null },
      ...{ nodePools: [], owned: true, reason: null },
    };
    const listed = (state: string): Answer => ({ status: 200, body: { items: [{ ...made, state }] } });
    const registered = { id, name: 'peak', status: 'healthy', region: 'r1', version: 'v1.36', problem: null };
    const order =
      'name: peak\nregion: r1\nnetwork: net-1\nnodePools: [{name: a, machineType: b, nodes: 2}]\n';
    const { terminal, sent, said } = terminalWith(
      [
        me(['cluster:write', 'account:write']),
        { status: 202, body: { ...made, state: 'creating' } },
        listed('creating'),
        listed('running'),
        { status: 201, body: registered },
      ],
      { 'o.yaml': order },
    );
    const argv = ['managed-cluster', 'order', '-f', 'o.yaml', '--account', id, '--wait'];
    expect(await runCli(argv, terminal)).toBe(0);
    expect(sent.map(({ path }) => path.split('?')[0])).toEqual([
      '/api/v1/whoami',
      '/api/v1/managed-clusters',
      '/api/v1/managed-clusters',
      '/api/v1/managed-clusters',
      '/api/v1/managed-clusters/register',
    ]);
    expect(JSON.parse(sent.at(-1)?.body ?? '{}')).toEqual({
      ...{ accountId: id, region: 'r1', id: 'c-1', name: 'peak' },
    });
    expect(said.err).toContain('Cluster peak is registered');
    expect(said.err).toContain(`managed-cluster register c-1 --account ${id} --region r1 --name peak`);
  });

  it('are not ordered for a registration that the token may not do', async () => {
    const order =
      'name: peak\nregion: r1\nnetwork: net-1\nnodePools: [{name: a, machineType: b, nodes: 2}]\n';
    const { terminal, sent, said } = terminalWith([me(['cluster:write'])], { 'o.yaml': order });
    const argv = ['managed-cluster', 'order', '-f', 'o.yaml', '--account', id, '--wait'];
    expect(await runCli(argv, terminal)).toBe(4);
    expect(sent.map(({ path }) => path)).toEqual(['/api/v1/whoami']);
    expect(said.err).toContain('lacks account:write; nothing was ordered');
  });

  const pool = (desired: number, ready: number, version = 2) => ({
    ...{ id: 'np-1', name: 'main', machineType: 'large', maximum: 10 },
    ...{ desired, ready, version },
  });
  const scale = ['managed-cluster', 'scale', 'c-1', 'main'];
  const place = ['--account', id, '--region', 'r1'];
  const poolListed = (state: ReturnType<typeof pool>): Answer => {
    const facts = { id: 'c-1', accountId: id, name: 'peak', region: 'r1', version: '1.36', endpoint: null };
    const body = { items: [{ ...facts, state: 'running', nodePools: [state], owned: true, reason: null }] };
    return { status: 200, body };
  };

  it('have a node pool set to a number of nodes, and wait until these are ready', async () => {
    const { terminal, sent, said } = terminalWith([
      { status: 202, body: pool(3, 3) },
      poolListed(pool(5, 3)),
      poolListed(pool(5, 5)),
    ]);
    expect(await runCli([...scale, '5', ...place, '--wait'], terminal)).toBe(0);
    const [asked] = sent;
    expect([asked?.method, asked?.path, asked?.body]).toEqual([
      'POST',
      `/api/v1/managed-clusters/${id}/r1/c-1/node-pools/main/scale`,
      '{"nodes":5}',
    ]);
    expect(asked?.headers['idempotency-key']).toBe('key-1');
    expect(sent).toHaveLength(3);
    expect(said.out).toMatch(/Nodes ready\s+5 of 5/);
  });

  it('say so when somebody else decides about the node pool that is waited for', async () => {
    const answers = [{ status: 202, body: pool(3, 3) }, poolListed(pool(1, 1, 3))];
    const { terminal, said } = terminalWith(answers);
    expect(await runCli([...scale, '5', ...place, '--wait'], terminal)).toBe(5);
    expect(said.err).toContain('Something else was decided about node pool main meanwhile: 1 nodes');
  });

  it.each(['-1', '5001', '2.5', 'many'])('are not scaled to %s nodes', async (nodes) => {
    const { terminal, sent, said } = terminalWith([]);
    expect(await runCli([...scale, nodes, ...place], terminal)).toBe(2);
    expect([sent, said.err]).toEqual([[], expect.stringContaining('0 to 5000 nodes')]);
  });

  it('deploy what a file says, and refuse one that is wrong before anything is sent', async () => {
    const { terminal, sent, said } = terminalWith([], { 'w.yaml': 'namespace: shop\nname: Front\n' });
    expect(await runCli(['workload', 'deploy', '-f', 'w.yaml', '--cluster', id], terminal)).toBe(2);
    expect(sent).toEqual([]);
    expect(said.err).toContain('image');
  });
});
