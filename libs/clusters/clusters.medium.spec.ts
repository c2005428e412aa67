import type { AccountService } from '@springtide/accounts';
import type { WorkloadSpecBody } from '@springtide/contracts';
import type { EffectLedger } from '@springtide/effects';
import { addMs, toInstant } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import type { SeededTenant } from '@springtide/testing';
import { manifest } from '../../providers/kubernetes/index.js';
import { leastUser, tokenKubeconfig } from '../../test/yard/kubernetes/cluster-account.js';
import { until } from '../../test/yard/kubernetes/cluster-admin.js';
import { controlPlaneAvailable } from '../../test/yard/kubernetes/control-plane-binary.js';
import { startKubernetesYard, type KubernetesYard } from '../../test/yard/kubernetes/kubernetes-yard.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import type { ClusterService, ManagedClusterService, WorkloadService } from './index.js';
import { clusterStand, type ClusterStand } from './testing/cluster-stand.js';
import { ManagedCloud } from './testing/managed-cloud.js';

const state = await controlPlaneAvailable();
const here = yardLane('kubernetes', state.available, state.available ? undefined : state.reason);
const suite = here ? describe : describe.skip;
const clock = systemClock;
const PASSING = 'cloud-given';

const SPEC: WorkloadSpecBody = {
  namespace: 'shop',
  name: 'front',
  kind: 'stateless',
  image: 'registry.example/front@sha256:one',
  replicas: 4,
  cpuMillis: 100,
  memoryMiB: 64,
  ports: [{ name: 'http', port: 8080 }],
  service: true,
  minAvailable: 3,
  labels: {},
};

