import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient, routes, type AccountBody, type ApiClient } from '@springtide/contracts';
import { freePort, startEmbeddedTemporal, temporalBinary } from '@springtide/platform';
import { seedTenant, testDatabase, workflowBundle, type TestDatabase } from '@springtide/testing';
import { Connection, Client } from '@temporalio/client';
import { idempotencySchema } from '../../apps/api/src/idempotency/data/idempotency.migration.js';
import {
  examplePrivateCloud,
  examplePublicCloud,
  type CloudPlanInput,
} from '../../providers/simulated/index.js';
import { BootAgent } from '../yard/machines/boot-agent.js';
import { simulatedSource } from '../yard/machines/machine-source.js';
import { startSimulatedYard, type SimulatedYard } from '../yard/simulated/simulated-yard.js';
import { startTrafficYard, type TrafficYard } from '../yard/traffic/traffic-yard.js';
import { patientFetch } from './patient-fetch.js';
import { proxyEntrances } from './stage-entrances.js';
import { StageOracle } from './stage-oracle.js';
import { StageProcess } from './stage-process.js';

/** On every machine; what it answers with is the boot agent's business. */
const PORT = 8080;

export type StageRequest = Readonly<{
  /** Of the public cloud, beside the standard one. */
  publicCloud?: Partial<CloudPlanInput>;
  publicSecret?: string;
  /** Default 1. */
  workers?: number;
  /** Left out: engines of this stage's own, that nothing happens to. */
  engines?: StageEngines;
  /** Given the clouds' address: the one under which the product shall know them. */
  cloudsBehind?(url: string): string;
  /** People repeat for so long what is refused for a moment, and nobody keeps what they were answered: for hours of faults. */
  patientMs?: number;
}>;

/** Addresses are those that the processes of the product are told. */
export type StageEngines = Readonly<{
  database: TestDatabase;
  databaseUrl: string;
  temporalAddress: string;
}>;

export type Stage = Readonly<{
  database: TestDatabase;
  clouds: SimulatedYard;
  proxy: TrafficYard;
  entrance: string;
  apiUrl: string;
  /** Author and operator of campaigns. */
  operations: ApiClient;
  approver: ApiClient;
  admin: ApiClient;
  adminToken: string;
  tenantId: string;
  accounts: Readonly<Record<'home' | 'cloud', AccountBody>>;
  temporal: Client;
  temporalAddress: string;
  templateId: string;
  /** Every machine of ours that the clouds ever had, as they themselves say. */
  everMade(): ReadonlySet<string>;
  /** Judges the twelve invariants, from the beginning to the end. */
  oracle: StageOracle;
  /** Of the processes of the product. */
  environment: Readonly<Record<string, string>>;
  api: StageProcess;
  workers: readonly StageProcess[];
  /** Kills the first worker with SIGKILL, and starts another one. */
  replaceWorker(): Promise<void>;
  /** Everything the processes wrote. */
  logs(): Promise<string>;
  /** Everything the API answered to the people of this stage. */
  answers(): string;
  stop(): Promise<void>;
}>;

