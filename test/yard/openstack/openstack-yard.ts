import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { SpringtideError } from '@springtide/kernel';
import type { RunningProcess } from '../tools/process.js';
import { databaseUrl, writeConfiguration } from './configuration.js';
import { startFront, type Front } from './front.js';
import { OpenstackAdmin } from './openstack-admin.js';
import { adminToken, SEED, seedContent, seedIdentity } from './seed.js';
import { awaitAnswer, startIdentity, startServices } from './services.js';
import { createDatabaseFiles, openDatabaseToServices, sql, startDatabase, startQueue } from './stores.js';
import { DATABASES, imageFolder, keepImage, moveToPorts, unpackImage } from './yard-image.js';
import {
  choosePorts,
  hypervisors,
  inYard,
  PASSWORD,
  REGION,
  serviceUrl,
  type PortName,
  type YardPlaces,
} from './yard-places.js';
import { call } from './yard-http.js';

export { openstackYardAvailable } from './yard-image.js';

export type OpenstackYardOptions = Readonly<{
  /** Free ports are chosen for those that are absent. */
  ports?: Partial<Record<PortName, number>>;
  /** Hypervisors, each alone in a zone. Default 2. */
  computes?: number;
  /** Class of nova.virt.fake. Default `fake.MediumFakeDriver`: 10 cores (160 vCPU) and 8 GiB (12 GiB of machines). */
  hypervisor?: string;
  tokenSeconds?: number;
  /** Puts a proxy before the public endpoints, which can cut, delay and refuse. Default false. */
  withFront?: boolean;
  onProgress?: (message: string) => void;
}>;

export type OpenstackYard = Readonly<{
  /** Identity API, as an account names it: `http://127.0.0.1:<port>/v3`. */
  url: string;
  /** The same without a proxy before it. */
  directUrl: string;
  user: string;
  password: string;
  project: string;
  region: string;
  zones: readonly string[];
  network: string;
  /** External network with public addresses. */
  outside: string;
  image: string;
  admin: OpenstackAdmin;
  front: Front | undefined;
  folder: string;
  stop(): Promise<void>;
}>;

const run = promisify(execFile);
const COMPUTES_WITHIN_MS = 120_000;

