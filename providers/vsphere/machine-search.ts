import type { Instant } from '@springtide/kernel';
import type { VsphereAccount } from './account.js';
import { boundedMap } from './bounded-map.js';
import { isUuid } from './instance-uuid.js';
import { MACHINE_PROPERTIES, readMachineRecord, type MachineRecord } from './machine-record.js';
import type { ContentLibraries } from './library/content-libraries.js';
import type { MachineTags } from './machine-tags.js';
import type { RestConnection } from './rest/rest-connection.js';
import type { Datacenter, SiteMap } from './site-map.js';
import { readReference, reference, type MoRef } from './soap/soap-connection.js';
import { childrenOf } from './soap/xml-reader.js';
import { element } from './soap/xml-writer.js';
import { readObjects, readWholeTree } from './vim/property-collector.js';
import type { TaskRunner } from './vim/tasks.js';
import type { VimSession } from './vim/vim-session.js';

/** What every operation on one account works with. */
export type Vsphere = Readonly<{
  session: VimSession;
  tasks: TaskRunner;
  sites: SiteMap;
  account: VsphereAccount;
  rest: RestConnection;
  /** Absent where the account wants none. */
  tags?: MachineTags;
  /** Absent where the account reads none. */
  libraries?: ContentLibraries;
}>;

const LOOKUPS_AT_ONCE = 10;

/** Every virtual machine of the datacenter, templates and other people's included. */
export async function sweepMachines(
  vsphere: Vsphere,
  datacenter: Datacenter,
  deadline: Instant,
): Promise<readonly MachineRecord[]> {
  const found = await readWholeTree(vsphere.session, datacenter.ref, MACHINE_PROPERTIES, deadline);
  return found.map(readMachineRecord);
}

/** The machines with these ids that vSphere knows now; an id that it does not know is absent. */
export async function findMachines(
  vsphere: Vsphere,
  datacenter: Datacenter,
  ids: readonly string[],
  deadline: Instant,
): Promise<ReadonlyMap<string, MachineRecord>> {
  // An id of another form belongs to no machine of any vSphere.
  const asked = [...new Set(ids.filter(isUuid))];
  const refs = await boundedMap(asked, LOOKUPS_AT_ONCE, async (id) =>
    findByInstanceUuid(vsphere, datacenter, id, deadline),
  );
  const records = await readMachines(vsphere, refs.flat(), deadline);
  return new Map(records.map((record) => [record.instanceUuid, record]));
}

/**
 * Like findMachines, but what is missing is missing for sure: a machine that is still being cloned has no id yet, so
 * an id is called unknown only after the clones that run now have ended.
 */
export async function findMachinesForSure(
  vsphere: Vsphere,
  datacenter: Datacenter,
  ids: readonly string[],
  deadline: Instant,
): Promise<ReadonlyMap<string, MachineRecord>> {
  const found = await findMachines(vsphere, datacenter, ids, deadline);
  const missing = ids.filter((id) => !found.has(id.toLowerCase()));
  if (missing.length === 0) return found;
  await vsphere.tasks.settleClones(deadline);
  return new Map([...found, ...(await findMachines(vsphere, datacenter, missing, deadline))]);
}

/** Those that still exist. */
export async function readMachines(
  vsphere: Vsphere,
  refs: readonly MoRef[],
  deadline: Instant,
): Promise<readonly MachineRecord[]> {
  const contents = await readObjects(vsphere.session, refs, MACHINE_PROPERTIES, deadline);
  return contents.map(readMachineRecord);
}

async function findByInstanceUuid(
  vsphere: Vsphere,
  datacenter: Datacenter,
  uuid: string,
  deadline: Instant,
): Promise<readonly MoRef[]> {
  const { searchIndex } = await vsphere.session.content(deadline);
  const answer = await vsphere.session.call({
    method: 'FindAllByUuid',
    target: searchIndex,
    arguments: [
      reference('datacenter', datacenter.ref),
      element('uuid', uuid.toLowerCase()),
      element('vmSearch', true),
      element('instanceUuid', true),
    ],
    kind: 'read',
    deadline,
  });
  return childrenOf(answer, 'returnval').flatMap((found) => readReference(found) ?? []);
}
