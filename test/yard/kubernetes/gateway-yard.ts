import { execFile } from 'node:child_process';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../tools/free-port.js';
import { startProcess, type RunningProcess } from '../tools/process.js';
import { obtainTraefik } from '../traffic/obtain-traefik.js';
import { until } from './cluster-admin.js';
import type { KubernetesYard } from './kubernetes-yard.js';

/** The Gateway API's own definitions, by the Go module that carries them and Go's checksum database. */
const GATEWAY_API = 'sigs.k8s.io/gateway-api@v1.5.1';
/** Watched by Traefik, all of them, whether they are used or not. */
const WANTED =
  /_(gatewayclasses|gateways|httproutes|grpcroutes|tlsroutes|referencegrants|backendtlspolicies|listenersets)\.yaml$/;
const CONTROLLER_USER = 'traefik';
const NAMESPACE = 'kube-system';
const START_MS = 30_000;

const run = promisify(execFile);

export type GatewayYard = Readonly<{
  gateway: string;
  /** Listener → `http://127.0.0.1:<port>`. */
  entrances: Readonly<Record<string, string>>;
  /** Prometheus text. */
  metricsUrl: string;
  /** Kills the proxy and starts it again, as after a crash. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}>;

/** Traefik as the Gateway API's controller and data plane of a yard's cluster, with one listener per name. */
export async function startGatewayYard(
  yard: KubernetesYard,
  namespace: string,
  listeners: readonly string[],
): Promise<GatewayYard> {
  const binary = await obtainTraefik();
  await yard.admin.kubectl(['apply', '--server-side', '-f', '-'], await definitions());
  await yard.admin.kubectl(['-n', NAMESPACE, 'create', 'serviceaccount', CONTROLLER_USER]);
  const subject = `--serviceaccount=${NAMESPACE}:${CONTROLLER_USER}`;
  await yard.admin.kubectl([
    'create',
    'clusterrolebinding',
    'traefik',
    '--clusterrole=cluster-admin',
    subject,
  ]);
  const ports: Record<string, number> = {};
  for (const name of listeners) ports[name] = await freePort();
  const apiPort = await freePort();
  const args = await traefikArguments(yard, ports, apiPort);
  const start = async (): Promise<RunningProcess> =>
    startProcess({
      name: 'traefik (gateway)',
      command: binary,
      args,
      cwd: yard.folder,
      ready: { port: apiPort },
      logFile: join(yard.folder, 'traefik.log'),
    });
  let process = await start();
  await yard.admin.kubectl(['apply', '-f', '-'], JSON.stringify(gatewayOf(namespace, ports)));
  await until('the gateway is programmed', START_MS, async () => {
    const path = 'jsonpath={.status.conditions[?(@.type=="Programmed")].status}';
    return (await yard.admin.kubectl(['-n', namespace, 'get', 'gateway', 'yard', '-o', path])) === 'True';
  });
  return {
    gateway: 'yard',
    entrances: Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [name, `http://127.0.0.1:${port}`]),
    ),
    metricsUrl: `http://127.0.0.1:${apiPort}/metrics`,
    restart: async () => {
      await process.kill();
      process = await start();
    },
    stop: async () => process.stop(),
  };
}

async function definitions(): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', GATEWAY_API], { cwd: '/' });
  const folder = join((JSON.parse(stdout) as { Dir: string }).Dir, 'config', 'crd', 'standard');
  const names = (await readdir(folder)).filter((name) => WANTED.test(name));
  return (await Promise.all(names.map(async (name) => readFile(join(folder, name), 'utf8')))).join('\n---\n');
}

async function traefikArguments(
  yard: KubernetesYard,
  ports: Readonly<Record<string, number>>,
  apiPort: number,
): Promise<readonly string[]> {
  const token = await yard.admin.kubectl([
    '-n',
    NAMESPACE,
    'create',
    'token',
    CONTROLLER_USER,
    '--duration=24h',
  ]);
  const tokenFile = join(yard.folder, 'traefik.token');
  await writeFile(tokenFile, token.trim(), { mode: 0o600 });
  return [
    '--global.checknewversion=false',
    '--global.sendanonymoususage=false',
    '--log.level=INFO',
    '--api.insecure=true',
    '--api.dashboard=false',
    '--metrics.prometheus=true',
    '--metrics.prometheus.addserviceslabels=true',
    `--entrypoints.traefik.address=127.0.0.1:${apiPort}`,
    ...Object.entries(ports).map(([name, port]) => `--entrypoints.${name}.address=127.0.0.1:${port}`),
    '--providers.kubernetesgateway=true',
    `--providers.kubernetesgateway.endpoint=${yard.url}`,
    `--providers.kubernetesgateway.token=${tokenFile}`,
    `--providers.kubernetesgateway.certauthfilepath=${join(yard.folder, 'ca.crt')}`,
    '--providers.kubernetesgateway.throttleduration=100ms',
    '--providers.providersthrottleduration=100ms',
  ];
}

function gatewayOf(namespace: string, ports: Readonly<Record<string, number>>) {
  const apiVersion = 'gateway.networking.k8s.io/v1';
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        apiVersion,
        kind: 'GatewayClass',
        metadata: { name: 'traefik' },
        spec: { controllerName: 'traefik.io/gateway-controller' },
      },
      {
        apiVersion,
        kind: 'Gateway',
        metadata: { name: 'yard', namespace },
        spec: {
          gatewayClassName: 'traefik',
          listeners: Object.entries(ports).map(([name, port]) => ({ name, port, protocol: 'HTTP' })),
        },
      },
    ],
  };
}
