import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MINUTE, SpringtideError, addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import {
  collect,
  connectAccount,
  type ClusterOrder,
  type CloudClient,
  type LaunchBatch,
  type Resource,
  type ResourceKind,
} from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { makeBalancer } from '../../test/yard/tencent/tencent-balancer.js';
import { publishedPolicy, yardSettings } from '../../test/yard/tencent/tencent-conformance.js';
import {
  startTencentYard,
  type RegionAccess,
  type TencentYard,
} from '../../test/yard/tencent/tencent-yard.js';
import { manifest } from './index.js';

const REGION = 'ap-guangzhou';
const scope = { region: REGION };
const secret = { secretId: 'AKIDmediummediummediummedium', secretKey: 'yardMediumNeverARealSecretKey' };

describe('the Tencent provider, over the wire', () => {
  const gate = loopbackGate();
  let yard: TencentYard;
  let region: RegionAccess;
  let client: CloudClient;
  let batches = 0;

  beforeAll(async () => {
    yard = await startTencentYard({
      settings: { bootMs: 50, terminateMs: 50, balancerTaskMs: 20, clusterMs: 150, rates: { '*': null } },
    });
    await yard.admin.putCredential({ ...secret, policy: await publishedPolicy() });
    const found = yard.regions[REGION];
    if (found === undefined) throw new Error(`the yard has no ${REGION}`);
    region = found;
    client = await connect();
  });
  afterAll(async () => {
    await client.close();
    await gate.close();
    await yard.stop();
  });

  function connect(
    changes: Readonly<Record<string, unknown>> = {},
    key: Readonly<Record<string, string>> = secret,
  ): Promise<CloudClient> {
    const context = { account: 'medium', clock: systemClock, gate, log: silentLogger };
    const settings = { ...yardSettings(yard.endpoint, yard), ...changes };
    return connectAccount(manifest, settings, key, { ...context, policy: { readAttempts: 1 } });
  }

  function batch(changes: Partial<LaunchBatch> = {}): LaunchBatch {
    batches += 1;
    const token = `token-${batches}`;
    return {
      token,
      region: REGION,
      zone: region.zones[0] ?? '',
      machineType: 'S5.LARGE8',
      purchaseOption: 'on-demand',
      count: 1,
      minimum: 1,
      namePrefix: `shop-${batches}`,
      image: region.imageId,
      securityGroups: [region.securityGroupId],
      ownership: { installation: 'medium', tenant: 'acme', intent: `intent-${batches}`, token },
      labels: {},
      ...changes,
    };
  }

  async function running(wanted = batch()): Promise<string> {
    const { items } = await client.compute.launch(wanted);
    const [item] = items;
    if (item?.outcome !== 'accepted') throw new Error('not accepted');
    const id = item.machineId;
    await until(async () => {
      const machine = (await client.compute.describe([id], scope)).get(id);
      return machine !== 'gone' && machine?.state === 'running';
    });
    return id;
  }

  async function timerOf(id: string): Promise<string> {
    return (await yard.admin.machines()).find((each) => each.id === id)?.timerAt ?? '';
  }

  async function until(look: () => Promise<boolean>): Promise<void> {
    for (let looks = 0; looks < 200; looks += 1) {
      if (await look()) return;
      await systemClock.sleep(50);
    }
    throw new Error('not in time');
  }

  async function refusal(work: Promise<unknown>): Promise<SpringtideError> {
    const thrown = await work.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(SpringtideError);
    return thrown as SpringtideError;
  }

  async function resources(kind: ResourceKind): Promise<readonly Resource[]> {
    const { items, complete } = await collect(client.resources.listResources({ region: REGION, kind }));
    expect(complete).toBe(true);
    return items;
  }

  describe('machines', () => {
    it('are bought as spot, and ended beside others that are not: one call per way of paying', async () => {
      const spot = await running(batch({ purchaseOption: 'spot' }));
      const plain = await running();
      const before = (await yard.admin.calls()).length;
      const endings = await client.compute.terminate([spot, plain, 'ins-00000000'], scope);
      expect([...endings.values()]).toEqual(['terminating', 'terminating', 'gone']);
      const calls = (await yard.admin.calls()).slice(before).map(({ action, outcome }) => [action, outcome]);
      expect(calls).toEqual([
        ['DescribeInstances', 'ok'],
        ['TerminateInstances', 'ok'],
        ['TerminateInstances', 'ok'],
      ]);
      await until(async () =>
        [...(await client.compute.describe([spot, plain], scope)).values()].every((each) => each === 'gone'),
      );
    });

    it('are offered only in zones with a subnet, where the account names subnets of the region', async () => {
      const [, zone = ''] = region.zones;
      const zonesWith = async (subnets: object): Promise<readonly string[]> => {
        const narrow = await connect({ subnets });
        const { items } = await collect(narrow.compute.listOfferings(scope));
        await narrow.close();
        return [...new Set(items.map((offering) => offering.zone))].toSorted();
      };
      expect(await zonesWith({ [zone]: region.subnets[zone] })).toEqual([zone]);
      const elsewhere = { 'ap-shanghai-4': 'subnet-elsewhere' };
      expect(await zonesWith(elsewhere)).toEqual([...region.zones].toSorted());
    });

    it('are all or nothing where the account has no partial delivery', async () => {
      const whole = await connect({ partialLaunch: false });
      await yard.admin.setStock(region.zones[0] ?? '', 'S5.LARGE8', 2);
      const error = await refusal(whole.compute.launch(batch({ count: 3, minimum: 1 })));
      expect([error.code, error.effect]).toEqual(['insufficient-capacity', 'none']);
      await yard.admin.setStock(region.zones[0] ?? '', 'S5.LARGE8', null);
      await whole.close();
    });

    it('can be tried: nothing is made, and the cloud says what it would say', async () => {
      const zone = region.zones[0] ?? '';
      const made = (await yard.admin.machines()).length;
      await client.compute.tryLaunch(batch({ count: 50, minimum: 50, userData: '#cloud-config\n' }));
      await yard.admin.setStock(zone, 'S5.LARGE8', 0);
      const error = await refusal(client.compute.tryLaunch(batch()));
      expect([error.code, error.effect]).toEqual(['insufficient-capacity', 'none']);
      await yard.admin.setStock(zone, 'S5.LARGE8', null);
      const unknown = await refusal(client.compute.tryLaunch(batch({ image: 'img-nowhere' })));
      expect(unknown.code).toBe('invalid-argument');
      expect((await yard.admin.machines()).length).toBe(made);
    });

    it('tell a full subnet, an empty account and a stopped quota apart', async () => {
      const subnet = region.subnets[region.zones[0] ?? ''] ?? '';
      await yard.admin.limitSubnet(subnet, 0);
      expect((await refusal(client.compute.launch(batch()))).code).toBe('subnet-exhausted');
      await yard.admin.limitSubnet(subnet, null);
      await yard.admin.change({ balanceFen: 0 });
      expect(await refusal(client.compute.launch(batch()))).toMatchObject({
        code: 'balance',
        retry: 'never',
      });
      await yard.admin.change({ balanceFen: 100_000_000 });
      await yard.admin.change({ spotVcpuQuota: 0 });
      const spot = batch({ purchaseOption: 'spot' });
      expect((await refusal(client.compute.launch(spot))).code).toBe('quota-exceeded');
      await yard.admin.change({ spotVcpuQuota: 4_000 });
    });

    it('carry their lease as the cloud’s own timer, put off where it is too near', async () => {
      const soon = addMs(toInstant(systemClock.now()), 2 * MINUTE);
      const short = await running(batch({ releaseAt: soon }));
      const aheadOf = async (id: string) => Date.parse(await timerOf(id)) - Date.now();
      expect(await aheadOf(short)).toBeGreaterThan(5 * MINUTE);
      expect(await aheadOf(short)).toBeLessThan(11 * MINUTE);
      const releaseAt = addMs(toInstant(systemClock.now()), 60 * MINUTE);
      const id = await running(batch({ releaseAt }));
      expect(Math.abs(Date.parse(await timerOf(id)) - Date.parse(releaseAt))).toBeLessThanOrEqual(1_000);
      const later = addMs(releaseAt, 60 * MINUTE);
      await client.compute.setReleaseTime([id], scope, later);
      expect(Math.abs(Date.parse(await timerOf(id)) - Date.parse(later))).toBeLessThanOrEqual(1_000);
      // A machine with a timer can be ended before it, even where the cloud wants the timer gone first.
      const code = 'UnsupportedOperation.InvalidInstanceNotSupportedProtectedInstance';
      await yard.admin.addFault({ action: 'TerminateInstances', kind: 'error', code });
      expect((await client.compute.terminate([id], scope)).get(id)).toBe('terminating');
    });

    it('leave disks, addresses and interfaces behind, which are found and released', async () => {
      const order = batch();
      const id = await running(order);
      const [zone = ''] = region.zones;
      const left = [
        await yard.admin.createDisk({ zone, attachTo: id }),
        await yard.admin.bindAddress(id),
        await yard.admin.createInterface(id),
      ].map((each) => each.id);
      const query = { region: REGION, machineIds: [id], intent: order.ownership.intent };
      // What is held by a living machine is no leftover.
      expect(await client.compute.listSatellites(query)).toEqual([]);
      await client.compute.terminate([id], scope);
      await until(async () => (await client.compute.describe([id], scope)).get(id) === 'gone');
      const found = await client.compute.listSatellites(query);
      expect(found.map((each) => each.id).toSorted()).toEqual(left.toSorted());
      expect(found.map(({ kind }) => kind).toSorted()).toEqual(['address', 'disk', 'network-interface']);
      for (const satellite of found) await client.compute.releaseSatellite(satellite);
      expect(await client.compute.listSatellites(query)).toEqual([]);
      for (const satellite of found) expect(await client.compute.releaseSatellite(satellite)).toBe('gone');
    });
  });

  describe('the account', () => {
    it('shows a right that is missing', async () => {
      const policy = await publishedPolicy();
      const key = { secretId: 'AKIDlessthanleastlessthanleast', secretKey: 'yardLessNeverARealSecretKey000' };
      const statement = policy.statement.map((part) => ({
        ...part,
        action: [part.action].flat().filter((action) => action !== 'cvm:RunInstances'),
      }));
      await yard.admin.putCredential({ ...key, policy: { ...policy, statement } });
      const less = await connect({}, key);
      const { permissions } = await less.verify();
      expect(permissions.filter(({ granted }) => !granted).map(({ action }) => action)).toEqual([
        'cvm:RunInstances',
      ]);
      expect((await refusal(less.compute.launch(batch()))).code).toBe('permission-denied');
      await less.close();
    });

    it('works with temporary credentials, and says it when they are no longer good', async () => {
      const key = {
        secretId: 'AKIDtemporarytemporarytemporary',
        secretKey: 'yardTempNeverARealSecretKey000',
      };
      await yard.admin.putCredential({ ...key, token: 'session-one' });
      const good = await connect({}, { ...key, token: 'session-one' });
      expect((await good.verify()).regions).toEqual([REGION]);
      await good.close();
      const old = await connect({}, { ...key, token: 'session-zero' });
      const error = await refusal(old.verify());
      expect([error.code, error.effect]).toEqual(['unauthenticated', 'none']);
      expect(JSON.stringify(error) + error.message).not.toContain('session-zero');
      await old.close();
    });

    it('follows no redirect with its credentials', async () => {
      const visits: string[] = [];
      const elsewhere = createServer((asked, answer) => {
        visits.push(asked.url ?? '');
        answer.end('{}');
      });
      const redirecting = createServer((_asked, answer) => {
        answer.writeHead(302, { location: `http://127.0.0.1:${portOf(elsewhere)}/` }).end();
      });
      for (const server of [elsewhere, redirecting]) {
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      }
      const endpoint = `http://127.0.0.1:${portOf(redirecting)}`;
      const lured = await connect({ endpoints: yardSettings(endpoint, yard)['endpoints'] });
      const error = await refusal(lured.compute.launch(batch()));
      expect([error.code, error.effect]).toEqual(['failed-precondition', 'none']);
      expect(visits).toEqual([]);
      await lured.close();
      for (const server of [elsewhere, redirecting]) server.close();
    });

    it('takes a broken front for one of the way, and finds what was made behind it', async () => {
      await yard.admin.addFault({ action: 'RunInstances', kind: 'bad-gateway' });
      const order = batch();
      const error = await refusal(client.compute.launch(order));
      expect([error.code, error.effect]).toEqual(['unavailable', 'maybe']);
      const { intent, token } = order.ownership;
      expect(await client.compute.findByIntent({ intent, token, region: REGION })).toHaveLength(1);
    });
  });

  describe('the inventory', () => {
    it('shows what hangs together', async () => {
      const id = await running();
      const { loadBalancer, listener, rule } = await makeBalancer(yard, {
        region: REGION,
        vpc: region.vpcId,
        name: 'inventory',
        port: 80,
      });
      const route = { kind: 'load-balancer', region: REGION, loadBalancer, listener, rule };
      const mover = await connect({ routes: { shop: { ...route, entrance: 'http://shop.example:80' } } });
      await mover.traffic.setMembers('shop', 'home', [{ id, address: '127.60.0.9', port: 80 }]);
      await mover.close();

      const disks = (await resources('disk')).filter(({ relations }) =>
        relations.some((each) => each.to === 'machine' && each.id === id),
      );
      expect(disks).toMatchObject([
        { state: 'attached', facts: { sizeGib: 50 }, ownership: { installation: 'medium' } },
      ]);
      expect(await resources('load-balancer')).toMatchObject([
        { id: loadBalancer, name: 'inventory', relations: [{ kind: 'sends-to', to: 'machine', id }] },
      ]);
      expect((await resources('security-group')).map((each) => each.id)).toContain(region.securityGroupId);
      expect((await resources('router')).map(({ facts }) => String(facts['type'])).toSorted()).toEqual([
        'nat-gateway',
        'route-table',
      ]);
      const nics = await resources('network-interface');
      expect(nics.find(({ relations }) => relations.some((each) => each.id === id))?.facts).toMatchObject({
        primary: true,
      });
      await yard.admin.bindAddress(id);
      expect(await resources('address')).toMatchObject([
        { relations: [{ kind: 'attached-to', to: 'machine', id }] },
      ]);
      const machine = (await client.compute.describe([id], scope)).get(id);
      expect(machine).toMatchObject({
        relations: expect.arrayContaining([
          { kind: 'guarded-by', to: 'security-group', id: region.securityGroupId },
          { kind: 'made-from', to: 'image', id: region.imageId },
        ]) as unknown,
      });
      expect(() => client.resources.listResources({ region: REGION, kind: 'snapshot' })).toThrow(
        expect.objectContaining({ code: 'unsupported' }) as Error,
      );
    });
  });

  describe('clusters', () => {
    function order(changes: Partial<ClusterOrder> = {}): ClusterOrder {
      const token = changes.token ?? 'cluster-token-1';
      return {
        token,
        region: REGION,
        name: 'burst',
        version: '1.30',
        network: region.vpcId,
        subnets: [region.subnets[region.zones[0] ?? ''] ?? ''],
        securityGroups: [region.securityGroupId],
        nodePools: [{ name: 'workers', machineType: 'S5.LARGE8', nodes: 2 }],
        ownership: { installation: 'medium', tenant: 'acme', intent: 'cluster-intent', token },
        labels: { team: 'shop' },
        ...changes,
      };
    }

    it('are made once per token, with their node pools, and end with them', async () => {
      const [one, other] = await Promise.all([
        client.clusters.createCluster(order()),
        client.clusters.createCluster(order()),
      ]);
      expect(other).toEqual(one);
      const error = await refusal(client.clusters.createCluster(order({ name: 'another' })));
      expect([error.code, error.retry, error.effect]).toEqual(['conflict', 'never', 'none']);
      await until(async () => {
        const cluster = await client.clusters.describeCluster(one.id, scope);
        return cluster !== 'gone' && cluster.state === 'running' && cluster.nodePools[0]?.ready === 2;
      });
      expect(await client.clusters.describeCluster(one.id, scope)).toMatchObject({
        name: 'burst',
        state: 'running',
        version: '1.30',
        endpoint: 'https://127.0.0.1:1',
        ownership: { installation: 'medium', intent: 'cluster-intent' },
        nodePools: [{ name: 'workers', machineType: 'S5.LARGE8', desired: 2 }],
      });
      await client.clusters.scaleNodePool({ ...scope, clusterId: one.id, pool: 'workers', nodes: 3 });
      await client.clusters.scaleNodePool({ ...scope, clusterId: one.id, pool: 'workers', nodes: 3 });
      await until(async () => {
        const cluster = await client.clusters.describeCluster(one.id, scope);
        return cluster !== 'gone' && cluster.nodePools[0]?.ready === 3;
      });
      const { items, complete } = await collect(client.clusters.listClusters(scope));
      expect([items.map((each) => each.id), complete]).toEqual([[one.id], true]);
      expect((await resources('cluster')).map((each) => each.id)).toEqual([one.id]);

      expect(await client.clusters.kubeconfig(one.id, scope)).toContain('server: "https://127.0.0.1:1"');

      expect(await client.clusters.deleteCluster(one.id, scope)).toBe('deleting');
      await until(async () => (await client.clusters.describeCluster(one.id, scope)) === 'gone');
      expect(await client.clusters.deleteCluster(one.id, scope)).toBe('gone');
      await until(async () => (await yard.admin.machines()).every(({ name }) => !name.includes('worker')));
    });

    it('are refused for a version that TKE does not offer', async () => {
      const error = await refusal(
        client.clusters.createCluster(order({ token: 'cluster-token-2', version: '1.11' })),
      );
      expect([error.code, error.effect]).toEqual(['invalid-argument', 'none']);
    });

    it('have no node pool that nobody ordered', async () => {
      const target = { ...scope, clusterId: 'cls-00000000', pool: 'workers', nodes: 1 };
      expect((await refusal(client.clusters.scaleNodePool(target))).code).toBe('not-found');
    });
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
