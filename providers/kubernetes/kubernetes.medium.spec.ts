import { addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import {
  collectComplete,
  connectAccount,
  type CloudClient,
  type ResourceKind,
  type WorkloadOrder,
} from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { until } from '../../test/yard/kubernetes/cluster-admin.js';
import { startGatewayYard } from '../../test/yard/kubernetes/gateway-yard.js';
import { controlPlaneAvailable } from '../../test/yard/kubernetes/control-plane-binary.js';
import { startKubernetesYard, type KubernetesYard } from '../../test/yard/kubernetes/kubernetes-yard.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { manifest } from './index.js';

const state = await controlPlaneAvailable();
const here = yardLane('kubernetes', state.available, state.available ? undefined : state.reason);
const suite = here ? describe : describe.skip;

suite('a workload in a real cluster', () => {
  const gate = loopbackGate();
  let yard: KubernetesYard;
  let cluster: CloudClient;

  beforeAll(async () => {
    yard = await startKubernetesYard({ nodes: 4 });
    await yard.admin.kubectl(['create', 'namespace', 'shop']);
    cluster = await connect({});
  }, 120_000);
  afterAll(async () => {
    await cluster.close();
    await gate.close();
    await yard.stop();
  }, 30_000);

  const connect = async (settings: object): Promise<CloudClient> =>
    connectAccount(
      manifest,
      settings,
      { kubeconfig: yard.kubeconfig },
      { clock: systemClock, gate, log: silentLogger, account: 'spec' },
    );

  const order = (token: string, changes: Partial<WorkloadOrder['spec']> = {}): WorkloadOrder => ({
    token,
    ownership: { installation: 'spec', tenant: 'acme', intent: 'intent-1', token },
    spec: {
      namespace: 'shop',
      name: 'front',
      kind: 'stateless',
      image: 'registry.example/front@sha256:1',
      replicas: 8,
      cpuMillis: 200,
      memoryMiB: 128,
      ports: [{ name: 'http', port: 8080 }],
      service: true,
      minAvailable: 7,
      labels: { tier: 'web', 名字: '门面' },
      ...changes,
    },
  });
  const target = { namespace: 'shop', name: 'front', kind: 'stateless', installation: 'spec' } as const;

  it('is registered, deployed, scaled, drained under its budget and deleted', async () => {
    const report = await cluster.verify();
    expect(report.identity).toContain('yard-admin');
    expect(report.product).toBe('Kubernetes v1.36.3');
    expect(report.permissions.filter(({ granted }) => !granted)).toEqual([]);

    const { workloads } = cluster;
    await workloads.apply(order('token-1'));
    const settled = async (ready: number) =>
      until(`${ready} members are ready`, 20_000, async () => {
        const now = await workloads.read(target);
        return now !== 'gone' && now.phase === 'settled' && now.ready === ready;
      });
    await settled(8);
    await workloads.scale(target, 12);
    await settled(12);

    const [node] = (await collectComplete(workloads.listNodes(), 'nodes')).map(({ name }) => name);
    const passes: number[] = [];
    const drained = await workloads.drain(
      { node: node ?? '', until: addMs(toInstant(systemClock.now()), 60_000), escalation: 'give-up' },
      (pass) => passes.push(pass.held.length),
    );
    expect(drained).toMatchObject({ outcome: 'empty', forced: false });
    expect(await workloads.removeNode(node ?? '')).toBe('removing');
    await settled(12);

    await until(
      'the workload is gone',
      20_000,
      async () => (await workloads.remove(target, 'keep')) === 'gone',
    );
    expect(await workloads.read(target)).toBe('gone');
    expect(await yard.admin.kubectl(['-n', 'shop', 'get', 'deploy,svc,pdb,rs,pods', '-o', 'name'])).toBe('');
  }, 120_000);

  it('moves shares between Services of the cluster, whose members are their pods', async () => {
    const gateway = await startGatewayYard(yard, 'shop', ['shop']);
    try {
      await cluster.workloads.apply(order('token-2', { name: 'old', replicas: 2 }));
      await cluster.workloads.apply(order('token-3', { name: 'new', replicas: 3 }));
      const entrance = gateway.entrances['shop'] ?? '';
      const services = { old: { service: 'old', port: 8080 }, new: { service: 'new', port: 8080 } };
      const route = { namespace: 'shop', gateway: gateway.gateway, listener: 'shop', entrance, services };
      const session = await connect({ routes: { shop: route } });
      const counted = async (): Promise<Record<string, number>> =>
        Object.fromEntries(
          (await session.traffic.readRoute('shop')).groups.map(({ name, members }) => [
            name,
            members.filter(({ healthy }) => healthy).length,
          ]),
        );
      await until('the pods are members', 20_000, async () => {
        const { old = 0, new: next = 0 } = await counted();
        return old === 2 && next === 3;
      });
      const moved = await session.traffic.setWeights('shop', { old: 90, new: 10 });
      expect(moved.groups.map(({ name, weight }) => [name, weight])).toEqual([
        ['old', 90],
        ['new', 10],
      ]);
      const live = await yard.admin.kubectl([
        ...['-n', 'shop', 'get', 'httproute', 'shop', '-o'],
        'jsonpath={range .spec.rules[0].backendRefs[*]}{.name}={.weight} {end}',
      ]);
      expect(live.trim()).toBe('old=9000 new=1000');
      await expect(session.traffic.setMembers('shop', 'old', [])).rejects.toMatchObject({
        code: 'failed-precondition',
      });
      await cluster.workloads.scale({ ...target, name: 'new' }, 0);
      await until('no pod is left', 20_000, async () => (await counted())['new'] === 0);
      await expect(session.traffic.setWeights('shop', { old: 0, new: 100 })).rejects.toMatchObject({
        code: 'failed-precondition',
        effect: 'none',
      });
      await session.close();
    } finally {
      await gateway.stop();
    }
  }, 90_000);

  it('tells the inventory what it holds, and how that hangs together', async () => {
    const resources = async (kind: ResourceKind) =>
      collectComplete(cluster.resources.listResources({ region: 'cluster', kind }), kind);
    const [itself] = await resources('cluster');
    expect(itself).toMatchObject({ kind: 'cluster', state: 'running', facts: { version: 'v1.36.3' } });
    const partOf = { kind: 'part-of', to: 'cluster', id: itself?.id };
    const volumes = [{ name: 'data', mountPath: '/data', sizeGib: 1, access: 'shared' as const }];
    await cluster.workloads.apply(order('token-4', { name: 'store', replicas: 1, volumes }));
    for (const kind of ['node', 'workload', 'volume'] as const) {
      const found = await resources(kind);
      expect(found.length).toBeGreaterThan(0);
      for (const each of found) expect(each.relations).toContainEqual(partOf);
    }
    const [volume] = await resources('volume');
    expect(volume).toMatchObject({
      id: 'shop/store-data',
      ownership: { installation: 'spec', token: 'token-4' },
      relations: expect.arrayContaining([
        { kind: 'attached-to', to: 'workload', id: 'shop/stateless/store' },
      ]),
    });
    expect((await resources('workload')).map(({ id }) => id)).toContain('shop/stateless/store');
  }, 60_000);

  it('lets the cluster scale what is ordered to scale itself', async () => {
    const autoscale = { minimum: 3, maximum: 6, cpuPercent: 50 };
    const { workloads } = cluster;
    const state = await workloads.apply(order('token-5', { name: 'auto', replicas: 1, autoscale }));
    expect(state.desired).toBe(3);
    const itself = { ...target, name: 'auto' };
    await expect(workloads.scale(itself, 1)).rejects.toMatchObject({ code: 'failed-precondition' });
    const scaler = await yard.admin.kubectl([
      '-n',
      'shop',
      'get',
      'hpa',
      'auto',
      '-o',
      'jsonpath={.spec.maxReplicas}',
    ]);
    expect(scaler).toBe('6');
    await workloads.apply(order('token-6', { name: 'auto', replicas: 2 }));
    expect((await workloads.scale(itself, 4)).desired).toBe(4);
  }, 60_000);
});
