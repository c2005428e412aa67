import { joinUserData } from '@springtide/clusters/domain';
import { yardLane } from '../tools/lane.js';
import { controlPlaneAvailable } from './control-plane-binary.js';
import { authorityHash, joinByUserData } from './joining-machine.js';
import { startKubernetesYard, type KubernetesYard } from './kubernetes-yard.js';

const state = await controlPlaneAvailable();
const here = yardLane('kubernetes', state.available, state.available ? undefined : state.reason);
const suite = here ? describe : describe.skip;

suite('the Kubernetes yard', () => {
  let yard: KubernetesYard;
  beforeAll(async () => {
    yard = await startKubernetesYard({ nodes: 2, metrics: true });
  }, 120_000);
  afterAll(async () => yard.stop(), 30_000);

  it('is a Kubernetes with nodes where pods come to run', async () => {
    expect(await yard.admin.kubectl(['version'])).toContain('Server Version: v1.36.3');
    await yard.admin.kubectl(['create', 'deployment', 'web', '--image=any', '--replicas=3']);
    const rolled = await yard.admin.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']);
    expect(rolled).toContain('successfully rolled out');
  }, 90_000);

  it('takes in a machine with the user data of its own cluster, and no other', async () => {
    const plan = {
      name: 'burst-1',
      version: '1.36.3',
      endpoint: new URL(yard.url).host,
      token: 'abcdef.0123456789abcdef',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/16',
      caHash: authorityHash(yard.caPem),
      labels: { 'springtide.example/pool': 'burst' },
    };
    await joinByUserData(yard, 'machine-1', joinUserData(plan));
    const labels = [
      'get',
      'node',
      'machine-1',
      '-o',
      'jsonpath={.metadata.labels.springtide\\.example/pool}',
    ];
    expect(await yard.admin.kubectl(labels)).toBe('burst');
    const other = joinUserData({ ...plan, caHash: `sha256:${'0'.repeat(64)}` });
    await expect(joinByUserData(yard, 'machine-2', other)).rejects.toThrow(/another key/);
  }, 90_000);

  it('measures what pods use', async () => {
    const metrics = ['get', '--raw', '/apis/metrics.k8s.io/v1beta1'];
    expect(await yard.admin.kubectl(metrics)).toContain('PodMetrics');
  }, 60_000);
});
