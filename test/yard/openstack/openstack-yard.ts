import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningProcess } from '../tools/process.js';
import { writeConfiguration } from './configuration.js';
import { startFront, type Front } from './front.js';
import { ensureImage } from './make-image.js';
import { OpenstackAdmin } from './openstack-admin.js';
import { SEED } from './seed.js';
import { awaitAnswer, awaitComputes, startIdentity, startServices, stopAll } from './services.js';
import { startDatabase, startQueue } from './stores.js';
import { moveToPorts, packagesPresent, unpackImage, type Availability } from './yard-image.js';
import {
  choosePorts,
  hypervisors,
  PASSWORD,
  REGION,
  serviceUrl,
  type PortName,
  type YardPlaces,
} from './yard-places.js';

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
  /** Of every service that the catalogue names. */
  endpoints: readonly string[];
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

/**
 * Whether this machine can have the yard, and why not; makes its databases where they were never made, which takes a
 * minute or two.
 */
export async function openstackYardAvailable(onProgress?: (message: string) => void): Promise<Availability> {
  const packages = await packagesPresent();
  if (!packages.available) return packages;
  try {
    await ensureImage(await newPlaces({}), onProgress);
    return { available: true };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.slice(0, 300) : String(thrown);
    return { available: false, reason: `a fresh OpenStack could not be made: ${why}` };
  }
}

/** Starts an OpenStack of keystone, glance, placement, nova and neutron on loopback. It dies with this process. */
export async function startOpenstackYard(options: OpenstackYardOptions = {}): Promise<OpenstackYard> {
  const image = await ensureImage(await newPlaces(options), options.onProgress);
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
      endpoints: (['keystone', 'glance', 'placement', 'nova', 'neutron'] as const).map(
        (service) => front?.urls[service] ?? serviceUrl(places.ports, service),
      ),
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

async function newPlaces(options: OpenstackYardOptions): Promise<YardPlaces> {
  return {
    folder: await mkdtemp(join(tmpdir(), 'springtide-openstack-')),
    ports: await choosePorts(options.ports ?? {}),
    computes: options.computes ?? 2,
    tokenSeconds: options.tokenSeconds ?? 3_600,
    hypervisor: options.hypervisor ?? 'fake.MediumFakeDriver',
  };
}
