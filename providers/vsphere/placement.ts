import type { RateCardEntry, VsphereAccount } from './account.js';
import type { Datastore } from './datastore-record.js';
import { ownershipOf } from './ownership-marks.js';
import { zoneOf, type MachineRecord } from './machine-record.js';
import type { Cluster, Datacenter, Host } from './site-map.js';

export type Room = Pick<VsphereAccount, 'memoryOvercommit' | 'cpuOvercommit' | 'datastoreReserve'>;

/** What one machine takes of a host, and of a datastore. */
export type Demand = Pick<RateCardEntry, 'name' | 'vcpu' | 'memoryMiB' | 'mostPerZone'> &
  Readonly<{ spaceMiB: number }>;

/** Where machines of a zone may go: its hosts, and the datastores that the account allows there. */
export type Ground = Readonly<{ cluster: Cluster; datastores: readonly Datastore[] }>;
export type Place = Readonly<{ host: Host; datastore: Datastore }>;

type FreeHost = { readonly host: Host; memoryMiB: number; vcpu: number };
type FreeStore = { readonly datastore: Datastore; spaceMiB: number };

/**
 * Places for `count` such machines, one entry per machine that fits: the emptiest host that sees a datastore with room;
 * there a shared datastore before a local one, then the emptiest. Counts what is powered on; a machine that is off
 * takes no memory. vSphere's own recommendation is not asked: it knows one machine at a time and nothing of the others
 * of the batch.
 */
export function placeMachines(
  ground: Ground,
  demand: Demand,
  count: number,
  machines: readonly MachineRecord[],
  room: Room,
): readonly Place[] {
  const hosts = ground.cluster.hosts
    .filter((host) => host.usable)
    .map((host) => freeHost(host, machines, room));
  const stores = ground.datastores.filter((each) => each.usable).map((each) => freeStore(each, room));
  const placed: Place[] = [];
  while (placed.length < count) {
    const best = bestPlace(hosts, stores, demand);
    if (best === undefined) return placed;
    best.host.memoryMiB -= demand.memoryMiB;
    best.host.vcpu -= demand.vcpu;
    best.store.spaceMiB -= demand.spaceMiB;
    placed.push({ host: best.host.host, datastore: best.store.datastore });
  }
  return placed;
}

/** How many more such machines fit into the cluster and its datastores, and the rate card still allows there. */
export function freePlaces(
  datacenter: Datacenter,
  ground: Ground,
  demand: Demand,
  machines: readonly MachineRecord[],
  room: Room,
): number {
  const most = allowedMore(datacenter, ground.cluster, demand, machines);
  return placeMachines(ground, demand, most, machines, room).length;
}

/** What the rate card's cap leaves; other people's machines do not count against it. */
export function allowedMore(
  datacenter: Datacenter,
  cluster: Cluster,
  demand: Pick<Demand, 'name' | 'mostPerZone'>,
  machines: readonly MachineRecord[],
): number {
  if (demand.mostPerZone === undefined) return Number.POSITIVE_INFINITY;
  const ours = machines.filter(
    (machine) =>
      ownershipOf(machine.marks) !== undefined &&
      machine.marks['machine-type'] === demand.name &&
      zoneOf(machine, datacenter) === cluster.name,
  );
  return Math.max(0, demand.mostPerZone - ours.length);
}

function bestPlace(
  hosts: readonly FreeHost[],
  stores: readonly FreeStore[],
  demand: Demand,
): { host: FreeHost; store: FreeStore } | undefined {
  let best: { host: FreeHost; store: FreeStore } | undefined;
  for (const host of hosts) {
    if (host.memoryMiB < demand.memoryMiB || host.vcpu < demand.vcpu) continue;
    if (best !== undefined && best.host.memoryMiB >= host.memoryMiB) continue;
    const store = bestStore(host.host, stores, demand.spaceMiB);
    if (store !== undefined) best = { host, store };
  }
  return best;
}

function bestStore(host: Host, stores: readonly FreeStore[], spaceMiB: number): FreeStore | undefined {
  let best: FreeStore | undefined;
  for (const store of stores) {
    if (store.spaceMiB < spaceMiB || !store.datastore.hosts.has(host.ref.id)) continue;
    if (best === undefined || isBetter(store, best)) best = store;
  }
  return best;
}

function isBetter(one: FreeStore, other: FreeStore): boolean {
  if (one.datastore.shared !== other.datastore.shared) return one.datastore.shared;
  return one.spaceMiB > other.spaceMiB;
}

function freeHost(host: Host, machines: readonly MachineRecord[], room: Room): FreeHost {
  let memoryMiB = host.memoryMiB * room.memoryOvercommit;
  let vcpu = host.cores * room.cpuOvercommit;
  for (const machine of machines) {
    if (machine.host !== host.ref.id || machine.power !== 'poweredOn') continue;
    memoryMiB -= machine.memoryMiB;
    vcpu -= machine.vcpu;
  }
  return { host, memoryMiB, vcpu };
}

function freeStore(datastore: Datastore, room: Room): FreeStore {
  return { datastore, spaceMiB: datastore.freeMiB - datastore.capacityMiB * room.datastoreReserve };
}
