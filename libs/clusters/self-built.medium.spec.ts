import type { BuiltClusterBody } from '@springtide/contracts';
import { addMs, toInstant } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import { parse } from 'yaml';
import { manifest as alibaba } from '../../providers/alibaba/index.js';
import { manifest as kubernetes } from '../../providers/kubernetes/index.js';
import { putLeastKey } from '../../test/yard/alibaba/alibaba-conformance.js';
import { startAlibabaYard, type AlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import { publishedRole } from '../../test/yard/kubernetes/cluster-account.js';
import { until } from '../../test/yard/kubernetes/cluster-admin.js';
import { controlPlaneAvailable } from '../../test/yard/kubernetes/control-plane-binary.js';
import { firstMachineByUserData } from '../../test/yard/kubernetes/first-machine.js';
import { startKubernetesYard, type KubernetesYard } from '../../test/yard/kubernetes/kubernetes-yard.js';
import { nodeByUserData } from '../../test/yard/kubernetes/node-by-user-data.js';
import { BootAgent } from '../../test/yard/machines/boot-agent.js';
import { yardSource } from '../../test/yard/machines/machine-source.js';
import { freePort } from '../../test/yard/tools/free-port.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { accessManifest } from './domain/cluster-access.js';
import { clusterStand, type ClusterStand } from './testing/cluster-stand.js';

const MACHINE_TYPE = 'ecs.c7.large';
/** What any manifest is to the first machine: applied with the rights that it alone has. */
const POD_NETWORK =
  'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: pod-network, namespace: kube-system}\n';
const PATIENCE_MS = 40_000;
const HOUR = 3_600_000;

const state = await controlPlaneAvailable();
const here = yardLane('self-built clusters', state.available, state.available ? undefined : state.reason);
const suite = here ? describe : describe.skip;

/**
 * The yard's API server stands for the components that kubeadm would start on the first machine. That its description is
 * signed, that tokens open what they may and no more, and that machines join it is real.
 */
suite('a cluster that is built on machines of a cloud', () => {
  let cloud: AlibabaYard;
  let yard: KubernetesYard;
  let stand: ClusterStand;
  let agent: BootAgent;
  let accountId = '';
  const said: string[] = [];

  beforeAll(async () => {
    yard = await startKubernetesYard({ nodes: 0 });
    await yard.admin.kubectl(['create', 'namespace', 'shop']);
    cloud = await startAlibabaYard({ settings: { pendingMs: 100, startingMs: 100, releaseMs: 100 } });
    // The yard shows a new machine at once; a real cloud may need a minute, and until then absence is no proof.
    const prompt = { ...alibaba, limits: { ...alibaba.limits, visibilityLagMs: 300 } };
    stand = await clusterStand([prompt, kubernetes], [cloud.endpoint, yard.url]);
    agent = new BootAgent({
      sources: [yardSource('alibaba', cloud.endpoint)],
      roles: [nodeByUserData(yard), firstMachineByUserData(yard)],
      capacities: { [MACHINE_TYPE]: { requestsPerSecond: 10, baseLatencyMs: 1 } },
      port: await freePort(),
      bootMs: 0,
      pollMs: 200,
      log: (message) => said.push(message),
    });
    agent.start();
    const [region] = cloud.regions;
    const account = await stand.accounts.register(stand.one.admin, {
      name: 'alibaba',
      provider: 'alibaba',
      settings: {
        regions: [region?.regionId],
        endpoint: cloud.endpoint,
        machineTypes: [MACHINE_TYPE],
        subnets: region?.vswitches,
        securityGroups: [region?.securityGroupId],
      },
      secret: await putLeastKey(cloud),
    });
    accountId = account.id;
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await stand.stop();
    await cloud.stop();
    await yard.stop();
  }, 60_000);

  const order = (name: string, changes: Partial<Parameters<ClusterStand['built']['build']>[1]> = {}) => {
    const [region] = cloud.regions;
    const [zone = ''] = region?.zones ?? [];
    return {
      accountId,
      name,
      region: region?.regionId ?? '',
      zone,
      machineType: MACHINE_TYPE,
      purchaseOption: 'on-demand' as const,
      image: region?.imageId ?? '',
      subnet: region?.vswitches[zone] ?? '',
      securityGroups: [region?.securityGroupId ?? ''],
      nodes: 2,
      version: '1.36.3',
      endpoint: new URL(yard.url).host,
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/12',
      labels: { pool: 'burst' },
      budget: { currency: 'CNY', amount: '50' },
      until: addMs(toInstant(systemClock.now()), 3 * HOUR),
      readyWithinMinutes: 10,
      ...changes,
    };
  };
  const reached = async (id: string, wanted: BuiltClusterBody['state']): Promise<BuiltClusterBody> => {
    let body = await stand.built.advance(stand.one.admin, id);
    await until(`${wanted}, not ${body.step}; the agent said: ${said.join('; ')}`, PATIENCE_MS, async () => {
      body = await stand.built.advance(stand.one.admin, id);
      return body.state === wanted;
    });
    return body;
  };

  it('buys, starts, finds, joins and registers; runs a workload; and takes all of it back', async () => {
    const { one, two, built, clusters, workloads, ledger } = stand;
    const { id, name } = await built.build(one.admin, order('burst', { podNetwork: POD_NETWORK }));
    const body = await reached(id, 'ready');
    expect(body).toMatchObject({ name, problem: null, nodes: { wanted: 2, machines: 3, ready: 2 } });
    const again = order('burst', { podNetwork: POD_NETWORK, until: body.until });
    expect((await built.build(one.admin, again)).id).toBe(id);
    expect(
      await yard.admin.kubectl(['get', 'configmap', 'pod-network', '-n', 'kube-system', '-o', 'name']),
    ).toBe('configmap/pod-network\n');
    expect(await built.list(two.admin)).toEqual([]);
    await expect(built.advance(two.admin, id)).rejects.toMatchObject({ code: 'not-found' });

    const clusterId = body.clusterId ?? '';
    const machines = await cloud.admin.machines();
    const nodes = await clusters.nodes(one.admin, clusterId);
    expect(machines).toHaveLength(3);
    expect(machines.map((machine) => machine.id)).toEqual(
      expect.arrayContaining(nodes.map((node) => node.name)),
    );
    const leases = await ledger.listIntents(one.tenantId, { runId: id, kind: 'create' });
    expect(leases.map(({ releaseBy }) => releaseBy)).toEqual([body.until, body.until]);

    const spec = {
      namespace: 'shop',
      name: 'front',
      kind: 'stateless' as const,
      image: 'registry.example/front:1.0',
      replicas: 4,
      cpuMillis: 100,
      memoryMiB: 64,
      ports: [],
      labels: {},
      scheduling: { nodeLabels: { pool: 'burst' } },
    };
    const workload = await workloads.apply(one.admin, { clusterId, spec, adopt: false });
    await until('the members are ready on machines of the cloud', PATIENCE_MS, async () => {
      const { live } = await workloads.get(one.admin, workload.id);
      return live?.phase === 'settled' && live.ready === 4;
    });

    await built.release(one.admin, id);
    expect(await reached(id, 'gone')).toMatchObject({ state: 'gone', problem: null });
    expect(await cloud.admin.machines()).toEqual([]);
    expect((await clusters.list(one.admin)).map((cluster) => cluster.status)).toEqual(['disabled']);
    expect(await built.list(one.admin)).toEqual([]);
  }, 150_000);

  it('keeps its tokens out of the books, and gives away one secret for them and nothing else', async () => {
    const { one, built, ledger } = stand;
    const { id } = await built.build(one.admin, order('quiet'));
    await reached(id, 'ready');
    const sent = (await cloud.admin.machines())
      .map(({ userData = '' }) => Buffer.from(userData, 'base64').toString('utf8'))
      .join('\n');
    const tokens = [...sent.matchAll(/[a-z0-9]{6}\.[a-z0-9]{16}/g)].map(([token]) => token);
    expect(new Set(tokens).size).toBe(2);
    const books = JSON.stringify([
      await ledger.listIntents(one.tenantId, { runId: id }),
      await stand.rows('select * from built_cluster'),
    ]);
    for (const token of tokens) expect(books).not.toContain(token);

    const [access = ''] = tokens.filter((token) => sent.split(token).length === 2);
    const can = async (path: string): Promise<boolean> => {
      const words = [
        '--token',
        access,
        '--kubeconfig=/dev/null',
        `--server=${yard.url}`,
        '--insecure-skip-tls-verify',
      ];
      return yard.admin.kubectl(['get', '--raw', path, ...words]).then(
        () => true,
        () => false,
      );
    };
    expect(await can('/api/v1/namespaces/kube-system/secrets/springtide-token')).toBe(true);
    expect(await can('/api/v1/namespaces/kube-system/secrets')).toBe(false);
    expect(await can('/api/v1/nodes')).toBe(false);
    await built.release(one.admin, id);
    await reached(id, 'gone');
  }, 150_000);

  it('is given up and taken back when it cannot be had, is not ready in time, or is not who it says', async () => {
    const { one, built } = stand;
    const poor = await built.build(one.admin, order('poor', { budget: { currency: 'CNY', amount: '0.01' } }));
    expect(poor.problem).toMatch(/control-plane cannot be had.*taken back/);
    expect((await reached(poor.id, 'gone')).problem).toBe(poor.problem);

    const late = await built.build(one.admin, order('late', { endpoint: `127.0.0.1:${await freePort()}` }));
    expect(late.step).toMatch(/starts|does not answer/);
    await stand.rows(
      `update built_cluster set ready_by = now() - interval '1 second' where id = '${late.id}'`,
    );
    expect((await reached(late.id, 'gone')).problem).toMatch(/was not ready by/);
    expect(await cloud.admin.machines()).toEqual([]);
  }, 150_000);

  it('asks for the rights that the provider’s README publishes, and no others', async () => {
    const objects = accessManifest()
      .join('\n')
      .split('---')
      .map((text) => parse(text) as { kind: string; rules?: unknown });
    const role = objects.find(({ kind }) => kind === 'ClusterRole');
    expect(role?.rules).toEqual((parse(await publishedRole()) as { rules: unknown }).rules);
  });

  it('takes back what nobody carries on, and leaves other runs to others', async () => {
    const { one, built } = stand;
    const { id } = await built.build(one.admin, order('forgotten'));
    const other = '00000000-0000-4000-8000-00000000c1a5';
    await until('nothing of it is left', PATIENCE_MS, async () => {
      expect(await built.takeBackLapsed(one.tenantId, [other, id])).toEqual([other]);
      return (await cloud.admin.machines()).length === 0 && (await built.list(one.admin)).length === 0;
    });
  }, 60_000);
});
