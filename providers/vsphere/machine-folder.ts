import { SpringtideError, type Instant } from '@springtide/kernel';
import { faultOf, isFault } from './error-map.js';
import type { Vsphere } from './machine-search.js';
import type { Datacenter } from './site-map.js';
import { readReference, reference, type MoRef } from './soap/soap-connection.js';
import { childOf } from './soap/xml-reader.js';
import { element } from './soap/xml-writer.js';

/**
 * The account's own folder: names are unique within it, which makes a repeated clone fail instead of doubling.
 * Made on first use; whoever else makes it at the same moment makes the same one.
 */
export async function ensureMachineFolder(
  vsphere: Vsphere,
  datacenter: Datacenter,
  deadline: Instant,
): Promise<MoRef> {
  const { folder } = vsphere.account;
  const known = await findChild(vsphere, datacenter.machineFolder, folder, deadline);
  if (known !== undefined) return known;
  try {
    const answer = await vsphere.session.call({
      method: 'CreateFolder',
      target: datacenter.machineFolder,
      arguments: [element('name', folder)],
      kind: 'change',
      deadline,
    });
    const made = readReference(childOf(answer, 'returnval'));
    if (made !== undefined) return made;
  } catch (thrown) {
    if (!isFault(thrown, 'DuplicateName')) throw harmless(thrown);
    const holder = readReference(childOf(faultOf(thrown)?.detail, 'object'));
    if (holder !== undefined) return holder;
  }
  throw new SpringtideError('unavailable', `the folder ${folder} cannot be had; no machine was made`, {
    effect: 'none',
  });
}

/** A folder that may have been made is no machine that may have been made. */
function harmless(thrown: unknown): unknown {
  if (!(thrown instanceof SpringtideError) || thrown.effect === 'none') return thrown;
  return new SpringtideError(thrown.code, `${thrown.message}; no machine was made`, {
    effect: 'none',
    retry: thrown.retry,
    cause: thrown,
  });
}

export async function findChild(
  vsphere: Vsphere,
  parent: MoRef,
  name: string,
  deadline: Instant,
): Promise<MoRef | undefined> {
  const { searchIndex } = await vsphere.session.content(deadline);
  const answer = await vsphere.session.call({
    method: 'FindChild',
    target: searchIndex,
    arguments: [reference('entity', parent), element('name', name)],
    kind: 'read',
    deadline,
  });
  return readReference(childOf(answer, 'returnval'));
}
