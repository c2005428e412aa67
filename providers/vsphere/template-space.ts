import type { Instant } from '@springtide/kernel';
import type { RateCardEntry } from './account.js';
import type { MachineRecord } from './machine-record.js';
import type { Vsphere } from './machine-search.js';
import { childrenOf, declaredType, textOf, type XmlElement } from './soap/xml-reader.js';
import { readObjects } from './vim/property-collector.js';

/** Space on a datastore that the disks of a clone of this template take, by the id of the template's object. */
export async function readTemplateSpace(
  vsphere: Vsphere,
  templates: readonly MachineRecord[],
  deadline: Instant,
): Promise<ReadonlyMap<string, number>> {
  const wish = { VirtualMachine: ['config.hardware.device'] };
  const refs = templates.map((template) => template.ref);
  const contents = await readObjects(vsphere.session, refs, wish, deadline);
  return new Map(
    contents.map((content) => {
      const devices = childrenOf(content.properties.get('config.hardware.device'), 'VirtualDevice');
      const sizes = devices.map((device) => diskMiB(device, vsphere.account.thinDiskShare));
      return [content.object.id, sizes.reduce((sum, size) => sum + size, 0)];
    }),
  );
}

/** A machine that runs has a swap file of its memory’s size beside its disks. */
export function withSwap(diskMiB: number, size: Pick<RateCardEntry, 'memoryMiB'>): number {
  return diskMiB + size.memoryMiB;
}

function diskMiB(device: XmlElement, thinDiskShare: number): number {
  if (declaredType(device) !== 'VirtualDisk') return 0;
  const share = textOf(device, 'backing', 'thinProvisioned') === 'true' ? thinDiskShare : 1;
  return (Number(textOf(device, 'capacityInKB') ?? 0) / 1_024) * share;
}