/** Everything real but the clouds, which are simulated behind HTTP: database, engine, API, workers, proxy, machines. */
export async function setStage(request: StageRequest = {}): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-e2e-'));
  const [engines, proxy, bundle] = await Promise.all([
    enginesFor(request, folder),
    startTrafficYard({ routes: [{ name: 'storefront' }], folder }),
    workflowBundle(),
  ]);
  const { database } = engines;
  const clouds = await startClouds(request);
  const cloudsUrl = request.cloudsBehind?.(clouds.url) ?? clouds.url;
  const machines = startMachines(clouds);
  const census = takeCensus(clouds);
  const env = environment(folder, engines, openEndpoints(cloudsUrl, proxy), await freePort());
  const api = await apiProcess(env, folder).start();
  const names = Array.from({ length: request.workers ?? 1 }, (_, at) =>
    at === 0 ? 'worker' : `worker-${at + 1}`,
  );
  const workers = names.map((name) => workerProcess(name, env, folder, bundle));
  for (const worker of workers) await worker.start();
  const connection = await Connection.connect({ address: engines.temporalAddress });
  const answers: string[] = [];
  const people = await invite(api.url, database, listening(answers, request.patientMs));
  const accounts = await register(people.admin, cloudsUrl, proxy, request);
  await declareEntrance(people.admin, clouds, accounts.entrance);
  const oracle = new StageOracle({
    databaseUrl: database.ownerUrl,
    clouds,
    accounts: { home: accounts.home.id, cloud: accounts.cloud.id },
    installation: env.SPRINGTIDE_INSTALLATION,
    entrances: proxyEntrances(proxy, { tenantId: people.tenantId, accountId: accounts.entrance.id }),
  });
  return {
    database,
    clouds,
    proxy,
    ...people,
    accounts,
    apiUrl: api.url,
    entrance: proxy.entrances['storefront'] ?? '',
    temporal: new Client({ connection }),
    temporalAddress: engines.temporalAddress,
    templateId: (await people.operations.call(routes.templateCreate, { body: TEMPLATE })).id,
    everMade: () => census.seen,
    answers: () => answers.join('\n'),
    api,
    workers,
    replaceWorker: async () => {
      await workers[0]?.kill();
      await workers[0]?.start();
    },
    logs: async () =>
      (
        await Promise.all(
          ['api', ...names].map(async (name) => await readFile(join(folder, `${name}.log`), 'utf8')),
        )
      ).join(''),
    oracle,
    environment: env,
    stop: async () => {
      await oracle.stop();
      await Promise.all([...workers, api].map(async (one) => await one.stop()));
      await connection.close();
      census.end();
      await Promise.all([machines.stop(), proxy.stop(), engines.stop()]);
      await clouds.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const CAPACITY = { requestsPerSecond: 200, baseLatencyMs: 2 };

const TEMPLATE = `
name: shop
services:
  - name: storefront
    route: storefront
    port: ${PORT}
    healthPath: /healthz
    image: img-shop-1
    capacityModel:
      - { machineType: vm.2, requestsPerSecond: 20, latencyTargetMs: 250, evidence: load test of one machine }
      - { machineType: c2.large, requestsPerSecond: 20, latencyTargetMs: 250, evidence: load test of one machine }
      - { machineType: c2.xlarge, requestsPerSecond: 40, latencyTargetMs: 250, evidence: load test of one machine }
    warmUpSeconds: 1
    headroom: 0
    minimumMachines: 1
`;

async function enginesFor(
  { engines }: StageRequest,
  folder: string,
): Promise<StageEngines & { stop(): Promise<void> }> {
  if (engines !== undefined) return { ...engines, stop: async () => await Promise.resolve() };
  const { schemaParts } = await import('@springtide/schema');
  const [database, temporal] = await Promise.all([
    testDatabase([...schemaParts(), idempotencySchema]),
    startEmbeddedTemporal({
      dbFile: join(folder, 'temporal.db'),
      binary: await temporalBinary(),
      durable: false,
    }),
  ]);
  return {
    database,
    databaseUrl: database.ownerUrl,
    temporalAddress: temporal.address,
    stop: async () => {
      await temporal.stop();
      await database.drop();
    },
  };
}

function startMachines(clouds: SimulatedYard): BootAgent {
  const machines = new BootAgent({
    sources: [simulatedSource('clouds', `${clouds.url}/machines`)],
    capacities: Object.fromEntries(['vm.2', 'c2.large', 'c2.xlarge'].map((type) => [type, CAPACITY])),
    port: PORT,
    bootMs: 100,
    pollMs: 100,
    log: () => undefined,
  });
  machines.start();
  return machines;
}

/** A private cloud with room for two more machines, and a public one. */
async function startClouds({ publicCloud = {}, publicSecret }: StageRequest): Promise<SimulatedYard> {
  const behaviour = { bootMs: 800, terminateMs: 500 };
  const hosts = { count: 1, vcpu: 6, memoryMiB: 32_768 };
  const credentials = { accessKey: 'public-access-key', secretKey: publicSecret ?? 'public-secret-key' };
  return await startSimulatedYard({
    clouds: {
      home: examplePrivateCloud({
        regions: [
          {
            id: 'dc-1',
            zones: [{ id: 'cluster-a', hosts }],
            networks: [{ id: 'vlan-10', cidr: '127.31.0.0/16', addresses: 100 }],
          },
        ],
        behaviour: { ...behaviour, addressRange: '127.31.0.0/16' },
      }),
      cloud: examplePublicCloud({ behaviour, credentials, ...publicCloud }),
    },
  });
}

/** Machines live for seconds; looking ten times a second misses none. */
function takeCensus(clouds: SimulatedYard): { seen: ReadonlySet<string>; end(): void } {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const name of ['home', 'cloud']) {
      for (const { id, labels } of clouds.cloud(name)?.machines() ?? []) {
        if (labels['owner'] === undefined) seen.add(`${name}/${id}`);
      }
    }
  }, 100);
  return { seen, end: () => clearInterval(timer) };
}

