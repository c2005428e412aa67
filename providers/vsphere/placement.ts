import type { RateCardEntry } from './account.js';
import { ownershipOf } from './ownership-marks.js';
import { zoneOf, type MachineRecord } from './machine-record.js';
import type { Cluster, Datacenter, Host } from './site-map.js';

export type Room = Readonly<{ memoryOvercommit: number; cpuOvercommit: number }>;
export type Size = Pick<RateCardEntry, 'name' | 'vcpu' | 'memoryMiB' | 'mostPerZone'>;

type FreeHost = { readonly host: Host; memoryMiB: number; vcpu: number };

/**
 * Hosts for `count` machines of this size, one entry per machine that fits, the emptiest host first.
 * Counts what is powered on; a machine that is off takes no memory.
 */
export function placeMachines(
  cluster: Cluster,
  size: Size,
  count: number,
  machines: readonly MachineRecord[],
  room: Room,
): readonly Host[] {
  const free = cluster.hosts.filter((host) => host.usable).map((host) => freeHost(host, machines, room));
  const placed: Host[] = [];
  while (placed.length < count) {
    const best = free.filter((host) => fits(host, size)).toSorted((a, b) => b.memoryMiB - a.memoryMiB)[0];
    if (best === undefined) return placed;
    best.memoryMiB -= size.memoryMiB;
    best.vcpu -= size.vcpu;
    placed.push(best.host);
  }
  return placed;
}

/** How many more machines of this size fit into the cluster, and the rate card still allows there. */
export function freePlaces(
  datacenter: Datacenter,
  cluster: Cluster,
  size: Size,
  machines: readonly MachineRecord[],
  room: Room,
): number {
  const fitting = cluster.hosts
    .filter((host) => host.usable)
    .map((host) => freeHost(host, machines, room))
    .reduce((sum, host) => sum + placesOn(host, size), 0);
  return Math.min(fitting, allowedMore(datacenter, cluster, size, machines));
}

/** What the rate card's cap leaves; other people's machines do not count against it. */
export function allowedMore(
  datacenter: Datacenter,
  cluster: Cluster,
  size: Size,
  machines: readonly MachineRecord[],
): number {
  if (size.mostPerZone === undefined) return Number.POSITIVE_INFINITY;
  const ours = machines.filter(
    (machine) =>
      ownershipOf(machine.marks) !== undefined &&
      machine.marks['machine-type'] === size.name &&
      zoneOf(machine, datacenter) === cluster.name,
  );
  return Math.max(0, size.mostPerZone - ours.length);
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

function fits(host: FreeHost, size: Size): boolean {
  return host.memoryMiB >= size.memoryMiB && host.vcpu >= size.vcpu;
}

function placesOn(host: FreeHost, size: Size): number {
  const places = Math.min(Math.floor(host.memoryMiB / size.memoryMiB), Math.floor(host.vcpu / size.vcpu));
  return Math.max(0, places);
}
