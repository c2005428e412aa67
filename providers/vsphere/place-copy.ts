import { asSpringtideError, SpringtideError, type Instant } from '@springtide/kernel';
import type { Ownership } from '@springtide/provider-kit';
import { isFault } from './error-map.js';
import { copiesIn, copyMarks, copyName, isCopy, type CopySource } from './image-copies.js';
import { deployItem } from './library/deploy-item.js';
import type { LibraryItem } from './library/library-item.js';
import { ensureMachineFolder, findChild } from './machine-folder.js';
import type { MachineRecord } from './machine-record.js';
import { readMachines, type Vsphere } from './machine-search.js';
import { toExtraConfig } from './ownership-marks.js';
import { placeMachines, type Place } from './placement.js';
import { datastoresOf, type Cluster, type Datacenter } from './site-map.js';
import { reference, type MoRef } from './soap/soap-connection.js';
import { element, typed, type XmlFragment } from './soap/xml-writer.js';

export type Placing = Readonly<{
  vsphere: Vsphere;
  datacenter: Datacenter;
  cluster: Cluster;
  machines: readonly MachineRecord[];
  source: CopySource;
  from:
    Readonly<{ kind: 'template'; template: MachineRecord }> | Readonly<{ kind: 'item'; item: LibraryItem }>;
  spaceMiB: number;
  ownership: Ownership;
  deadline: Instant;
}>;

/** The copy of this content in the zone, made where there is none. */
export async function placeCopy(placing: Placing): Promise<MachineRecord> {
  const { machines, cluster, source } = placing;
  const known = copiesIn(machines, cluster.name, source.id);
  const same = known.find(({ marks }) => marks['copy-content'] === source.content);
  const copy = same ?? (await makeCopy(placing));
  for (const older of known) if (older.ref.id !== copy.ref.id) await removeCopy(placing, older);
  return copy;
}

/** Every step is looked for before it is done, so that whoever comes after us goes on where we died. */
async function makeCopy(placing: Placing): Promise<MachineRecord> {
  const { vsphere, datacenter, cluster, source, deadline } = placing;
  const folder = await ensureMachineFolder(vsphere, datacenter, deadline);
  const name = copyName(source, cluster.name);
  const begun = await findChild(vsphere, folder, name, deadline);
  const ref = begun ?? (await make(placing, folder, name));
  const record = await readCopy(placing, ref);
  const marks = copyMarks(source, cluster.name, placing.ownership);
  if (record.marks['copy-of'] === undefined) {
    const spec = element('spec', extraConfig(marks));
    await whenWhole(placing, async () =>
      vsphere.tasks.run({ method: 'ReconfigVM_Task', target: ref, arguments: [spec], deadline }),
    );
  }
  if (!record.template) await markAsTemplate(placing, ref);
  return readCopy(placing, ref);
}

async function markAsTemplate(placing: Placing, ref: MoRef): Promise<void> {
  const { vsphere, deadline } = placing;
  try {
    const call = { method: 'MarkAsTemplate', target: ref, kind: 'change', deadline } as const;
    await whenWhole(placing, async () => vsphere.session.call(call));
  } catch (thrown) {
    // So vSphere answers for what somebody else has marked meanwhile.
    if (!isFault(thrown, 'NotSupported') || !(await readCopy(placing, ref)).template) throw thrown;
  }
}

async function make(placing: Placing, folder: MoRef, name: string): Promise<MoRef> {
  const { vsphere, deadline } = placing;
  const place = placeFor(placing);
  try {
    await copyTo(placing, { folder, name, place });
  } catch (thrown) {
    // Somebody else may have made it at the same moment, and then it is there.
    const made = await findChild(vsphere, folder, name, deadline);
    if (made === undefined) throw thrown;
    return made;
  }
  const made = await findChild(vsphere, folder, name, deadline);
  if (made !== undefined) return made;
  throw new SpringtideError(
    'unknown',
    `${name} was made and cannot be found; it takes space and costs nothing else`,
  );
}

async function copyTo(
  { vsphere, cluster, source, from, ownership, deadline }: Placing,
  { folder, name, place }: Readonly<{ folder: MoRef; name: string; place: Place }>,
): Promise<void> {
  const { resourcePool } = cluster;
  const [host, datastore] = [place.host.ref, place.datastore.ref];
  if (from.kind === 'item') {
    const { item } = from;
    await deployItem(vsphere.rest, { item, name, folder, resourcePool, host, datastore, deadline });
    return;
  }
  const location = [
    reference('datastore', datastore),
    reference('pool', resourcePool),
    reference('host', host),
  ];
  const config = extraConfig(copyMarks(source, cluster.name, ownership));
  const spec = element('spec', [
    element('location', location),
    element('template', true),
    element('config', config),
    element('powerOn', false),
  ]);
  const target = from.template.ref;
  const given = [reference('folder', folder), element('name', name), spec];
  await vsphere.tasks.run({ method: 'CloneVM_Task', target, arguments: given, deadline });
}

/** A copy is never powered on: it takes space and nothing else. */
function placeFor({ vsphere, datacenter, cluster, machines, source, spaceMiB }: Placing): Place {
  const ground = { cluster, datastores: datastoresOf(datacenter, cluster, vsphere.account.datastores) };
  const demand = { name: source.name, vcpu: 0, memoryMiB: 0, spaceMiB };
  const [place] = placeMachines(ground, demand, 1, machines, vsphere.account);
  if (place !== undefined) return place;
  throw new SpringtideError(
    'insufficient-capacity',
    `no datastore of ${cluster.name} has the ${spaceMiB} MiB that a copy of ${source.name} takes; nothing was copied`,
    { effect: 'none', facts: { zone: cluster.name, spaceMiB } },
  );
}

async function readCopy({ vsphere, source, deadline }: Placing, ref: MoRef): Promise<MachineRecord> {
  const [record] = await readMachines(vsphere, [ref], deadline);
  if (record !== undefined && record.instanceUuid !== '') return record;
  throw stillCopying(source);
}

/** While vSphere still copies, it lets nobody change what it copies to. */
async function whenWhole<T>({ source }: Placing, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (thrown) {
    if (isFault(thrown, 'MethodDisabled', 'TaskInProgress', 'InvalidState'))
      throw stillCopying(source, thrown);
    throw thrown;
  }
}

function stillCopying(source: CopySource, cause?: unknown): SpringtideError {
  return new SpringtideError('timeout', `${source.name} is still being copied; no machine was made of it`, {
    effect: 'none',
    retry: 'same',
    nextStep: 'Ask again; vSphere goes on copying.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What machines are being cloned from at this moment stays until the next time. */
async function removeCopy({ vsphere, ownership, deadline }: Placing, copy: MachineRecord): Promise<void> {
  if (!isCopy(copy) || copy.marks['installation'] !== ownership.installation) return;
  try {
    await vsphere.tasks.run({ method: 'Destroy_Task', target: copy.ref, deadline });
  } catch (thrown) {
    const { code } = asSpringtideError(thrown);
    if (code !== 'conflict' && code !== 'not-found') throw thrown;
  }
}

function extraConfig(marks: Readonly<Record<string, string>>): readonly XmlFragment[] {
  return toExtraConfig(marks).map(([key, value]) =>
    element('extraConfig', [element('key', key), typed('value', 'xsd:string', value)]),
  );
}
