import { setTimeout as wait } from 'node:timers/promises';
import { ApiProblem, routes, type ApiClient } from '@springtide/contracts';
import { systemClock } from '@springtide/platform';
import { seedTenant, type SeededTenant } from '@springtide/testing';
import {
  closeSimulatedCloud,
  examplePublicCloud,
  openSimulatedCloud,
  type SimulatedCloud,
} from '../../../../providers/simulated/index.js';
import { apiUnderTest, type ApiUnderTest } from '../testing/api-under-test.js';

const LAG_MS = 2_500;
const CLOUD = 'resources-spec';
/** What the cloud calls the first machine of a name. */
const nameOf = (n: number): string => `old-${n}-0`;

describe('the inventory over HTTP', () => {
  let api: ApiUnderTest;
  let ours: SeededTenant;
  let client: ApiClient;
  let cloud: SimulatedCloud;
  let accountId: string;

  beforeAll(async () => {
    api = await apiUnderTest();
    ours = await seedTenant(api.database);
    client = api.client(ours.adminToken);
    const plan = examplePublicCloud();
    cloud = openSimulatedCloud(CLOUD, plan, systemClock);
    for (let n = 0; n < 5; n += 1)
      cloud.administer({
        action: 'create-foreign',
        name: `old-${n}`,
        labels: { env: n < 2 ? 'prod' : 'test', owner: 'somebody' },
      });
    const body = {
      name: 'cloud',
      provider: 'simulated',
      settings: { cloud: CLOUD },
      secret: plan.credentials,
    };
    ({ id: accountId } = await client.call(routes.accountRegister, { body }));
    await client.call(routes.inventorySync, { body: { accountId } });
  }, 120_000);
  afterAll(async () => {
    closeSimulatedCloud(CLOUD);
    await api.stop();
  });

  async function problemOf(call: Promise<unknown>): Promise<unknown> {
    return await call.then(
      () => 'none',
      (thrown: unknown) => (thrown instanceof ApiProblem ? thrown.problem.code : thrown),
    );
  }

  it('lists everything, one type, one label, in either order, page by page', async () => {
    const all = await client.call(routes.resourceList, { query: { limit: 200 } });
    expect(new Set(all.items.map((item) => item.type)).has('network')).toBe(true);
    const names = async (query: object): Promise<string[]> => {
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const given = { type: 'machine' as const, limit: 2, ...query, cursor };
        const page = await client.call(routes.resourceList, { query: given });
        found.push(...page.items.map((item) => item.name));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      return found;
    };
    expect(await names({})).toEqual([0, 1, 2, 3, 4].map(nameOf));
    expect(await names({ sort: '-name', label: 'env=test' })).toEqual([4, 3, 2].map(nameOf));
    expect(await names({ label: 'env=prod,owner' })).toEqual([0, 1].map(nameOf));
    expect(await names({ owned: 'true' })).toEqual([]);
    expect(await problemOf(names({ label: '=x' }))).toBe('invalid-argument');
    const labels = await client.call(routes.labelList, { query: { type: 'machine' } });
    expect(labels.items).toContainEqual({ key: 'env', value: 'test', count: 3 });
    const counts = await client.call(routes.resourceCount, { query: { type: 'machine', by: 'account' } });
    expect(counts.items).toEqual([{ key: accountId, count: 5 }]);
  });

  it('tells what somebody else did, as somebody else’s doing', async () => {
    const [machine] = (await client.call(routes.resourceList, { query: { type: 'machine' } })).items;
    cloud.administer({ action: 'delete-outside', id: machine?.resourceId ?? '' });
    // A machine that is younger than the cloud's own lag proves nothing by being absent.
    await wait(LAG_MS);
    await client.call(routes.inventorySync, { body: { accountId } });
    const drift = await client.call(routes.driftList, { query: { by: 'outside', type: 'machine' } });
    expect(drift.items[0]).toMatchObject({
      name: machine?.name,
      accountName: 'cloud',
      who: { by: 'outside' },
    });
    const ofUs = await client.call(routes.driftList, { query: { by: 'springtide' } });
    expect(ofUs.items).toEqual([]);
  });

  it('shows how things hang together, around one and in all', async () => {
    const found = await client.call(routes.resourceList, { query: { type: 'machine' } });
    const of = found.items[0]?.id ?? '';
    const map = await client.call(routes.topologyAround, { query: { of, depth: 1 } });
    expect(map.nodes[0]).toMatchObject({ key: of, type: 'machine', accountName: 'cloud', distance: 0 });
    const summary = await client.call(routes.topologySummary, { query: { accountId } });
    expect(summary.types.find((one) => one.type === 'machine')?.count).toBeGreaterThan(3);
    const nowhere = '00000000-0000-4000-8000-000000000000';
    expect(await problemOf(client.call(routes.topologyAround, { query: { of: nowhere } }))).toBe('not-found');
  });

  it('keeps views: one’s own, shared ones for all, changed by nobody else', async () => {
    const body = {
      name: 'production',
      shared: false,
      query: { type: 'machine' as const, label: 'env=prod' },
    };
    const made = await client.call(routes.viewCreate, { body });
    expect(made).toMatchObject({ mine: true, version: 1, query: body.query });
    expect(await problemOf(client.call(routes.viewCreate, { body }))).toBe('already-exists');
    const colleague = await ours.user(['tenant-admin']);
    const theirs = api.client(colleague.token);
    expect((await theirs.call(routes.viewList, {})).items).toEqual([]);
    const at = { params: { id: made.id }, ifMatch: made.version };
    const shared = await client.call(routes.viewUpdate, { ...at, body: { ...body, shared: true } });
    expect(shared.version).toBe(2);
    expect((await theirs.call(routes.viewList, {})).items).toMatchObject([
      { name: 'production', mine: false, shared: true },
    ]);
    const again = { params: { id: made.id }, ifMatch: 2, body };
    expect(await problemOf(theirs.call(routes.viewUpdate, again))).toBe('permission-denied');
    expect(await problemOf(client.call(routes.viewUpdate, { ...again, ifMatch: 1 }))).toBe('conflict');
    expect(await problemOf(theirs.call(routes.viewDelete, { params: { id: made.id } }))).toBe(
      'permission-denied',
    );
    await client.call(routes.viewDelete, { params: { id: made.id } });
    expect((await theirs.call(routes.viewList, {})).items).toEqual([]);
  });
});