/** Starts an OpenStack of keystone, glance, placement, nova and neutron on loopback. It dies with this process. */
export async function startOpenstackYard(options: OpenstackYardOptions = {}): Promise<OpenstackYard> {
  const image = await ensureImage(options);
  const places = await newPlaces(options);
  const running: RunningProcess[] = [];
  let front: Front | undefined;
  const stop = async (): Promise<void> => {
    await front?.close();
    await stopAll(running);
    await rm(places.folder, { recursive: true, force: true });
  };
  try {
    await unpackImage(image, places);
    await writeConfiguration(places);
    if (options.withFront === true) front = await startFront(places.ports);
    await bringUp(places, running, front?.urls ?? {}, options.onProgress);
    const admin = await OpenstackAdmin.open(places);
    const directUrl = serviceUrl(places.ports, 'keystone');
    return {
      url: front?.urls.keystone ?? directUrl,
      directUrl,
      user: SEED.user,
      password: PASSWORD,
      project: SEED.project,
      region: REGION,
      zones: hypervisors(places).map(({ zone }) => zone),
      network: await admin.networkId(SEED.network),
      outside: await admin.networkId(SEED.outside),
      image: await admin.imageId(SEED.image),
      admin,
      front,
      folder: places.folder,
      stop,
    };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function bringUp(
  places: YardPlaces,
  running: RunningProcess[],
  publicUrls: Readonly<Record<string, string>>,
  onProgress: OpenstackYardOptions['onProgress'],
): Promise<void> {
  const queue = startQueue(places).then((started) => running.push(...started));
  const stores = Promise.allSettled([queue]);
  try {
    running.push(await startDatabase(places));
    await moveToPorts(places, publicUrls);
    running.push(...(await startIdentity(places)));
    await awaitAnswer(places, 'keystone');
    onProgress?.('keystone answers');
    await queue;
    running.push(...(await startServices(places)));
    for (const name of ['nova', 'neutron', 'glance', 'placement'] as const) await awaitAnswer(places, name);
    await awaitComputes(places);
    onProgress?.('all services answer');
  } finally {
    await stores;
  }
}

/** Makes the image of a fresh cloud where this machine has none yet: schemas, users, and a cloud's usual content. */
async function ensureImage(options: OpenstackYardOptions): Promise<string> {
  const places = await newPlaces(options);
  const image = await imageFolder(places);
  if (existsSync(image)) {
    await rm(places.folder, { recursive: true, force: true });
    return image;
  }
  options.onProgress?.('making the databases of a fresh OpenStack; this takes a minute or two, once');
  const running: RunningProcess[] = [];
  try {
    await writeConfiguration(places);
    await createDatabaseFiles(places);
    running.push(await startDatabase(places));
    await openDatabaseToServices(places);
    await makeSchemas(places);
    running.push(...(await startQueue(places)), ...(await startIdentity(places)));
    await awaitAnswer(places, 'keystone');
    await seedIdentity(places);
    await moveToPorts(places, {});
    running.push(...(await startServices(places)));
    for (const name of ['nova', 'neutron', 'glance'] as const) await awaitAnswer(places, name);
    await manage(places, 'nova-manage', ['cell_v2', 'discover_hosts']);
    await awaitComputes(places);
    await seedContent(places);
    await stopAll(running.splice(0));
    await keepImage(places, image);
    return image;
  } finally {
    await stopAll(running);
    await rm(places.folder, { recursive: true, force: true });
  }
}

async function makeSchemas(places: YardPlaces): Promise<void> {
  await sql(places, DATABASES.map((name) => `create database ${name} character set utf8`).join('; '));
  const user = userInfo().username;
  const owner = ['--keystone-user', user, '--keystone-group', user];
  const identity = async (): Promise<void> => {
    await manage(places, 'keystone-manage', ['db_sync']);
    await manage(places, 'keystone-manage', ['fernet_setup', ...owner]);
    await manage(places, 'keystone-manage', ['credential_setup', ...owner]);
    const url = serviceUrl(places.ports, 'keystone');
    const sides = ['admin', 'public', 'internal'].flatMap((side) => [`--bootstrap-${side}-url`, url]);
    const bootstrap = [
      'bootstrap',
      '--bootstrap-password',
      PASSWORD,
      '--bootstrap-region-id',
      REGION,
      ...sides,
    ];
    await manage(places, 'keystone-manage', bootstrap);
    await manage(places, 'glance-manage', ['db_sync']);
    await manage(places, 'placement-manage', ['db', 'sync']);
  };
  const compute = async (): Promise<void> => {
    await manage(places, 'nova-manage', ['api_db', 'sync']);
    const cell0 = ['cell_v2', 'map_cell0', '--database_connection', databaseUrl(places, 'nova_cell0')];
    await manage(places, 'nova-manage', cell0);
    await manage(places, 'nova-manage', ['db', 'sync']);
    await manage(places, 'nova-manage', ['cell_v2', 'create_cell', '--name', 'cell1']);
  };
  const network = manage(places, 'neutron-db-manage', ['upgrade', 'heads']);
  await Promise.all([identity(), compute(), network]);
}

async function manage(places: YardPlaces, program: string, args: readonly string[]): Promise<void> {
  const service = program.split('-')[0] ?? '';
  const file = inYard(
    places,
    'etc',
    service === 'placement' ? 'placement/placement.conf' : `${service}.conf`,
  );
  await run(`/usr/bin/${program}`, ['--config-file', file, ...args], {
    env: { ...process.env, OS_PLACEMENT_CONFIG_DIR: inYard(places, 'etc', 'placement') },
    maxBuffer: 64 << 20,
  });
}

async function awaitComputes(places: YardPlaces): Promise<void> {
  const services = z.object({ services: z.array(z.object({ state: z.string() })) });
  const carriers = z.object({ hypervisors: z.array(z.unknown()) });
  const url = serviceUrl(places.ports, 'nova');
  const deadline = Date.now() + COMPUTES_WITHIN_MS;
  while (Date.now() < deadline) {
    const token = await adminToken(places);
    const up = services
      .parse((await call('GET', `${url}/os-services?binary=nova-compute`, { token })).body)
      .services.filter(({ state }) => state === 'up');
    const known = carriers.parse((await call('GET', `${url}/os-hypervisors`, { token })).body).hypervisors;
    if (up.length >= places.computes && known.length >= places.computes) return;
    await wait(250);
  }
  throw new SpringtideError('unavailable', 'the hypervisors of the OpenStack yard did not come up');
}

async function newPlaces(options: OpenstackYardOptions): Promise<YardPlaces> {
  return {
    folder: await mkdtemp(join(tmpdir(), 'springtide-openstack-')),
    ports: await choosePorts(options.ports ?? {}),
    computes: options.computes ?? 2,
    tokenSeconds: options.tokenSeconds ?? 3_600,
    hypervisor: options.hypervisor ?? 'fake.MediumFakeDriver',
  };
}

/** Last come, first gone; the stores outlive those that write to them. */
async function stopAll(running: readonly RunningProcess[]): Promise<void> {
  const stores = running.filter(({ name }) => ['MariaDB', 'RabbitMQ', 'Erlang port mapper'].includes(name));
  const services = running.filter((each) => !stores.includes(each));
  await Promise.all(services.map(async (each) => each.stop(2_000)));
  await Promise.all(stores.map(async (each) => each.stop(10_000)));
}
