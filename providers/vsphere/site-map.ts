import { SpringtideError, type Clock, type Instant } from '@springtide/kernel';
import { DATASTORE_PROPERTIES, readDatastore, type Datastore } from './datastore-record.js';
import type { MoRef } from './soap/soap-connection.js';
import {
  propertyReference,
  propertyText,
  readWholeTree,
  type ObjectContent,
  type PropertyWish,
} from './vim/property-collector.js';
import type { VimSession } from './vim/vim-session.js';

export type Host = Readonly<{
  ref: MoRef;
  name: string;
  memoryMiB: number;
  cores: number;
  /** Connected and not in maintenance. */
  usable: boolean;
}>;

/** A compute cluster (or a lone host's compute resource): what the rest of Springtide calls a zone. */
export type Cluster = Readonly<{ ref: MoRef; name: string; resourcePool: MoRef; hosts: readonly Host[] }>;

/** A datacenter: what the rest of Springtide calls a region. */
export type Datacenter = Readonly<{
  ref: MoRef;
  name: string;
  machineFolder: MoRef;
  clusters: readonly Cluster[];
  datastores: readonly Datastore[];
}>;

const PLACES: PropertyWish = {
  ComputeResource: ['name', 'resourcePool'],
  Datastore: DATASTORE_PROPERTIES,
  HostSystem: [
    'name',
    'parent',
    'summary.hardware.memorySize',
    'summary.hardware.numCpuCores',
    'runtime.connectionState',
    'runtime.inMaintenanceMode',
  ],
};

export async function readDatacenters(
  session: VimSession,
  deadline: Instant,
): Promise<readonly ObjectContent[]> {
  const { rootFolder } = await session.content(deadline);
  return readWholeTree(session, rootFolder, { Datacenter: ['name', 'vmFolder'] }, deadline);
}

const KEPT_MS = 10_000;

/** The datacenters as last read: hosts come and go too seldom to ask for them with every look at a machine. */
export class SiteMap {
  readonly #session: VimSession;
  readonly #clock: Clock;
  readonly #known = new Map<string, Readonly<{ datacenter: Datacenter; readAt: number }>>();

  constructor(session: VimSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** At most ten seconds old: good for saying where a machine is. */
  async recent(region: string, deadline: Instant): Promise<Datacenter> {
    const known = this.#known.get(region);
    const fresh = known !== undefined && this.#clock.now().getTime() - known.readAt < KEPT_MS;
    return fresh ? known.datacenter : this.now(region, deadline);
  }

  /**
   * Read now: for what depends on the hosts' state.
   * @throws invalid-argument when the vCenter has no such datacenter.
   */
  async now(region: string, deadline: Instant): Promise<Datacenter> {
    const readAt = this.#clock.now().getTime();
    const datacenter = await readDatacenter(this.#session, region, deadline);
    this.#known.set(region, { datacenter, readAt });
    return datacenter;
  }
}

async function readDatacenter(session: VimSession, region: string, deadline: Instant): Promise<Datacenter> {
  const all = await readDatacenters(session, deadline);
  const found = all.find((datacenter) => propertyText(datacenter, 'name') === region);
  const machineFolder = found === undefined ? undefined : propertyReference(found, 'vmFolder');
  if (found === undefined || machineFolder === undefined) {
    const known = all.map((datacenter) => propertyText(datacenter, 'name')).join(', ');
    throw new SpringtideError('invalid-argument', `vSphere has no datacenter "${region}"; it has: ${known}`);
  }
  const places = await readWholeTree(session, found.object, PLACES, deadline);
  const datastores = places.filter(isDatastore).map(readDatastore);
  const clusters = clustersIn(places.filter((place) => !isDatastore(place)));
  return { ref: found.object, name: region, machineFolder, clusters, datastores };
}

/** @throws invalid-argument when the datacenter has no such cluster. */
export function clusterOf(datacenter: Datacenter, zone: string): Cluster {
  const found = datacenter.clusters.find((cluster) => cluster.name === zone);
  if (found !== undefined) return found;
  const known = datacenter.clusters.map((cluster) => cluster.name).join(', ');
  throw new SpringtideError(
    'invalid-argument',
    `the datacenter ${datacenter.name} has no cluster "${zone}"; it has: ${known}`,
  );
}

/**
 * Where the zone's disks may go: the one datastore that the account names for it, or all.
 * @throws invalid-argument when the datacenter does not have the one that is named.
 */
export function datastoresOf(
  { name, datastores }: Datacenter,
  cluster: Cluster,
  named: Readonly<Record<string, string>>,
): readonly Datastore[] {
  const wanted = named[cluster.name];
  if (wanted === undefined) return datastores;
  const found = datastores.filter((datastore) => datastore.name === wanted);
  if (found.length > 0) return found;
  throw new SpringtideError(
    'invalid-argument',
    `the datacenter ${name} has no datastore "${wanted}", which the account names for ${cluster.name}; nothing was created`,
  );
}

function isDatastore(place: ObjectContent): boolean {
  return place.object.type === 'Datastore';
}

function clustersIn(places: readonly ObjectContent[]): readonly Cluster[] {
  const hosts = places.filter((place) => place.object.type === 'HostSystem');
  return places
    .filter((place) => place.object.type !== 'HostSystem')
    .flatMap((place) => {
      const resourcePool = propertyReference(place, 'resourcePool');
      if (resourcePool === undefined) return [];
      const own = hosts.filter((host) => propertyReference(host, 'parent')?.id === place.object.id);
      const name = propertyText(place, 'name') ?? place.object.id;
      return [{ ref: place.object, name, resourcePool, hosts: own.map(hostOf) }];
    });
}

function hostOf(content: ObjectContent): Host {
  return {
    ref: content.object,
    name: propertyText(content, 'name') ?? content.object.id,
    memoryMiB: Math.floor(Number(propertyText(content, 'summary.hardware.memorySize') ?? 0) / 2 ** 20),
    cores: Number(propertyText(content, 'summary.hardware.numCpuCores') ?? 0),
    usable:
      propertyText(content, 'runtime.connectionState') === 'connected' &&
      propertyText(content, 'runtime.inMaintenanceMode') !== 'true',
  };
}
