import { SpringtideError, type Instant } from '@springtide/kernel';
import type { Satellite } from '@springtide/provider-kit';
import type { MachineRecord } from './machine-record.js';
import { findMachines, findMachinesForSure, sweepMachines, type Vsphere } from './machine-search.js';
import { ownershipOf } from './ownership-marks.js';
import type { Datacenter } from './site-map.js';
import { childrenOf, declaredType, textOf } from './soap/xml-reader.js';
import { readObjects } from './vim/property-collector.js';

/**
 * The disks of the intent's machines that still exist. vSphere deletes a machine's disks with the machine, so a
 * machine that is gone has none; a disk that somebody detached before carries no mark and cannot be told from others.
 */
export async function readSatellites(
  vsphere: Vsphere,
  query: Readonly<{ region: string; machineIds: readonly string[]; intent: string }>,
  deadline: Instant,
): Promise<readonly Satellite[]> {
  const datacenter = await vsphere.sites.recent(query.region, deadline);
  const machines = await machinesOf(vsphere, datacenter, query, deadline);
  const wish = { VirtualMachine: ['config.hardware.device'] };
  const contents = await readObjects(
    vsphere.session,
    machines.map((machine) => machine.ref),
    wish,
    deadline,
  );
  return contents.flatMap((content) => {
    const machine = machines.find((each) => each.ref.id === content.object.id);
    const devices = childrenOf(content.properties.get('config.hardware.device'), 'VirtualDevice');
    const disks = devices.filter((device) => declaredType(device) === 'VirtualDisk');
    return machine === undefined
      ? []
      : disks.map((disk) => diskOf(machine, textOf(disk, 'key') ?? '', query));
  });
}

/** A disk goes with its machine and by no other way. @throws failed-precondition while the machine exists. */
export async function releaseDisk(
  vsphere: Vsphere,
  satellite: Satellite,
  deadline: Instant,
): Promise<'releasing' | 'gone'> {
  const id = satellite.machineId ?? satellite.id.split('/')[0] ?? '';
  const datacenter = await vsphere.sites.recent(satellite.region, deadline);
  const found = await findMachinesForSure(vsphere, datacenter, [id], deadline);
  if (!found.has(id.toLowerCase())) return 'gone';
  throw new SpringtideError(
    'failed-precondition',
    `the disk ${satellite.id} belongs to a machine that still exists; it was not touched`,
    { nextStep: 'Terminate the machine: its disks go with it.' },
  );
}

async function machinesOf(
  vsphere: Vsphere,
  datacenter: Datacenter,
  query: Readonly<{ machineIds: readonly string[]; intent: string }>,
  deadline: Instant,
): Promise<readonly MachineRecord[]> {
  const named = await findMachines(vsphere, datacenter, query.machineIds, deadline);
  const all = await sweepMachines(vsphere, datacenter, deadline);
  const owned = all.filter((machine) => ownershipOf(machine.marks)?.intent === query.intent);
  return [...new Map([...named.values(), ...owned].map((machine) => [machine.ref.id, machine])).values()];
}

function diskOf(machine: MachineRecord, key: string, query: { region: string }): Satellite {
  const intent = ownershipOf(machine.marks)?.intent;
  return {
    id: `${machine.instanceUuid}/disk-${key}`,
    kind: 'disk',
    region: query.region,
    machineId: machine.instanceUuid,
    ...(intent === undefined ? {} : { intent }),
  };
}
