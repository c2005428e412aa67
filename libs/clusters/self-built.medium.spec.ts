import { MachineLife, type LaunchRequest } from '@springtide/effects';
import { addMs, money, toInstant } from '@springtide/kernel';
import { systemClock } from '@springtide/platform';
import { manifest as alibaba } from '../../providers/alibaba/index.js';
import { manifest as kubernetes } from '../../providers/kubernetes/index.js';
import { putLeastKey } from '../../test/yard/alibaba/alibaba-conformance.js';
import { startAlibabaYard, type AlibabaYard } from '../../test/yard/alibaba/alibaba-yard.js';
import { leastUser, tokenKubeconfig } from '../../test/yard/kubernetes/cluster-account.js';
import { until } from '../../test/yard/kubernetes/cluster-admin.js';
import { controlPlaneAvailable } from '../../test/yard/kubernetes/control-plane-binary.js';
import { authorityHash } from '../../test/yard/kubernetes/joining-machine.js';
import { startKubernetesYard, type KubernetesYard } from '../../test/yard/kubernetes/kubernetes-yard.js';
import { nodeByUserData } from '../../test/yard/kubernetes/node-by-user-data.js';
import { BootAgent } from '../../test/yard/machines/boot-agent.js';
import { yardSource } from '../../test/yard/machines/machine-source.js';
import { freePort } from '../../test/yard/tools/free-port.js';
import { yardLane } from '../../test/yard/tools/lane.js';
import { aMandate } from '../effects/testing/effect-fixtures.js';
import { controlPlaneUserData, joinUserData } from './domain/index.js';
import { clusterStand, type ClusterStand } from './testing/cluster-stand.js';

const MACHINE_TYPE = 'ecs.c7.large';
const RUN = '00000000-0000-4000-8000-00000000c1a5';
const PATIENCE_MS = 30_000;
const HOUR = 3_600_000;

const state = await controlPlaneAvailable();
const here = yardLane('self-built clusters', state.available, state.available ? undefined : state.reason);
const suite = here ? describe : describe.skip;

/** The yard's API server stands for what kubeadm would start on the first machine; that others join it is real. */
suite('a cluster on machines of a cloud', () => {
  let cloud: AlibabaYard;
  let yard: KubernetesYard;
  let stand: ClusterStand;
  let agent: BootAgent;
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
      roles: [nodeByUserData(yard)],
      capacities: { [MACHINE_TYPE]: { requestsPerSecond: 10, baseLatencyMs: 1 } },
      port: await freePort(),
      bootMs: 0,
      pollMs: 200,
      log: (message) => said.push(message),
    });
    agent.start();
  }, 120_000);
  afterAll(async () => {
    await agent.stop();
    await stand.stop();
    await cloud.stop();
    await yard.stop();
  }, 60_000);

  it('is made of machines that join by their user data, and ends with them', async () => {
    const { one, accounts, clusters, workloads, ledger } = stand;
    const [region] = cloud.regions;
    if (region === undefined) throw new Error('the yard has no region');
    const [zone = ''] = region.zones;
    const account = await accounts.register(one.admin, {
      name: 'alibaba',
      provider: 'alibaba',
      settings: {
        regions: [region.regionId],
        endpoint: cloud.endpoint,
        machineTypes: [MACHINE_TYPE],
        subnets: region.vswitches,
        securityGroups: [region.securityGroupId],
      },
      secret: await putLeastKey(cloud),
    });
    const { tenantId } = one;
    const now = toInstant(systemClock.now());
    const pool = `${zone}/${MACHINE_TYPE}`;
    const mandate = aMandate({ tenantId, runId: RUN, poolIds: [pool], validUntil: addMs(now, HOUR) });
    await ledger.openMandate(mandate);
    const fence = await ledger.takeFence(tenantId, RUN, 'spec');
    const place = {
      tenantId,
      runId: RUN,
      campaignId: null,
      batch: 0,
      accountId: account.id,
      region: region.regionId,
      service: 'burst-cluster',
      poolId: pool,
    };
    const order = (step: string, userData: string, count: number): LaunchRequest => ({
      ...place,
      step,
      mandateId: mandate.id,
      spec: {
        zone,
        machineType: MACHINE_TYPE,
        purchaseOption: 'on-demand',
        image: region.imageId,
        subnet: region.vswitches[zone] ?? null,
        securityGroups: [region.securityGroupId],
        namePrefix: step,
        userData,
        labels: {},
      },
      count,
      pricePerHour: money('CNY', '0.78'),
      minimumBillingSeconds: 60,
      plannedHours: 1,
      releaseBy: addMs(now, HOUR),
      fence,
    });
    const launch = async (request: LaunchRequest): Promise<string> => {
      const answer = await ledger.launch(request);
      if (answer.status !== 'settled') throw new Error(`not launched: ${JSON.stringify(answer)}`);
      expect(answer.accepted).toBe(request.count);
      return answer.intentId;
    };
    const plan = {
      name: 'burst',
      version: '1.36.3',
      endpoint: new URL(yard.url).host,
      token: 'abcdef.0123456789abcdef',
      podCidr: '10.244.0.0/16',
      serviceCidr: '10.96.0.0/12',
    };
    const joining = { ...plan, caHash: authorityHash(yard.caPem), labels: { pool: 'burst' } };
    const intents = [
      await launch(order('control-plane', controlPlaneUserData(plan), 1)),
      await launch(order('workers', joinUserData(joining), 2)),
    ];

    const kubeconfig = tokenKubeconfig(yard.url, yard.caPem, await leastUser(yard.admin));
    const cluster = await clusters.register(one.admin, { name: 'burst', kubeconfig });
    await until(`two nodes join; the agent said: ${said.join('; ')}`, PATIENCE_MS, async () => {
      return (await clusters.nodes(one.admin, cluster.id)).filter(({ ready }) => ready).length === 2;
    });
    const machines = await cloud.admin.machines();
    const nodes = await clusters.nodes(one.admin, cluster.id);
    const ids = machines.map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(ids).toEqual(expect.arrayContaining(nodes.map(({ name }) => name)));

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
    const { id } = await workloads.apply(one.admin, { clusterId: cluster.id, spec, adopt: false });
    await until('the members are ready on machines of the cloud', PATIENCE_MS, async () => {
      const { live } = await workloads.get(one.admin, id);
      return live?.phase === 'settled' && live.ready === 4;
    });
    await until('the workload is gone', PATIENCE_MS, async () => {
      return (await workloads.remove(one.admin, id, 'delete')) === 'gone';
    });

    const life = new MachineLife(ledger);
    const bought = await ledger.listIntents(tenantId, { accountId: account.id });
    const targets = bought.flatMap((intent) =>
      intent.items.flatMap(({ machineId }) =>
        machineId === null ? [] : [{ intentId: intent.id, machineId }],
      ),
    );
    await life.release({ ...place, step: 'remove', fence, targets });
    await until('the ledger has proof that all machines are gone', PATIENCE_MS, async () => {
      const left = await Promise.all(
        intents.map(async (intent) => await life.finishRelease(tenantId, intent)),
      );
      return left.every((each) => each.machines === 0 && each.satellites === 0);
    });
    expect(await cloud.admin.machines()).toEqual([]);
    await until('the nodes are gone with their machines', PATIENCE_MS, async () => {
      return (await yard.admin.kubectl(['get', 'nodes', '-o', 'name'])).trim() === '';
    });
  }, 150_000);
});
