import { readReference, type MoRef } from './soap/soap-connection.js';
import { childOf, childrenOf, textOf, type XmlElement } from './soap/xml-reader.js';
import { propertyText, type ObjectContent } from './vim/property-collector.js';

/** A place for disks, as vSphere tells it. Free space is vCenter's last look, which may be minutes old. */
export type Datastore = Readonly<{
  ref: MoRef;
  name: string;
  freeMiB: number;
  capacityMiB: number;
  /** Accessible, and neither in maintenance nor on its way there. */
  usable: boolean;
  /** Several hosts see it, so that a machine survives the loss of its host. */
  shared: boolean;
  /** Ids of the hosts that can write to it. */
  hosts: ReadonlySet<string>;
}>;

export const DATASTORE_PROPERTIES = ['name', 'summary', 'host'] as const;

export function readDatastore(content: ObjectContent): Datastore {
  const summary = content.properties.get('summary');
  const mounts = childrenOf(content.properties.get('host'), 'DatastoreHostMount').filter(isWritable);
  const hosts = mounts.flatMap((mount) => readReference(childOf(mount, 'key'))?.id ?? []);
  return {
    ref: content.object,
    name: propertyText(content, 'name') ?? content.object.id,
    freeMiB: mib(textOf(summary, 'freeSpace')),
    capacityMiB: mib(textOf(summary, 'capacity')),
    usable:
      textOf(summary, 'accessible') !== 'false' &&
      (textOf(summary, 'maintenanceMode') ?? 'normal') === 'normal',
    shared: hosts.length > 1,
    hosts: new Set(hosts),
  };
}

/** What is not said is as it should be: only newer vSphere tells whether a mount is accessible. */
function isWritable(mount: XmlElement): boolean {
  return (
    textOf(mount, 'mountInfo', 'accessMode') !== 'readOnly' &&
    textOf(mount, 'mountInfo', 'mounted') !== 'false' &&
    textOf(mount, 'mountInfo', 'accessible') !== 'false'
  );
}

function mib(bytes: string | undefined): number {
  return Math.floor(Number(bytes ?? 0) / 2 ** 20);
}
