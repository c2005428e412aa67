import type { ClusterDesk } from './cluster-desk.js';
import { hostId, seenAs } from './cloud-machine.js';
import type { MachinePark } from './machine-park.js';
import type { PlannedRegion } from './plan.js';
import type { WireResource, WireResourceKind } from './wire.js';

const ROOT_DISK_GIB = 40;
const DATA_DISK_GIB = 100;

type Ground = Readonly<{ park: MachinePark; clusters: ClusterDesk; region: PlannedRegion; now: number }>;

/** What there is beside machines, networks and images, in the order of its ids. */
export function resourcesOf(kind: WireResourceKind, ground: Ground): WireResource[] {
  const all = { host: hostsOf, disk: disksOf, cluster: clustersOf }[kind](ground);
  return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

function hostsOf({ region }: Ground): WireResource[] {
  return region.zones.flatMap(({ id: zone, hosts }) =>
    Array.from({ length: hosts?.count ?? 0 }, (_, number) => ({
      kind: 'host' as const,
      id: hostId(zone, number),
      name: hostId(zone, number),
      zone,
      state: 'connected',
      sizes: { vcpu: hosts?.vcpu ?? 0, memoryMib: hosts?.memoryMiB ?? 0 },
      links: [],
      tags: {},
    })),
  );
}

/** Every machine has a root disk that goes with it; what was attached stays. */
function disksOf({ park, region, now }: Ground): WireResource[] {
  const machines = park.in(region.id).filter((machine) => seenAs(machine, now) !== undefined);
  const there = new Set(machines.map((machine) => machine.id));
  const roots = machines.map((machine) => ({
    id: `root-${machine.id}`,
    name: `${machine.name}-root`,
    zone: machine.zone,
    sizes: { sizeGib: ROOT_DISK_GIB },
    machineId: machine.id,
    tags: machine.tags,
  }));
  const data = park
    .satellites()
    .filter((satellite) => satellite.kind === 'disk' && satellite.region === region.id)
    .map(({ id, machineId, tags }) => ({
      id,
      name: id,
      sizes: { sizeGib: DATA_DISK_GIB },
      machineId,
      tags,
    }));
  return [...roots, ...data].map(({ machineId, ...disk }) => ({
    ...disk,
    kind: 'disk',
    state: there.has(machineId) ? 'in-use' : 'available',
    links: there.has(machineId) ? [{ how: 'attached-to', to: 'machine', id: machineId }] : [],
  }));
}

function clustersOf({ clusters, region, now }: Ground): WireResource[] {
  return clusters.in(region.id, now).map((cluster) => ({
    kind: 'cluster',
    id: cluster.id,
    name: cluster.name,
    state: cluster.status,
    sizes: { version: cluster.version, nodes: cluster.pools.reduce((sum, pool) => sum + pool.nodes, 0) },
    links: [{ how: 'inside', to: 'network', id: cluster.network }],
    tags: cluster.tags,
  }));
}
