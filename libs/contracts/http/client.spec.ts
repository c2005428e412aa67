import { ApiProblem, createClient, routes, type FetchLike } from './index.js';

type Call = Readonly<{ url: string; init: Parameters<FetchLike>[1] }>;

function recording(status: number, body: string): { fetch: FetchLike; calls: Call[] } {
  const calls: Call[] = [];
  const fetch: FetchLike = async (url, init) => {
    calls.push({ url, init });
    return { status, headers: { get: () => null }, text: async () => body };
  };
  return { fetch, calls };
}

const id = '018f0000-0000-7000-8000-000000000001';

async function problemOf(work: Promise<unknown>): Promise<ApiProblem> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(ApiProblem);
  return thrown as ApiProblem;
}

describe('API client', () => {
  it('fits the real fetch', () => {
    const client = createClient({ baseUrl: 'http://localhost', fetch: globalThis.fetch });
    expect(typeof client.call).toBe('function');
  });

  it('fills path, query and headers from the route', async () => {
    const { fetch, calls } = recording(200, JSON.stringify({ items: [] }));
    const client = createClient({ baseUrl: 'http://host', token: 'st_secret', fetch });
    const answer = await client.call(routes.runTimeline, { params: { id }, query: { after: 7 } });
    expect(answer.items).toEqual([]);
    expect(calls[0]?.url).toBe(`http://host/api/v1/runs/${id}/timeline?after=7`);
    expect(calls[0]?.init.headers['authorization']).toBe('Bearer st_secret');
  });

  it('sends text bodies as they are, with the route’s media type', async () => {
    const { fetch, calls } = recording(500, 'oops');
    const client = createClient({ baseUrl: '', fetch });
    await problemOf(client.call(routes.templateCreate, { body: 'name: shop', idempotencyKey: 'k1' }));
    expect(calls[0]?.init).toMatchObject({
      method: 'POST',
      body: 'name: shop',
      headers: { 'content-type': 'application/yaml', 'idempotency-key': 'k1' },
    });
  });

  it('throws the server’s problem', async () => {
    const body = {
      type: 'urn:springtide:problem:not-found',
      title: 'Not found',
      status: 404,
      code: 'not-found',
      detail: 'There is no such campaign.',
      nextStep: null,
      correlationId: 'r-1',
    };
    const client = createClient({ baseUrl: '', fetch: recording(404, JSON.stringify(body)).fetch });
    const thrown = await problemOf(client.call(routes.campaignGet, { params: { id } }));
    expect(thrown.problem).toEqual(body);
  });

  it('tells a foreign answer, an unreadable one and none at all apart', async () => {
    const proxy = createClient({ baseUrl: '', fetch: recording(502, '<html>').fetch });
    expect((await problemOf(proxy.call(routes.whoAmI))).problem).toMatchObject({
      status: 502,
      code: 'unavailable',
    });
    const strange = createClient({ baseUrl: '', fetch: recording(200, '{}').fetch });
    expect((await problemOf(strange.call(routes.whoAmI))).code).toBe('unknown');
    const dead = createClient({ baseUrl: '', fetch: () => Promise.reject(new Error('ECONNREFUSED')) });
    expect((await problemOf(dead.call(routes.whoAmI))).status).toBe(0);
  });

  it('refuses at compile time what a route does not take', () => {
    const client = createClient({ baseUrl: '', fetch: recording(200, '{}').fetch });
    const neverCalled = [
      // @ts-expect-error params are missing
      () => client.call(routes.campaignGet),
      // @ts-expect-error the decision is not one of the two
      () => client.call(routes.approvalDecide, { params: { id }, body: { decision: 'maybe' } }),
      // @ts-expect-error a template is sent as text
      () => client.call(routes.templateCreate, { body: { name: 'shop' } }),
    ];
    expect(neverCalled).toHaveLength(3);
  });
});
