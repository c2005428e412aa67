import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, removeEmbeddedPostgres } from '@springtide/platform';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { obtainKubernetes, startKubernetesCluster, type KubernetesCluster } from './kubernetes-cluster.js';
import type { DemoOptions } from './options.js';
import { apiPort, servicePort } from './ports.js';
import { startPrivateCloud } from './private-cloud.js';
import { PRIVATE_TYPE, type DemoCurrency, type PrivateCloud } from './private-cloud.port.js';
import { startApi, startData, startWorker } from './product.js';
import type { PublicCloud } from './public-cloud.port.js';
import { currencyOf, startPublicClouds } from './public-clouds.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';
import { Verdicts } from './verdicts.js';
import { keepYardProgram } from './yard-program.js';

export type ProxyYard = Readonly<{
  product: string;
  providerId: string;
  settings: Readonly<Record<string, unknown>>;
  entrances: Readonly<Record<string, string>>;
}>;

export type Engines = Readonly<{
  apiUrl: string;
  adminToken: string;
  clouds: readonly PublicCloud[];
  /** Of every price in this demo. */
  currency: DemoCurrency;
  home: PrivateCloud;
  proxy: ProxyYard;
  /** Beside the machines, where it is asked for. */
  cluster: KubernetesCluster | undefined;
  /** Judges the twelve invariants while the story goes on. */
  verdicts: Verdicts;
  /** Where every machine serves. */
  servicePort: number;
  /** What each part runs on, for the report. */
  names: Readonly<Record<string, string>>;
}>;

/** Routes of the demo: each service with the burst, and a second entrance to a fleet of its own without. */
export const ROUTES = ['storefront', 'checkout', 'storefront-alone', 'checkout-alone'] as const;

const INSTALLATION = 'springtide-demo';

export function demoFolder(): string {
  return join(projectRoot(), 'var', 'demo');
}

/** The clouds of an earlier start lived in its processes and are gone; what was remembered of them is of no use. */
export async function forgetEarlier(folder: string): Promise<void> {
  await removeEmbeddedPostgres(join(folder, 'postgres'));
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  await mkdir(folder, { recursive: true });
}

/** Brings up everything that the story needs, in parallel where nothing waits for anything. */
export async function startEngines(supervisor: Supervisor, options: DemoOptions): Promise<Engines> {
  const folder = demoFolder();
  const currency = currencyOf(options.publicClouds);
  const kubernetes = options.with.includes('kubernetes') ? await obtainKubernetes() : undefined;
  const [port, machinesPort] = [await apiPort(options.port), await servicePort()];
  const [clouds, home, proxy, data, cluster] = await Promise.all([
    startPublicClouds(supervisor, folder, options.publicClouds),
    startPrivateCloud(supervisor, folder, options.privateCloud, currency),
    startProxy(supervisor, folder, options.proxy),
    startData(supervisor, folder),
    kubernetes === undefined ? undefined : startKubernetesCluster(supervisor, folder, kubernetes),
  ]);
  const env = {
    SPRINGTIDE_DATABASE_URL: data.databaseUrl,
    TEMPORAL_ADDRESS: data.temporalAddress,
    SPRINGTIDE_INSTALLATION: INSTALLATION,
    SPRINGTIDE_VAULT_KEY_FILE: join(folder, 'vault.key'),
    SPRINGTIDE_POLICY: 'demo',
    SPRINGTIDE_OPEN_ENDPOINTS: openEndpoints([
      ...clouds.flatMap(({ endpoints }) => endpoints),
      ...home.endpoints,
      ...controlUrls(proxy.settings),
      ...(cluster === undefined ? [] : [cluster.url]),
    ]),
    SPRINGTIDE_CONSOLE_FOLDER: join(projectRoot(), 'dist', 'apps', 'console'),
  };
  const api = await startApi(supervisor, folder, env, port);
  await startWorker(supervisor, folder, env);
  const verdicts = await Verdicts.begin(supervisor, folder, env);
  return {
    ...api,
    clouds,
    currency,
    home,
    proxy,
    cluster,
    verdicts,
    servicePort: machinesPort,
    names: {
      privateCloud: home.engine,
      ...Object.fromEntries(clouds.map(({ name, engine }) => [name, engine])),
      proxy: proxy.product,
      ...(cluster === undefined ? {} : { kubernetes: cluster.engine }),
      workflows: 'Temporal development server',
      database: 'PostgreSQL 18, embedded',
      node: `Node.js ${process.versions.node}`,
    },
  };
}

async function startProxy(
  supervisor: Supervisor,
  folder: string,
  engine: DemoOptions['proxy'],
): Promise<ProxyYard> {
  const ports = await Promise.all(ROUTES.map(async () => await freePort()));
  const routes = ROUTES.flatMap((name, index) => ['--route', `${name}:${ports[index]}`]);
  const control = ['--control-port', String(await freePort()), '--folder', join(folder, 'proxy')];
  const yard = await keepYardProgram<ProxyYard>(supervisor, {
    name: 'proxy',
    place: 'test/yard/traffic',
    entry: 'traffic-yard.main',
    args: [...routes, ...control, '--engine', engine],
    logFolder: folder,
  });
  screen.say(`The entrance is ${yard.product}.`);
  return yard;
}

/** Machines of the demo's clouds answer HTTP, each with the true capacity of its type. */
export async function startBootAgent(supervisor: Supervisor, engines: Engines): Promise<void> {
  const logFolder = demoFolder();
  const config = join(logFolder, 'boot-agent.json');
  const settings = {
    sources: [...engines.clouds.map(({ watched }) => watched), engines.home.watched],
    capacities: Object.fromEntries(
      [PRIVATE_TYPE, ...engines.clouds.flatMap(({ machineTypes }) => machineTypes)].map(({ name, truly }) => [
        name,
        { requestsPerSecond: truly, baseLatencyMs: 12 },
      ]),
    ),
    port: engines.servicePort,
    bootMs: 500,
    pollMs: 400,
  };
  await writeFile(config, JSON.stringify(settings), { mode: 0o600 });
  await keepYardProgram(supervisor, {
    name: 'machines',
    place: 'test/yard/machines',
    entry: 'boot-agent.main',
    args: ['--config', config],
    logFolder,
  });
}

/** `host:port` of every address that the operator opens for the demo's loopback clouds. */
function openEndpoints(urls: readonly string[]): string {
  return urls
    .map((text) => new URL(text))
    .map((url) => `${url.hostname}:${url.port}`)
    .join(',');
}

/** The proxy's control address, whatever its provider calls it. */
function controlUrls(settings: Readonly<Record<string, unknown>>): readonly string[] {
  const texts = Object.values(settings).filter((value): value is string => typeof value === 'string');
  const urls = texts.filter((text) => /^https?:\/\//.test(text));
  const { host, port } = settings;
  return typeof host === 'string' && typeof port === 'number' ? [...urls, `http://${host}:${port}`] : urls;
}
