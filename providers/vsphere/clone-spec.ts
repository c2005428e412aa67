import type { LaunchBatch } from '@springtide/provider-kit';
import type { RateCardEntry } from './account.js';
import { instanceUuid } from './instance-uuid.js';
import { marksOf, toExtraConfig } from './ownership-marks.js';
import { reference, type MoRef } from './soap/soap-connection.js';
import { element, typed, type XmlFragment } from './soap/xml-writer.js';

export type ClonePlan = Readonly<{
  batch: LaunchBatch;
  index: number;
  size: RateCardEntry;
  folder: MoRef;
  resourcePool: MoRef;
  host: MoRef;
  datastore: MoRef;
  /** Changes to the template's devices, such as another network. */
  devices: readonly XmlFragment[];
}>;

export function machineName(batch: LaunchBatch, index: number): string {
  // vSphere wants the three characters that its paths use escaped.
  const escaped = batch.namePrefix.replaceAll(
    /[%/\\]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `${escaped}-${index}`;
}

/**
 * Arguments of CloneVM_Task. Everything that makes the machine ours is in this one call: name, instance UUID, marks;
 * and vSphere powers the machine on itself, so that our death after the call leaves no half-made machine.
 */
export function cloneArguments(plan: ClonePlan): readonly XmlFragment[] {
  const { batch, index, size } = plan;
  const spec = element('spec', [
    element('location', [
      reference('datastore', plan.datastore),
      reference('pool', plan.resourcePool),
      reference('host', plan.host),
    ]),
    element('template', false),
    element('config', [
      element('instanceUuid', instanceUuid(batch.token, index)),
      element('numCPUs', size.vcpu),
      element('numCoresPerSocket', size.vcpu),
      element('memoryMB', size.memoryMiB),
      ...plan.devices,
      ...extraConfig(batch, index).map(([key, value]) =>
        element('extraConfig', [element('key', key), typed('value', 'xsd:string', value)]),
      ),
    ]),
    element('powerOn', true),
  ]);
  return [reference('folder', plan.folder), element('name', machineName(batch, index)), spec];
}

function extraConfig(batch: LaunchBatch, index: number): readonly (readonly [string, string])[] {
  const marks = toExtraConfig(marksOf(batch, index));
  if (batch.userData === undefined) return marks;
  // The keys that cloud-init's VMware data source reads.
  return [
    ...marks,
    ['guestinfo.userdata', Buffer.from(batch.userData, 'utf8').toString('base64')],
    ['guestinfo.userdata.encoding', 'base64'],
    ['guestinfo.metadata', metadata(batch, index)],
    ['guestinfo.metadata.encoding', 'base64'],
  ];
}

function metadata(batch: LaunchBatch, index: number): string {
  const facts = {
    'instance-id': instanceUuid(batch.token, index),
    'local-hostname': `${batch.namePrefix}-${index}`,
  };
  return Buffer.from(JSON.stringify(facts), 'utf8').toString('base64');
}
