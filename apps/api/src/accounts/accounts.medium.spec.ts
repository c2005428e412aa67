import { ApiProblem, routes, type AccountBody, type ApiClient } from '@springtide/contracts';
import { systemClock } from '@springtide/platform';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import { examplePublicCloud, openSimulatedCloud } from '../../../../providers/simulated/index.js';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';

const CLOUD = 'account-routes';
const example = examplePublicCloud({});
const WRONG_KEY = 'not-the-right-one-at-all';

let api: ApiUnderTest;
let tenant: SeededTenant;
let client: ApiClient;
let count = 0;

beforeAll(async () => {
  openSimulatedCloud(CLOUD, example, systemClock);
  api = await apiUnderTest();
  tenant = await seedTenant(api.database);
  client = api.client(tenant.adminToken);
}, 120_000);

afterAll(async () => {
  await api.stop();
});

async function register(settings: Record<string, unknown> = { cloud: CLOUD }): Promise<AccountBody> {
  count += 1;
  return await client.call(routes.accountRegister, {
    body: { name: `cloud-${count}`, provider: 'simulated', settings, secret: { ...example.credentials } },
  });
}

async function refusal(work: Promise<unknown>): Promise<ApiProblem['problem']> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ApiProblem);
  return (thrown as ApiProblem).problem;
}

function paths(problem: ApiProblem['problem']): readonly string[] {
  return problem.errors?.map(({ path }) => path) ?? [];
}

describe('a form of any cloud', () => {
  it('learns every place that is wrong at once, and nothing is stored', async () => {
    const body = { name: 'wrong', provider: 'aws', settings: { regions: ['nowhere'], subnets: { a: 'b' } } };
    const problem = await refusal(client.call(routes.accountRegister, { body }));
    expect(problem).toMatchObject({ status: 400, code: 'invalid-argument' });
    expect(paths(problem)).toEqual([
      ...['settings.regions.0', 'settings.subnets.a'],
      ...['secret.accessKeyId', 'secret.secretAccessKey'],
    ]);
    const { items } = await client.call(routes.accountList, { query: {} });
    expect(items.map(({ name }) => name)).not.toContain('wrong');
  });

  it('learns that the name is taken at the name', async () => {
    const { name } = await register();
    const body = { name, provider: 'simulated', settings: { cloud: CLOUD }, secret: example.credentials };
    const problem = await refusal(client.call(routes.accountRegister, { body: { ...body } }));
    expect(problem).toMatchObject({ status: 409, code: 'already-exists' });
    expect(paths(problem)).toEqual(['name']);
  });
});

describe('an account that cannot be used', () => {
  it('is corrected from the version that was read, and asked again', async () => {
    const stored = await register({ cloud: 'nowhere' });
    expect(stored).toMatchObject({ status: 'unverified', health: { problem: expect.any(String) } });
    const params = { id: stored.id };
    const settings = { cloud: CLOUD };
    const corrected = await client.call(routes.accountUpdate, {
      ...{ params, ifMatch: stored.version },
      body: { name: 'corrected', settings },
    });
    expect(corrected).toMatchObject({ name: 'corrected', status: 'healthy', credentialVersion: 1 });
    const old = await refusal(
      client.call(routes.accountUpdate, { params, body: { name: 'late' }, ifMatch: stored.version }),
    );
    expect(old).toMatchObject({ status: 412, code: 'conflict' });
    const blind = await refusal(client.call(routes.accountUpdate, { params, body: { name: 'blind' } }));
    expect(blind.status).toBe(428);
    expect((await client.call(routes.accountGet, { params })).name).toBe('corrected');
  });

  it('names the wrong place of a correction', async () => {
    const { id, version } = await register();
    const body = { settings: { endpoint: 'no address' } };
    const problem = await refusal(
      client.call(routes.accountUpdate, { params: { id }, body, ifMatch: version }),
    );
    expect(paths(problem)).toEqual(['settings.endpoint']);
  });
});

describe('a credential', () => {
  it('stays where the cloud refuses the new one, and the caller stays signed in', async () => {
    const { id, version } = await register();
    const secret = { ...example.credentials, secretKey: WRONG_KEY };
    const problem = await refusal(
      client.call(routes.accountRotate, { params: { id }, body: { secret }, ifMatch: version }),
    );
    expect(problem).toMatchObject({ status: 409, code: 'failed-precondition' });
    expect(problem.facts).toEqual({ cause: 'unauthenticated' });
    expect(paths(problem)).toEqual(['secret']);
    expect(JSON.stringify(problem)).not.toContain(WRONG_KEY);
    expect(await client.call(routes.accountGet, { params: { id } })).toMatchObject({
      ...{ version, credentialVersion: 1, status: 'healthy' },
    });
  });

  it('is replaced once, however often the answer is lost', async () => {
    const { id, version } = await register();
    const parts = {
      ...{ params: { id }, ifMatch: version, idempotencyKey: `rotate-${id}` },
      body: { secret: { ...example.credentials } },
    };
    const first = await client.call(routes.accountRotate, parts);
    expect(first).toMatchObject({ credentialVersion: 2, status: 'healthy' });
    expect(await client.call(routes.accountRotate, parts)).toEqual(first);
    const { idempotencyKey: _once, ...again } = parts;
    expect(await refusal(client.call(routes.accountRotate, again))).toMatchObject({ status: 412 });
    expect(JSON.stringify(first)).not.toContain(example.credentials.secretKey);
  });

  it('is nobody’s to change who may only read', async () => {
    const { id, version } = await register();
    const { token } = await tenant.user(['read-only'], 'A reader');
    const reader = api.client(token);
    const body = { secret: { ...example.credentials } };
    for (const work of [
      reader.call(routes.accountRotate, { params: { id }, body, ifMatch: version }),
      reader.call(routes.accountUpdate, { params: { id }, body: { name: 'mine' }, ifMatch: version }),
      reader.call(routes.accountEnable, { params: { id } }),
    ]) {
      expect(await refusal(work)).toMatchObject({ status: 403, facts: { permission: 'account:write' } });
    }
    expect((await client.call(routes.accountGet, { params: { id } })).version).toBe(version);
  });
});

describe('an account that was disabled', () => {
  it('is bought from again once the cloud has answered', async () => {
    const { id } = await register();
    const params = { id };
    expect(await client.call(routes.accountDisable, { params })).toMatchObject({ status: 'disabled' });
    expect(await client.call(routes.accountVerify, { params })).toMatchObject({ status: 'disabled' });
    expect(await client.call(routes.accountEnable, { params })).toMatchObject({ status: 'healthy' });
    const { items } = await client.call(routes.auditList, { query: { targetId: id } });
    expect(items.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['account.enable', 'account.disable', 'account.register']),
    );
  });
});
