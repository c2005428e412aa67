import type { ManagedClusterPlace } from '@springtide/contracts';
import { clusterStand, type ClusterStand } from './testing/cluster-stand.js';
import { ManagedCloud } from './testing/managed-cloud.js';

const UNCHANGED = 'no node was added or taken away';

describe('a node pool of a cluster that a cloud runs', () => {
  const cloud = new ManagedCloud();
  let stand: ClusterStand;
  let place: ManagedClusterPlace;

  beforeAll(async () => {
    stand = await clusterStand([cloud.manifest], []);
    const { one, accounts, managed } = stand;
    const account = await accounts.register(one.admin, {
      ...{ name: 'cloud', provider: 'managed', settings: {}, secret: {} },
    });
    const { id } = await managed.create(one.admin, {
      ...{ accountId: account.id, region: 'r1', name: 'peak', network: 'net-1' },
      ...{ subnets: [], securityGroups: [], labels: {} },
      nodePools: [{ name: 'main', machineType: 'large', nodes: 3 }],
    });
    place = { accountId: account.id, region: 'r1', id };
  }, 120_000);
  afterAll(async () => stand.stop());

  const scale = async (nodes: number, version?: number, other: object = {}) =>
    stand.nodePools.scale(stand.one.admin, { ...place, pool: 'main', ...other }, nodes, version);
  const listed = async () => {
    const [cluster] = await stand.managed.list(stand.one.admin, place.accountId, 'r1');
    return cluster?.nodePools.map(({ desired, version }) => [desired, version]);
  };

  it('is not scaled while its cluster is being made', async () => {
    await expect(scale(5)).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringMatching(new RegExp(`peak is creating .*${UNCHANGED}`)),
    });
    expect([cloud.scalings, await listed()]).toEqual([[], [[3, 0]]]);
    cloud.finish(place.id);
  });

  it('is set to a number of nodes, by name or id, on record in the ledger and the audit', async () => {
    expect(await scale(5)).toMatchObject({ name: 'main', desired: 5, maximum: 10, version: 1 });
    expect(await scale(2, undefined, { pool: 'np-main' })).toMatchObject({ desired: 2, version: 2 });
    expect(cloud.scalings.map(({ pool, nodes }) => [pool, nodes])).toEqual([
      ['main', 5],
      ['main', 2],
    ]);
    const intents = await stand.ledger.listIntents(stand.one.tenantId, { accountId: place.accountId });
    const steps = intents.map(({ kind, step, batch, spec, state }) => [
      kind,
      step,
      batch,
      spec['nodes'],
      state,
    ]);
    expect(steps.filter(([, step]) => step === 'scale-pool')).toEqual([
      ['set', 'scale-pool', 1, 5, 'settled'],
      ['set', 'scale-pool', 2, 2, 'settled'],
    ]);
    const audited = await stand.rows(
      `select before ->> 'nodes' as before, after ->> 'nodes' as after from audit_record
       where action = 'cluster.scale-pool' order by id`,
    );
    expect(audited).toEqual([
      { before: '3', after: '5' },
      { before: '5', after: '2' },
    ]);
  });

  it('is decided by one of two who saw the same version; a repeat of what was decided passes', async () => {
    const outcomes = await Promise.allSettled([scale(4, 2), scale(6, 2)]);
    const refused = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
    expect(refused).toEqual([expect.objectContaining({ code: 'conflict', effect: 'none' })]);
    const [[nodes = 0] = []] = (await listed()) ?? [];
    expect([4, 6]).toContain(nodes);
    expect(await scale(nodes, 2)).toMatchObject({ desired: nodes, version: 3 });
    expect(await listed()).toEqual([[nodes, 3]]);
  });

  it.each([
    ['more than it can have', 11, {}, 'invalid-argument', /main can have at most 10 nodes, not 11/],
    ['a pool that is not there', 1, { pool: 'spare' }, 'not-found', /has no node pool "spare"/],
    ['a cluster that is not there', 1, { id: 'c-none' }, 'not-found', /no cluster c-none/],
    ['a cluster of somebody else', 1, { id: 'c-theirs' }, 'failed-precondition', /was not made by this/],
  ])('refuses %s before anything is sent', async (_, nodes, other, code, message) => {
    cloud.addForeign('c-theirs');
    const before = cloud.scalings.length;
    await expect(scale(nodes, undefined, other)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(cloud.scalings).toHaveLength(before);
  });

  it('is no business of another tenant, nor of who may only read', async () => {
    const { two, one, nodePools } = stand;
    const main = { ...place, pool: 'main' };
    await expect(nodePools.scale(two.admin, main, 1)).rejects.toMatchObject({ code: 'not-found' });
    const { ctx } = await one.user(['read-only']);
    await expect(nodePools.scale(ctx, main, 1)).rejects.toMatchObject({ code: 'permission-denied' });
    expect(await stand.managed.list(one.admin, place.accountId, 'r1')).toHaveLength(2);
  });
});
