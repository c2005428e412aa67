import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  freePort,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
  startEmbeddedTemporal,
  temporalBinary,
} from '@springtide/platform';
import type { AwsYardAccess } from '../../../test/yard/aws/aws-yard.js';
import { nodeArguments } from '../../../test/yard/tools/node-arguments.js';
import { projectRoot } from '../../../test/yard/tools/lane.js';
import { startProcess, type RunningProcess } from '../../../test/yard/tools/process.js';
import type { VsphereYard } from '../../../test/yard/vsphere/vsphere-yard.js';
import type { DemoOptions } from './options.js';
import { screen } from './screen.js';
import type { Supervisor } from './supervisor.js';

export type PrivateYard = Omit<VsphereYard, 'stop'>;
export type ProxyYard = Readonly<{
  engine: string;
  product: string;
  providerId: string;
  settings: Readonly<Record<string, unknown>>;
  entrances: Readonly<Record<string, string>>;
}>;

export type Engines = Readonly<{
  apiUrl: string;
  adminToken: string;
  aws: AwsYardAccess;
  vsphere: PrivateYard;
  proxy: ProxyYard;
  /** What each part runs on, for the report. */
  names: Readonly<Record<string, string>>;
}>;

/** Routes of the demo: each service with the burst, and a second entrance to a fleet of its own without. */
export const ROUTES = ['storefront', 'checkout', 'storefront-alone', 'checkout-alone'] as const;

const INSTALLATION = 'springtide-demo';

export function demoFolder(): string {
  return join(projectRoot(), 'var', 'demo');
}

/** Brings up everything that the story needs, in parallel where nothing waits for anything. */
export async function startEngines(supervisor: Supervisor, options: DemoOptions): Promise<Engines> {
  const folder = demoFolder();
  await forgetEarlier(folder);
  const [aws, vsphere, proxy, data] = await Promise.all([
    startAws(supervisor, folder),
    startVsphere(supervisor, folder),
    startProxy(supervisor, folder),
    startData(supervisor, folder),
  ]);
  const env = {
    SPRINGTIDE_DATABASE_URL: data.databaseUrl,
    TEMPORAL_ADDRESS: data.temporalAddress,
    SPRINGTIDE_INSTALLATION: INSTALLATION,
    SPRINGTIDE_VAULT_KEY_FILE: join(folder, 'vault.key'),
    SPRINGTIDE_POLICY: 'demo',
    SPRINGTIDE_OPEN_ENDPOINTS: openEndpoints([aws.endpoint, vsphere.url, ...controlUrls(proxy.settings)]),
    SPRINGTIDE_CONSOLE_FOLDER: join(projectRoot(), 'dist', 'apps', 'console'),
  };
  const api = await startApi(supervisor, folder, env, options.port);
  await startWorker(supervisor, folder, env);
  return {
    ...api,
    aws,
    vsphere,
    proxy,
    names: {
      database: 'PostgreSQL 18 (embedded)',
      workflows: 'Temporal development server',
      privateCloud: 'vSphere: vcsim over SOAP',
      publicCloud: 'AWS: moto behind the yard’s front',
      proxy: proxy.product,
      node: process.version,
    },
  };
}

