import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../tools/free-port.js';
import { startProcess, type ReadySign, type RunningProcess } from '../tools/process.js';
import { ClusterAdmin, until, type YardNode } from './cluster-admin.js';
import {
  apiServerArguments,
  controllerArguments,
  etcdArguments,
  metricsArguments,
  nodeArguments,
  schedulerArguments,
  type ClusterPlace,
} from './cluster-components.js';
import { ensureControlPlane } from './control-plane-binary.js';

export type KubernetesYardOptions = Readonly<{
  /** Nodes at the start: so many `node-<n>` over three zones, or exactly these. Default 30. */
  nodes?: number | readonly YardNode[];
  /** Whether usage of pods and nodes is measured; default false. */
  metrics?: boolean;
  /** Port of the API server; a free one when left out. */
  port?: number;
  onProgress?: (message: string) => void;
}>;

export type KubernetesYard = Readonly<{
  /** `https://127.0.0.1:<port>` of the API server. */
  url: string;
  /** Of the cluster's owner; keys embedded. */
  kubeconfig: string;
  caPem: string;
  admin: ClusterAdmin;
  folder: string;
  pids: readonly number[];
  stop(): Promise<void>;
}>;

const ZONES = ['zone-a', 'zone-b', 'zone-c'];
const START_MS = 60_000;

const run = promisify(execFile);

/** A real Kubernetes on loopback whose nodes are kwok's: everything but the containers. It dies with this process. */
export async function startKubernetesYard(options: KubernetesYardOptions = {}): Promise<KubernetesYard> {
  const binary = await ensureControlPlane(options.onProgress);
  const place = await makePlace(options.port);
  const { folder, ports } = place;
  const url = `https://127.0.0.1:${ports.api}`;
  await run(binary, ['authority', folder, url]);
  await run(binary, ['stages', folder]);
  const running: RunningProcess[] = [];
  const start = async (name: string, args: readonly string[], ready: ReadySign): Promise<void> => {
    const logFile = join(folder, `${name}.log`);
    running.push(await startProcess({ name, command: binary, args: [name, ...args], ready, logFile }));
  };
  const admin = await ClusterAdmin.open(binary, folder, url);
  const stop = async (): Promise<void> => {
    await admin.close();
    await Promise.all(running.toReversed().map(async (process) => process.stop(2_000)));
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await startComponents(place, admin, start, options.metrics ?? false);
    await admin.addNodes(nodesOf(options.nodes ?? 30));
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return {
    url,
    kubeconfig: await readFile(join(folder, 'admin.kubeconfig'), 'utf8'),
    caPem: await readFile(join(folder, 'ca.crt'), 'utf8'),
    admin,
    folder,
    pids: running.map(({ pid }) => pid),
    stop,
  };
}

type Start = (name: string, args: readonly string[], ready: ReadySign) => Promise<void>;

const firstLine = (): boolean => true;

async function startComponents(
  place: ClusterPlace,
  admin: ClusterAdmin,
  start: Start,
  metrics: boolean,
): Promise<void> {
  const { ports } = place;
  await start('etcd', etcdArguments(place), { port: ports.etcd });
  await start('kube-apiserver', apiServerArguments(place), { port: ports.api });
  await until('the API server is ready', START_MS, async () => {
    return (await admin.call('GET', '/readyz')).status === 200;
  });
  await Promise.all([
    start('kube-controller-manager', controllerArguments(place), firstLine),
    start('kube-scheduler', schedulerArguments(place), firstLine),
    start('kwok', nodeArguments(place), { port: ports.nodes }),
    ...(metrics ? [start('metrics-server', metricsArguments(place), { port: ports.metrics })] : []),
  ]);
  if (metrics) await publishMetrics(admin, ports.metrics);
  await until('the default service account is there', START_MS, async () => {
    return (await admin.call('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200;
  });
}

async function makePlace(port: number | undefined): Promise<ClusterPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-kubernetes-'));
  const [etcd, peer, nodes, metrics] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  return { folder, ports: { etcd, peer, api: port ?? (await freePort()), nodes, metrics } };
}

function nodesOf(wanted: number | readonly YardNode[]): readonly YardNode[] {
  if (typeof wanted !== 'number') return wanted;
  return Array.from({ length: wanted }, (_, index) => ({
    name: `node-${index}`,
    labels: { 'topology.kubernetes.io/zone': ZONES[index % ZONES.length] ?? '', pool: 'standard' },
  }));
}

/** There is no pod network here: the service is a name for loopback. */
async function publishMetrics(admin: ClusterAdmin, port: number): Promise<void> {
  const service = { name: 'metrics-server', namespace: 'kube-system' };
  await admin.call('POST', '/api/v1/namespaces/kube-system/services', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: service,
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ name: 'https', port }] },
  });
  await admin.call('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { ...service, port },
    },
  });
}
