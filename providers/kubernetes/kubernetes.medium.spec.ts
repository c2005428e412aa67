import { addMs, toInstant } from '@springtide/kernel';
import { silentLogger, systemClock } from '@springtide/platform';
import {
  collectComplete,
  connectAccount,
  type CloudClient,
  type WorkloadOrder,
} from '@springtide/provider-kit';
import { loopbackGate } from '@springtide/provider-kit/conformance';
import { until } from '../../test/yard/kubernetes/cluster-admin.js';
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
    cluster = await connectAccount(
      manifest,
      {},
      { kubeconfig: yard.kubeconfig },
      { clock: systemClock, gate, log: silentLogger, account: 'spec' },
    );
  }, 120_000);
  afterAll(async () => {
    await cluster.close();
    await gate.close();
    await yard.stop();
  }, 30_000);

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
});