suite('clusters and workloads of a tenant', () => {
  let stand: ClusterStand;
  let yard: KubernetesYard;
  let kubeconfig = '';
  let one: SeededTenant;
  let two: SeededTenant;
  let accounts: AccountService;
  let clusters: ClusterService;
  let managed: ManagedClusterService;
  const cloud = new ManagedCloud();
  let workloads: WorkloadService;
  let ledger: EffectLedger;
  let clusterId = '';

  beforeAll(async () => {
    yard = await startKubernetesYard({ nodes: 3 });
    await yard.admin.kubectl(['create', 'namespace', 'shop']);
    kubeconfig = tokenKubeconfig(yard.url, yard.caPem, await leastUser(yard.admin));
    stand = await clusterStand([manifest, cloud.manifest], [yard.url]);
    ({ one, two, accounts, clusters, managed, workloads, ledger } = stand);
  }, 120_000);
  afterAll(async () => {
    await stand.stop();
    await yard.stop();
  }, 60_000);

  const settled = async (id: string, ready: number): Promise<void> =>
    until(`${ready} members are ready`, 30_000, async () => {
      const { live } = await workloads.get(one.admin, id);
      return live?.phase === 'settled' && live.ready === ready;
    });

  it('registers a cluster by its kubeconfig, and refuses one that would run a command', async () => {
    const cluster = await clusters.register(one.admin, { name: 'shop-cluster', kubeconfig });
    expect(cluster).toMatchObject({ status: 'healthy', version: 'Kubernetes v1.36.3', problem: null });
    clusterId = cluster.id;
    expect(await clusters.list(one.admin)).toEqual([cluster]);
    expect(await clusters.list(two.admin)).toEqual([]);
    expect(JSON.stringify(cluster)).not.toContain(kubeconfig.slice(-40));
    const hostile = kubeconfig.replace(/token: .*/, 'exec: {command: touch, args: [/tmp/owned]}');
    await expect(
      clusters.register(one.admin, { name: 'hostile', kubeconfig: hostile }),
    ).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringContaining('uses exec, which starts a command on this host'),
    });
    expect(await clusters.list(one.admin)).toHaveLength(1);
  });

  it('deploys, upgrades, goes back, scales and removes through the ledger', async () => {
    const { id } = await workloads.apply(one.admin, { clusterId, spec: SPEC, adopt: false });
    await settled(id, 4);
    const again = await workloads.apply(one.admin, { clusterId, spec: SPEC, adopt: false });
    expect([again.id, again.version]).toEqual([id, 1]);

    const newer = { ...SPEC, image: 'registry.example/front@sha256:two' };
    expect((await workloads.apply(one.admin, { clusterId, spec: newer, adopt: false })).version).toBe(2);
    await settled(id, 4);
    await workloads.scale(one.admin, id, 6);
    await settled(id, 6);
    const back = await workloads.rollBack(one.admin, id);
    expect(back.spec).toEqual({ ...SPEC, replicas: 6 });
    await settled(id, 6);
    expect((await workloads.get(one.admin, id)).live?.image).toBe(SPEC.image);

    const intents = await ledger.listIntents(one.tenantId, { accountId: clusterId });
    const steps = intents
      .filter(({ runId }) => runId === id)
      .map(({ step, batch, state: at }) => [step, batch, at]);
    expect(steps).toEqual(
      expect.arrayContaining([
        ['apply', 1, 'settled'],
        ['apply', 2, 'settled'],
        ['scale', 3, 'settled'],
        ['apply', 4, 'settled'],
      ]),
    );
    expect(await workloads.list(two.admin, { limit: 10 })).toEqual([]);
    await expect(workloads.scale(two.admin, id, 0)).rejects.toMatchObject({ code: 'not-found' });

    await until('the workload is gone', 30_000, async () => {
      return (await workloads.remove(one.admin, id, 'delete')) === 'gone';
    });
    expect(await workloads.remove(one.admin, id, 'delete')).toBe('gone');
    expect(await workloads.list(one.admin, { limit: 10 })).toEqual([]);
    const left = await yard.admin.kubectl(['-n', 'shop', 'get', 'deploy,svc,pdb,pods', '-o', 'name']);
    expect(left).toBe('');
  }, 90_000);

  it('drains a node in requests that anybody can go on with, and removes it', async () => {
    const { id } = await workloads.apply(one.admin, { clusterId, spec: SPEC, adopt: false });
    await settled(id, 4);
    const [node] = await clusters.nodes(one.admin, clusterId);
    const name = node?.name ?? '';
    await expect(clusters.removeNode(one.admin, clusterId, name)).rejects.toMatchObject({
      code: 'failed-precondition',
    });
    const order = { until: addMs(toInstant(clock.now()), 60_000), escalation: 'give-up' } as const;
    await until('the node is empty', 60_000, async () => {
      return (await clusters.drain(one.admin, clusterId, name, order)).outcome === 'empty';
    });
    await clusters.removeNode(one.admin, clusterId, name);
    await settled(id, 4);
    expect((await clusters.nodes(one.admin, clusterId)).map((each) => each.name)).not.toContain(name);
  }, 90_000);

  it('asks a cloud for a cluster once, registers it when it runs, and removes only its own', async () => {
    const account = await accounts.register(one.admin, {
      name: 'cloud',
      provider: 'managed',
      settings: {},
      secret: {},
    });
    const nodePools = [{ name: 'main', machineType: 'large', nodes: 3 }];
    const rest = { network: 'net-1', subnets: [], securityGroups: [], nodePools, labels: {} };
    const input = { accountId: account.id, region: 'r1', name: 'peak', ...rest };
    const made = await managed.create(one.admin, input);
    expect(made).toMatchObject({ state: 'creating', owned: true, name: 'peak' });
    expect(cloud.orders[0]?.ownership).toMatchObject({ installation: 'spec', tenant: one.tenantId });

    const place = { accountId: account.id, region: 'r1', id: made.id };
    await expect(managed.register(one.admin, place, 'peak')).rejects.toMatchObject({
      code: 'failed-precondition',
    });
    cloud.finish(made.id);
    // Least rights make no user: told, and nothing is registered.
    cloud.kubeconfig = kubeconfig;
    await expect(managed.register(one.admin, place, 'peak')).rejects.toMatchObject({
      code: 'permission-denied',
      message: expect.stringMatching(/answered 403 .* not registered/),
    });
    cloud.kubeconfig = await passingKubeconfig(yard);
    const cluster = await managed.register(one.admin, place, 'peak');
    expect(cluster).toMatchObject({ status: 'healthy', region: 'r1' });
    // As with EKS: what the cloud gave is no good any more, and nobody notices.
    await forgetPassing(yard);
    const passed = await managed.register(one.admin, place, 'late').catch((thrown: unknown) => thrown);
    expect(passed).toMatchObject({ code: 'permission-denied' });
    await accounts.verify(one.admin, cluster.id);
    expect((await clusters.nodes(one.admin, cluster.id)).length).toBeGreaterThan(0);
    expect(await clusters.list(one.admin)).toHaveLength(2);

    cloud.addForeign('c-theirs');
    const theirs = { ...place, id: 'c-theirs' };
    await expect(managed.remove(one.admin, theirs)).rejects.toMatchObject({ code: 'failed-precondition' });
    expect(await managed.remove(one.admin, place)).toBe('deleting');
    expect(await managed.remove(one.admin, place)).toBe('gone');
    const left = await managed.list(one.admin, account.id, 'r1');
    expect(left.map(({ id, owned }) => [id, owned])).toEqual([['c-theirs', false]]);
  }, 60_000);

  it('lets those read who may only read, and nothing more', async () => {
    const { ctx } = await one.user(['read-only']);
    expect(await clusters.list(ctx)).toHaveLength(2);
    const refused = { code: 'permission-denied' };
    await expect(workloads.apply(ctx, { clusterId, spec: SPEC, adopt: false })).rejects.toMatchObject(
      refused,
    );
    await expect(clusters.setSchedulable(ctx, clusterId, 'node-1', false)).rejects.toMatchObject(refused);
  });
});

/** What a cloud hands out: all rights, for a short time. */
async function passingKubeconfig({ admin, url, caPem }: KubernetesYard): Promise<string> {
  await admin.kubectl(['-n', 'kube-system', 'create', 'serviceaccount', PASSING]);
  const subject = `--serviceaccount=kube-system:${PASSING}`;
  await admin.kubectl(['create', 'clusterrolebinding', PASSING, '--clusterrole=cluster-admin', subject]);
  const words = ['-n', 'kube-system', 'create', 'token', PASSING, '--duration=15m'];
  return tokenKubeconfig(url, caPem, (await admin.kubectl(words)).trim());
}

async function forgetPassing({ admin }: KubernetesYard): Promise<void> {
  await admin.kubectl(['delete', 'clusterrolebinding', PASSING]);
  const ask = [
    'auth',
    'can-i',
    'create',
    'serviceaccounts',
    `--as=system:serviceaccount:kube-system:${PASSING}`,
  ];
  await until('it may do nothing', 10_000, async () =>
    admin.kubectl(ask).then(
      () => false,
      () => true,
    ),
  );
}
