import type { Cloud } from '../cloud/cloud.js';
import { LaunchDesk } from '../cloud/launch-desk.js';
import type { Machine } from '../cloud/machine.js';
import { MachineLife } from '../cloud/machine-life.js';
import type { Region } from '../cloud/region.js';

type Tags = Readonly<Record<string, string>>;

/** Machines that somebody else made in the same account, by the same rules. */
export function launchForeign(
  cloud: Cloud,
  order: Readonly<{ zone: string; machineType: string; count: number; name: string; tags: Tags }>,
): Readonly<{ ids: readonly string[] }> {
  const region = regionOfZone(cloud, order.zone);
  const [image] = [...region.images.keys()];
  const desk = new LaunchDesk(cloud, new MachineLife(cloud));
  const ids: string[] = [];
  for (let left = order.count; left > 0; left -= cloud.settings.maxLaunch) {
    const params = {
      Placement: { Zone: order.zone },
      InstanceType: order.machineType,
      ImageId: image,
      InstanceCount: Math.min(left, cloud.settings.maxLaunch),
      InstanceName: order.name,
      TagSpecification: [{ ResourceType: 'instance', Tags: tagList(order.tags) }],
    };
    ids.push(...(desk.run(region, params, 'somebody-else') ?? []));
  }
  return { ids };
}

/** A disk of its own; with `attachTo` it is that machine's, has its tags too, and is kept when the machine ends. */
export function createDisk(
  cloud: Cloud,
  order: Readonly<{ zone: string; tags: Tags; attachTo?: string | undefined }>,
): Readonly<{ id: string }> {
  const region = regionOfZone(cloud, order.zone);
  const machine = order.attachTo === undefined ? undefined : machineOf(region, order.attachTo);
  const id = cloud.ids.next('disk');
  region.disks.set(id, {
    id,
    zone: order.zone,
    usage: 'DATA_DISK',
    type: 'CLOUD_PREMIUM',
    sizeGib: 10,
    createdAt: cloud.now(),
    projectId: 0,
    name: 'kept',
    tags: [...(machine?.tags ?? []), ...tagList(order.tags)],
    machineId: machine?.id ?? '',
    deleteWithMachine: false,
  });
  machine?.diskIds.push(id);
  return { id };
}

/** A public address with the machine's tags, bound to it; it outlives the machine. */
export function bindAddress(cloud: Cloud, machineId: string): Readonly<{ id: string }> {
  const region = regionOfMachine(cloud, machineId);
  const id = cloud.ids.next('eip');
  const { tags } = machineOf(region, machineId);
  const ip = `203.0.113.${1 + (region.addresses.size % 250)}`;
  region.addresses.set(id, { id, ip, createdAt: cloud.now(), name: 'kept', tags: [...tags], machineId });
  return { id };
}

/** A second network interface with the machine's tags; it outlives the machine. */
export function createInterface(cloud: Cloud, machineId: string): Readonly<{ id: string }> {
  const region = regionOfMachine(cloud, machineId);
  const { tags, subnetId } = machineOf(region, machineId);
  const id = cloud.ids.next('eni');
  const address = region.subnets.get(subnetId)?.take() ?? '';
  const known = { id, subnetId, address, machineId, tags: [...tags] };
  region.interfaces.set(id, { ...known, createdAt: cloud.now(), name: 'kept' });
  return { id };
}

/** Somebody else ends machines, by their own right and at once. */
export function deleteOutside(cloud: Cloud, ids: readonly string[]): Readonly<{ ids: readonly string[] }> {
  const ended = eachMachine(cloud, ids, (region, machine) => {
    machine.isolated = true;
    new MachineLife(cloud).terminate(region, machine, 'somebody-else');
  });
  return { ids: ended };
}

/** The cloud wants spot machines back: they end after the notice. */
export function reclaim(cloud: Cloud, ids: readonly string[]): Readonly<{ ids: readonly string[] }> {
  const life = new MachineLife(cloud);
  return { ids: eachMachine(cloud, ids, (region, machine) => life.reclaim(region, machine)) };
}

function eachMachine(
  cloud: Cloud,
  ids: readonly string[],
  act: (region: Region, machine: Machine) => void,
): readonly string[] {
  return ids.filter((id) => {
    const region = [...cloud.regions.values()].find(({ machines }) => machines.has(id));
    if (region === undefined) return false;
    act(region, machineOf(region, id));
    return true;
  });
}

function regionOfMachine(cloud: Cloud, id: string): Region {
  const region = [...cloud.regions.values()].find(({ machines }) => machines.has(id));
  if (region === undefined) throw new Error(`no machine ${id}`);
  return region;
}

function machineOf(region: Region, id: string): Machine {
  const machine = region.machines.get(id);
  if (machine === undefined) throw new Error(`no machine ${id} in ${region.name}`);
  return machine;
}

function regionOfZone(cloud: Cloud, zone: string): Region {
  const region = [...cloud.regions.values()].find(({ zones }) => zones.includes(zone));
  if (region === undefined) throw new Error(`no zone ${zone}`);
  return region;
}

function tagList(tags: Tags) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
