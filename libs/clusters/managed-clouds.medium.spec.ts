import type { ManagedClusterInput } from '@springtide/contracts';
import { manifest as alibaba } from '../../providers/alibaba/index.js';
import { manifest as kubernetes } from '../../providers/kubernetes/index.js';
import { manifest as tencent } from '../../providers/tencent/index.js';
import { putLeastKey } from '../../test/yard/alibaba/alibaba-conformance.js';
import { startAlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import { until } from '../../test/yard/kubernetes/cluster-admin.js';
import { controlPlaneAvailable } from '../../test/yard/kubernetes/control-plane-binary.js';
import { startKubernetesYard, type KubernetesYard } from '../../test/yard/kubernetes/kubernetes-yard.js';
import { LEAST_KEY, publishedPolicy, yardSettings } from '../../test/yard/tencent/tencent-conformance.js';
import { startTencentYard } from '../../test/yard/tencent/tencent-yard.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { clusterStand, type ClusterStand } from './testing/cluster-stand.js';

type Order = Omit<ManagedClusterInput, 'accountId' | 'name' | 'labels'>;

/** A cloud of the yard that runs clusters; what answers behind its kubeconfig is told to it by its admin door. */
type Cloud = Readonly<{
  endpoint: string;
  provider: string;
  settings: Readonly<Record<string, unknown>>;
  secret: Readonly<Record<string, string>>;
  order: Order;
  leadTo(kubeconfig: string): Promise<unknown>;
  /** By its own books. */
  clusters(): Promise<readonly Readonly<{ id: string }>[]>;
  stop(): Promise<void>;
}>;

const PATIENCE_MS = 20_000;

const state = await controlPlaneAvailable();
const here = yardLane(
  'clusters that clouds run',
  state.available,
  state.available ? undefined : state.reason,
);
const suite = here
  ? describe.each([{ name: 'alibaba' }, { name: 'tencent' }])
  : describe.skip.each([{ name: '' }]);

suite('a cluster that $name runs', ({ name }) => {
  let cloud: Cloud;
  let yard: KubernetesYard;
  let stand: ClusterStand;

  beforeAll(async () => {
    // One after the other: both look for free ports.
    yard = await startKubernetesYard({ nodes: 2 });
    cloud = name === 'alibaba' ? await startAlibaba() : await startTencent();
    await yard.admin.kubectl(['create', 'namespace', 'shop']);
    await cloud.leadTo(yard.kubeconfig);
    stand = await clusterStand([alibaba, tencent, kubernetes], [cloud.endpoint, yard.url]);
  }, 120_000);
  afterAll(async () => {
    await stand.stop();
    await yard.stop();
    await cloud.stop();
  }, 60_000);

  it('is ordered, scaled, registered, used through its real API server, removed, and gone from the cloud’s own list', async () => {
    const { one, accounts, managed, workloads } = stand;
    const { provider, settings, secret, order } = cloud;
    const account = await accounts.register(one.admin, { name, provider, settings, secret });
    const input = { ...order, accountId: account.id, name: 'peak', labels: {} };
    const { id } = await managed.create(one.admin, input);
    expect((await managed.create(one.admin, input)).id).toBe(id);
    expect((await cloud.clusters()).map((each) => each.id)).toEqual([id]);
    const listed = async () => await managed.list(one.admin, account.id, order.region);
    await until('the cluster runs', PATIENCE_MS, async () => {
      return (await listed()).some((each) => each.id === id && each.state === 'running' && each.owned);
    });

    const place = { accountId: account.id, region: order.region, id };
    const main = { ...place, pool: 'main' };
    for (const nodes of [4, 1]) {
      expect((await stand.nodePools.scale(one.admin, main, nodes)).version).toBe(nodes === 4 ? 1 : 2);
      await until(`the cluster has ${nodes} nodes`, PATIENCE_MS, async () => {
        const [pool] = (await listed()).flatMap(({ nodePools }) => nodePools);
        return pool?.desired === nodes && pool.ready === nodes;
      });
    }
    await expect(stand.nodePools.scale(one.admin, { ...main, pool: 'spare' }, 1)).rejects.toMatchObject({
      code: 'not-found',
    });

    const cluster = await managed.register(one.admin, place, 'peak');
    expect(cluster).toMatchObject({ status: 'healthy', version: 'Kubernetes v1.36.3', region: order.region });
    const spec = {
      namespace: 'shop',
      name: 'front',
      kind: 'stateless' as const,
      image: 'registry.example/front:1.0',
      replicas: 3,
      cpuMillis: 100,
      memoryMiB: 64,
      ports: [],
      labels: {},
    };
    const workload = await workloads.apply(one.admin, { clusterId: cluster.id, spec, adopt: false });
    const pods = async () => {
      const text = await yard.admin.kubectl(['get', 'pods', '-n', 'shop', '-o', 'name']);
      return text.split('\n').filter((line) => line !== '').length;
    };
    await until('the members are ready', PATIENCE_MS, async () => {
      const { live } = await workloads.get(one.admin, workload.id);
      return live?.phase === 'settled' && live.ready === 3;
    });
    expect(await pods()).toBe(3);
    await until('the workload is gone', PATIENCE_MS, async () => {
      return (await workloads.remove(one.admin, workload.id, 'delete')) === 'gone' && (await pods()) === 0;
    });

    expect(await managed.remove(one.admin, place)).toBe('deleting');
    await until('the cluster is gone', PATIENCE_MS, async () => {
      return (await managed.remove(one.admin, place)) === 'gone';
    });
    expect([await listed(), await cloud.clusters()]).toEqual([[], []]);
  }, 90_000);
});

async function startAlibaba(): Promise<Cloud> {
  const yard = await startAlibabaYard({ settings: { clusterMs: 300 } });
  const [region] = yard.regions;
  if (region === undefined) throw new Error('the yard has no region');
  const { regionId, vpcId, vswitches, securityGroupId, zones } = region;
  const subnet = vswitches[zones[0] ?? ''] ?? '';
  const nodePools = [{ name: 'main', machineType: 'ecs.c7.large', nodes: 2 }];
  return {
    endpoint: yard.endpoint,
    provider: 'alibaba',
    settings: {
      regions: [regionId],
      endpoint: yard.endpoint,
      subnets: vswitches,
      securityGroups: [securityGroupId],
    },
    secret: await putLeastKey(yard),
    order: {
      region: regionId,
      network: vpcId,
      subnets: [subnet],
      securityGroups: [securityGroupId],
      nodePools,
    },
    leadTo: async (kubeconfig) => await yard.admin.setKubeconfig(kubeconfig),
    clusters: async () => await yard.admin.clusters(),
    stop: async () => await yard.stop(),
  };
}

async function startTencent(): Promise<Cloud> {
  const yard = await startTencentYard({ settings: { clusterMs: 300 } });
  await yard.admin.putCredential({ ...LEAST_KEY, policy: await publishedPolicy() });
  const [[region, place] = []] = Object.entries(yard.regions);
  if (region === undefined || place === undefined) throw new Error('the yard has no region');
  const nodePools = [{ name: 'main', machineType: 'S5.LARGE8', nodes: 2 }];
  return {
    endpoint: yard.endpoint,
    provider: 'tencent',
    settings: { ...yardSettings(yard.endpoint, yard), regions: [region] },
    secret: LEAST_KEY,
    order: {
      region,
      network: place.vpcId,
      subnets: [place.subnets[place.zones[0] ?? ''] ?? ''],
      securityGroups: [place.securityGroupId],
      nodePools,
    },
    leadTo: async (kubeconfig) => await yard.admin.setKubeconfig(kubeconfig),
    clusters: async () => await yard.admin.clusters(),
    stop: async () => await yard.stop(),
  };
}
