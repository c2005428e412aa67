import { toInstant, type Instant } from '@springtide/kernel';
import type { Machine, MachineState, Relation } from '@springtide/provider-kit';
import type { RateCardEntry } from './account.js';
import { isUuid } from './instance-uuid.js';
import { fromExtraConfig, labelsOf, ownershipOf, type Marks } from './ownership-marks.js';
import type { Datacenter } from './site-map.js';
import type { MoRef } from './soap/soap-connection.js';
import { childrenOf, textOf } from './soap/xml-reader.js';
import {
  propertyReference,
  propertyReferences,
  propertyText,
  type ObjectContent,
} from './vim/property-collector.js';

export const MACHINE_PROPERTIES = {
  VirtualMachine: [
    'name',
    'config.instanceUuid',
    'config.template',
    'config.hardware.numCPU',
    'config.hardware.memoryMB',
    'config.extraConfig',
    'config.createDate',
    'runtime.powerState',
    'runtime.connectionState',
    'runtime.host',
    'runtime.bootTime',
    'guest.ipAddress',
    'guest.net',
    'network',
  ],
} as const;

/** A virtual machine as vSphere tells it, templates included. */
export type MachineRecord = Readonly<{
  ref: MoRef;
  /** Empty while it is being made: vSphere has a name for it then, and no configuration yet. */
  instanceUuid: string;
  name: string;
  template: boolean;
  vcpu: number;
  memoryMiB: number;
  power: string;
  connection: string;
  host: string | undefined;
  /** Ids of the networks that its cards are in. */
  networks: readonly string[];
  addresses: readonly string[];
  createdAt: Instant | undefined;
  marks: Marks;
}>;

export function readMachineRecord(content: ObjectContent): MachineRecord {
  const created = propertyText(content, 'config.createDate') ?? propertyText(content, 'runtime.bootTime');
  const options = childrenOf(content.properties.get('config.extraConfig'), 'OptionValue');
  return {
    ref: content.object,
    instanceUuid: (propertyText(content, 'config.instanceUuid') ?? '').toLowerCase(),
    name: decodeName(propertyText(content, 'name') ?? ''),
    template: propertyText(content, 'config.template') === 'true',
    vcpu: Number(propertyText(content, 'config.hardware.numCPU') ?? 0),
    memoryMiB: Number(propertyText(content, 'config.hardware.memoryMB') ?? 0),
    power: propertyText(content, 'runtime.powerState') ?? 'unknown',
    connection: propertyText(content, 'runtime.connectionState') ?? 'connected',
    host: propertyReference(content, 'runtime.host')?.id,
    networks: propertyReferences(content, 'network').map((network) => network.id),
    addresses: addressesOf(content),
    createdAt: validInstant(created),
    marks: fromExtraConfig(
      options.map((option) => [textOf(option, 'key') ?? '', textOf(option, 'value') ?? ''] as const),
    ),
  };
}

/** @param rateCard names the type of machines that we did not make, where their size matches. */
export function toMachine(
  record: MachineRecord,
  datacenter: Datacenter,
  rateCard: readonly RateCardEntry[],
): Machine {
  const ownership = ownershipOf(record.marks);
  const reason = stateReason(record);
  return {
    id: record.instanceUuid,
    name: record.name,
    state: stateOf(record),
    region: datacenter.name,
    zone: zoneOf(record, datacenter),
    machineType: record.marks['machine-type'] ?? typeBySize(record, rateCard),
    purchaseOption: 'private',
    addresses: record.power === 'poweredOn' ? record.addresses : [],
    ...(record.marks['image'] === undefined ? {} : { image: record.marks['image'] }),
    ...(record.createdAt === undefined ? {} : { launchedAt: record.createdAt }),
    ...(ownership === undefined ? {} : { ownership }),
    labels: labelsOf(record.marks),
    relations: relationsOf(record, datacenter),
    ...(reason === undefined ? {} : { stateReason: reason }),
  };
}

export function zoneOf(record: MachineRecord, datacenter: Datacenter): string {
  const cluster = datacenter.clusters.find((each) => each.hosts.some((host) => host.ref.id === record.host));
  return cluster?.name ?? '';
}

/** Whether the datacenter, as it was read, has the machine's host. */
export function isPlaced(record: MachineRecord, datacenter: Datacenter): boolean {
  return record.host === undefined || zoneOf(record, datacenter) !== '';
}

function relationsOf(record: MachineRecord, datacenter: Datacenter): readonly Relation[] {
  const host = record.host !== undefined && isPlaced(record, datacenter) ? [record.host] : [];
  // A batch may name its template by id or by name; only the id leads somewhere.
  const image = record.marks['image'] ?? '';
  return [
    ...host.map((id): Relation => ({ kind: 'runs-on', to: 'host', id })),
    ...record.networks.map((id): Relation => ({ kind: 'inside', to: 'network', id })),
    ...(isUuid(image) ? [{ kind: 'made-from', to: 'image', id: image.toLowerCase() } as const] : []),
  ];
}

function stateOf(record: MachineRecord): MachineState {
  if (record.connection !== 'connected') return 'unknown';
  switch (record.power) {
    case 'poweredOn':
      return 'running';
    case 'poweredOff':
    case 'suspended':
      return 'stopped';
    default:
      return 'unknown';
  }
}

function stateReason(record: MachineRecord): string | undefined {
  if (record.connection !== 'connected') return `its connection state is ${record.connection}`;
  return record.power === 'poweredOn' ? undefined : `its power state is ${record.power}`;
}

function typeBySize(record: MachineRecord, rateCard: readonly RateCardEntry[]): string {
  const fits = rateCard.find((type) => type.vcpu === record.vcpu && type.memoryMiB === record.memoryMiB);
  return fits?.name ?? `${record.vcpu}x${record.memoryMiB}`;
}

/** The primary address first; link-local ones lead nowhere. */
function addressesOf(content: ObjectContent): readonly string[] {
  const primary = propertyText(content, 'guest.ipAddress') ?? '';
  const nics = childrenOf(content.properties.get('guest.net'), 'GuestNicInfo');
  const others = nics.flatMap((nic) => childrenOf(nic, 'ipAddress').map((address) => address.text));
  const usable = [primary, ...others].filter(
    (address) => address !== '' && !/^(fe80:|169\.254\.)/i.test(address),
  );
  return [...new Set(usable)];
}

/** vSphere writes the three characters that its paths use as %2f, %5c and %25. */
function decodeName(name: string): string {
  return name.replaceAll(/%(2f|5c|25)/gi, (_, code: string) =>
    String.fromCodePoint(Number.parseInt(code, 16)),
  );
}

function validInstant(text: string | undefined): Instant | undefined {
  const date = new Date(text ?? Number.NaN);
  // An unset date comes as 1970.
  return Number.isNaN(date.getTime()) || date.getTime() <= 0 ? undefined : toInstant(date);
}