/** The clouds of an earlier start lived in its processes and are gone; what was remembered of them is of no use. */
async function forgetEarlier(folder: string): Promise<void> {
  await removeEmbeddedPostgres(join(folder, 'postgres'));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

async function startData(supervisor: Supervisor, folder: string) {
  const [postgresPort, temporalPort] = [await freePort(), await freePort()];
  const binary = await temporalBinary((message) => screen.say(message));
  let databaseUrl = '';
  await supervisor.keep('postgres', async () => {
    const server = await startEmbeddedPostgres({ dir: join(folder, 'postgres'), port: postgresPort });
    databaseUrl = server.url;
    return server;
  });
  await supervisor.keep(
    'temporal',
    async () =>
      await startEmbeddedTemporal({
        dbFile: join(folder, 'temporal', 'temporal.db'),
        binary,
        port: temporalPort,
      }),
  );
  screen.say('PostgreSQL and Temporal are up.');
  return { databaseUrl, temporalAddress: `127.0.0.1:${temporalPort}` };
}

async function startAws(supervisor: Supervisor, folder: string): Promise<AwsYardAccess> {
  const access = await startJson<AwsYardAccess>(supervisor, folder, 'aws', 'test/yard/aws', 'aws-yard.main', [
    '--state',
    join(folder, 'aws'),
    '--boot-delay-ms',
    '2500',
  ]);
  screen.say(`The public cloud answers at ${access.endpoint} (EC2 wire protocol).`);
  return access;
}

async function startVsphere(supervisor: Supervisor, folder: string): Promise<PrivateYard> {
  const yard = await startJson<PrivateYard>(
    supervisor,
    folder,
    'vsphere',
    'test/yard/vsphere',
    'vsphere-yard.main',
    ['--clusters', '1', '--hosts', '1', '--host-memory-mib', String(PRIVATE_MEMORY_MIB)],
  );
  screen.say(`The private cloud answers at ${yard.url} (vSphere SOAP).`);
  return yard;
}

/** Room for the standing fleets, the yard's own machine and three more: what the company has left. */
const PRIVATE_MEMORY_MIB = 22_528;

async function startProxy(supervisor: Supervisor, folder: string): Promise<ProxyYard> {
  const ports = await Promise.all(ROUTES.map(async () => await freePort()));
  const routes = ROUTES.flatMap((name, index) => ['--route', `${name}:${ports[index]}`]);
  const control = ['--control-port', String(await freePort()), '--folder', join(folder, 'proxy')];
  const yard = await startJson<ProxyYard>(
    supervisor,
    folder,
    'proxy',
    'test/yard/traffic',
    'traffic-yard.main',
    [...routes, ...control],
  );
  screen.say(`The entrance is ${yard.product}.`);
  return yard;
}

/** Machines of the demo's clouds answer HTTP, each with the true capacity of its type. */
export async function startBootAgent(supervisor: Supervisor, engines: Engines): Promise<void> {
  const folder = demoFolder();
  const { vsphere, aws } = engines;
  const config = join(folder, 'boot-agent.json');
  const capacity = (requestsPerSecond: number) => ({ requestsPerSecond, baseLatencyMs: 12 });
  await writeFile(
    config,
    JSON.stringify({
      sources: [
        { kind: 'aws-yard', name: 'aws', adminUrl: aws.endpoint },
        {
          kind: 'vsphere',
          name: 'vsphere',
          url: vsphere.url,
          user: vsphere.user,
          password: vsphere.password,
          caPem: vsphere.caPem,
        },
      ],
      capacities: {
        'private.medium': capacity(30),
        'c6i.large': capacity(40),
        'c6i.xlarge': capacity(80),
        'm6i.large': capacity(34),
      },
      port: 8080,
      bootMs: 500,
      pollMs: 400,
    }),
    { mode: 0o600 },
  );
  await startJson(supervisor, folder, 'machines', 'test/yard/machines', 'boot-agent.main', [
    '--config',
    config,
  ]);
}

async function startApi(
  supervisor: Supervisor,
  folder: string,
  env: Readonly<Record<string, string>>,
  port: number,
): Promise<{ apiUrl: string; adminToken: string }> {
  const apiPort = await portOr(port);
  let adminToken = '';
  await supervisor.keep(
    'api',
    async () =>
      await startProcess({
        name: 'api',
        command: process.execPath,
        args: ['--enable-source-maps', join(projectRoot(), 'dist/apps/api/src/main.js')],
        env: { ...env, SPRINGTIDE_HTTP_PORT: String(apiPort) },
        ready: (line) => line.includes('the API listens'),
        readyTimeoutMs: 60_000,
        logFile: join(folder, 'api.log'),
        onLine: (line) => {
          adminToken = /token for one day: (\S+)/.exec(line)?.[1] ?? adminToken;
        },
      }),
  );
  if (adminToken === '') throw new Error('the API printed no token for its first administrator');
  const apiUrl = `http://127.0.0.1:${apiPort}`;
  screen.say(`The API and the console are at ${apiUrl}.`);
  return { apiUrl, adminToken };
}

async function startWorker(
  supervisor: Supervisor,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  await supervisor.keep(
    'worker',
    async () =>
      await startProcess({
        name: 'worker',
        command: process.execPath,
        args: ['--enable-source-maps', join(projectRoot(), 'dist/apps/worker/src/main.js')],
        env,
        ready: (line) => line.includes('the worker takes work'),
        readyTimeoutMs: 60_000,
        logFile: join(folder, 'worker.log'),
      }),
  );
}

/** A program of the yard that says in one JSON line that it is ready, and how to reach it. */
async function startJson<T>(
  supervisor: Supervisor,
  folder: string,
  name: string,
  place: string,
  entry: string,
  args: readonly string[],
): Promise<T> {
  const seen: T[] = [];
  await supervisor.keep(name, async (): Promise<RunningProcess> => {
    return await startProcess({
      name,
      command: process.execPath,
      args: [...nodeArguments(join(projectRoot(), 'dist', place), entry), ...args],
      ready: (line) => {
        if (!line.startsWith('{')) return false;
        seen.push(JSON.parse(line) as T);
        return true;
      },
      readyTimeoutMs: 600_000,
      logFile: join(folder, `${name}.log`),
      onLine: (line) => {
        if (!line.startsWith('{')) screen.say(line);
      },
    });
  });
  const [ready] = seen;
  if (ready === undefined) throw new Error(`${name} did not say how to reach it`);
  return ready;
}

async function portOr(wanted: number): Promise<number> {
  if (wanted === 0) return await freePort();
  return wanted;
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
