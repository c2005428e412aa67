import type { Relation, Resource } from '@springtide/provider-kit';
import { readMachineRecord } from './machine-record.js';
import { labelsOf, ownershipOf } from './ownership-marks.js';
import { flagOf, gib, known } from './places-as-resources.js';
import { childOf, childrenOf, declaredType, textOf, type XmlElement } from './soap/xml-reader.js';
import { ETHERNET } from './network-devices.js';
import { propertyReferences, type ObjectContent } from './vim/property-collector.js';

/** What hangs on a machine or a template: disks, network cards, snapshots. */

export const DEVICE_PROPERTIES = {
  VirtualMachine: [
    'name',
    'config.instanceUuid',
    'config.template',
    'config.extraConfig',
    'config.hardware.device',
    'network',
  ],
} as const;

export const SNAPSHOT_PROPERTIES = {
  VirtualMachine: [
    'name',
    'config.instanceUuid',
    'config.template',
    'config.extraConfig',
    'snapshot.rootSnapshotList',
    'snapshot.currentSnapshot',
  ],
} as const;

type Owner = Readonly<{
  id: string;
  name: string;
  relation: Relation;
  common: Pick<Resource, 'region' | 'labels' | 'ownership'>;
}>;

/** A disk and what `listSatellites` calls one have the same id. */
export function disksOf(machine: ObjectContent, region: string): readonly Resource[] {
  const owner = ownerOf(machine, region);
  if (owner === undefined) return [];
  return devicesOf(machine)
    .filter((device) => declaredType(device) === 'VirtualDisk')
    .map((disk): Resource => {
      const bytes = Number(textOf(disk, 'capacityInKB') ?? 0) * 1_024;
      const datastore = childOf(disk, 'backing', 'datastore')?.text ?? '';
      const inside: Relation[] = datastore === '' ? [] : [{ kind: 'part-of', to: 'volume', id: datastore }];
      return {
        kind: 'disk',
        id: `${owner.id}/disk-${textOf(disk, 'key') ?? ''}`,
        name: `${owner.name} ${textOf(disk, 'deviceInfo', 'label') ?? 'disk'}`,
        facts: known({
          sizeGib: gib(String(bytes)),
          thin: flagOf(textOf(disk, 'backing', 'thinProvisioned')),
          file: textOf(disk, 'backing', 'fileName'),
        }),
        relations: [owner.relation, ...inside],
        ...owner.common,
      };
    });
}

export function cardsOf(machine: ObjectContent, region: string): readonly Resource[] {
  const owner = ownerOf(machine, region);
  if (owner === undefined) return [];
  const networks = new Set(propertyReferences(machine, 'network').map((network) => network.id));
  return devicesOf(machine)
    .filter((device) => ETHERNET.test(declaredType(device) ?? ''))
    .map((card): Resource => {
      // The key of a distributed port group is its id; where that is not so, the machine does not have it as a network.
      const network =
        textOf(card, 'backing', 'network') ?? textOf(card, 'backing', 'port', 'portgroupKey') ?? '';
      const inside: Relation[] = networks.has(network)
        ? [{ kind: 'inside', to: 'network', id: network }]
        : [];
      const connected = textOf(card, 'connectable', 'connected');
      return {
        kind: 'network-interface',
        id: `${owner.id}/card-${textOf(card, 'key') ?? ''}`,
        name: `${owner.name} ${textOf(card, 'deviceInfo', 'label') ?? 'card'}`,
        ...(connected === undefined ? {} : { state: connected === 'true' ? 'connected' : 'disconnected' }),
        facts: known({ mac: textOf(card, 'macAddress'), model: declaredType(card) }),
        relations: [owner.relation, ...inside],
        ...owner.common,
      };
    });
}

export function snapshotsOf(machine: ObjectContent, region: string): readonly Resource[] {
  const owner = ownerOf(machine, region);
  const roots = childrenOf(machine.properties.get('snapshot.rootSnapshotList'), 'VirtualMachineSnapshotTree');
  const current = machine.properties.get('snapshot.currentSnapshot')?.text;
  return owner === undefined ? [] : roots.flatMap((root) => snapshotTree(root, owner, current));
}

function snapshotTree(snapshot: XmlElement, owner: Owner, current: string | undefined): readonly Resource[] {
  const id = textOf(snapshot, 'snapshot') ?? '';
  const created = new Date(textOf(snapshot, 'createTime') ?? Number.NaN);
  const state = textOf(snapshot, 'state');
  const children = childrenOf(snapshot, 'childSnapshotList');
  const resource: Resource = {
    kind: 'snapshot',
    id,
    name: `${owner.name} ${textOf(snapshot, 'name') ?? 'snapshot'}`,
    // What the machine was when it was taken.
    ...(state === undefined ? {} : { state: state.toLowerCase() }),
    facts: known({
      description: textOf(snapshot, 'description'),
      quiesced: flagOf(textOf(snapshot, 'quiesced')),
      next: children.length,
      // The machine goes on from it.
      current: id === current,
    }),
    relations: [owner.relation],
    ...(Number.isNaN(created.getTime()) ? {} : { createdAt: created.toISOString() }),
    ...owner.common,
  };
  return [resource, ...children.flatMap((child) => snapshotTree(child, owner, current))];
}

/** Undefined while it is being made: then nothing can refer to it. */
function ownerOf(machine: ObjectContent, region: string): Owner | undefined {
  const { instanceUuid: id, name, template, marks } = readMachineRecord(machine);
  if (id === '') return undefined;
  const ownership = ownershipOf(marks);
  return {
    id,
    name,
    relation: { kind: 'attached-to', to: template ? 'image' : 'machine', id },
    common: { region, labels: labelsOf(marks), ...(ownership === undefined ? {} : { ownership }) },
  };
}

function devicesOf(machine: ObjectContent): readonly XmlElement[] {
  return childrenOf(machine.properties.get('config.hardware.device'), 'VirtualDevice');
}