function openEndpoints(cloudsUrl: string, proxy: TrafficYard): string {
  const { host, port, apiUrl } = proxy.settings as { host?: string; port?: number; apiUrl?: string };
  const control = apiUrl === undefined ? `${host}:${port}` : new URL(apiUrl).host;
  return [new URL(cloudsUrl).host, control].join(',');
}

function environment(folder: string, engines: StageEngines, open: string, port: number) {
  return {
    SPRINGTIDE_DATABASE_URL: engines.databaseUrl,
    TEMPORAL_ADDRESS: engines.temporalAddress,
    SPRINGTIDE_HTTP_PORT: String(port),
    SPRINGTIDE_INSTALLATION: 'e2e',
    SPRINGTIDE_POLICY: 'demo',
    SPRINGTIDE_VAULT_KEY_FILE: join(folder, 'vault.key'),
    SPRINGTIDE_OPEN_ENDPOINTS: open,
  };
}

type Environment = ReturnType<typeof environment>;

function apiProcess(env: Environment, folder: string): StageProcess {
  const place = join(import.meta.dirname, '../../apps/api/src');
  return new StageProcess({ name: 'api', place, entry: 'main', args: [], env, folder });
}

function workerProcess(name: string, env: Environment, folder: string, bundle: string): StageProcess {
  const program = { place: import.meta.dirname, entry: 'worker.main', args: [bundle] };
  return new StageProcess({ name, ...program, env, folder });
}

/** Keeps what was answered, where that does not go on for hours. */
function listening(answers: string[], patientMs: number | undefined): typeof fetch {
  if (patientMs !== undefined) return patientFetch(patientMs);
  return async (...asked) => {
    const response = await fetch(...asked);
    answers.push(await response.clone().text());
    return response;
  };
}

async function invite(apiUrl: string, database: TestDatabase, ask: typeof fetch) {
  const seeded = await seedTenant(database.database);
  const client = (token: string) => createClient({ baseUrl: apiUrl, token, fetch: ask });
  return {
    tenantId: seeded.tenantId,
    adminToken: seeded.adminToken,
    admin: client(seeded.adminToken),
    operations: client((await seeded.user(['operations'])).token),
    approver: client((await seeded.user(['approver'])).token),
  };
}

async function register(
  admin: ApiClient,
  cloudsUrl: string,
  proxy: TrafficYard,
  { publicSecret }: StageRequest,
) {
  const add = async (name: string, provider: string, settings: object, secret: object) =>
    await admin.call(routes.accountRegister, {
      body: { name, provider, settings: { ...settings }, secret: { ...secret } },
    });
  const home = await add(
    'home',
    'simulated',
    { endpoint: `${cloudsUrl}/clouds/home`, kind: 'private-cloud' },
    {
      accessKey: 'private-access-key',
      secretKey: 'private-secret-key-for-tests',
    },
  );
  const cloud = await add(
    'cloud',
    'simulated',
    { endpoint: `${cloudsUrl}/clouds/cloud` },
    {
      accessKey: 'public-access-key',
      secretKey: publicSecret ?? 'public-secret-key',
    },
  );
  const entrance = await add('entrance', proxy.providerId, proxy.settings, {});
  for (const account of [home, cloud, entrance]) {
    if (account.status !== 'healthy') throw new Error(`${account.name}: ${account.health?.problem}`);
  }
  return { home, cloud, entrance };
}

/** One machine that serves always, made outside; it runs before anybody thinks of a campaign. */
async function declareEntrance(admin: ApiClient, clouds: SimulatedYard, account: AccountBody): Promise<void> {
  clouds.cloud('home')?.administer({ action: 'create-foreign' });
  for (let waited = 0; waited < 100; waited += 1) {
    const [machine] = clouds.cloud('home')?.machines() ?? [];
    if (machine?.state === 'running') {
      await wait(300);
      const standing = {
        id: machine.id,
        address: machine.address,
        port: PORT,
        machineType: machine.machineType,
      };
      await admin.call(routes.routeCreate, {
        body: { name: 'storefront', accountId: account.id, service: 'storefront', home: [standing] },
      });
      return;
    }
    await wait(100);
  }
  throw new Error('the standing machine never ran');
}
