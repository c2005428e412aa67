import { asSpringtideError, SpringtideError, type Instant } from '@springtide/kernel';
import { boundedMap } from './bounded-map.js';
import { destroyMachine } from './destroy-machine.js';
import type { MachineRecord } from './machine-record.js';
import { findMachinesForSure, type Vsphere } from './machine-search.js';

export type Termination = 'terminating' | 'gone' | SpringtideError;

const AT_ONCE = 16;

/** Every id has an answer; one machine that cannot be ended does not keep the others. */
export async function terminateMachines(
  vsphere: Vsphere,
  ids: readonly string[],
  region: string,
  deadline: Instant,
): Promise<ReadonlyMap<string, Termination>> {
  const datacenter = await vsphere.sites.recent(region, deadline);
  const found = await findMachinesForSure(vsphere, datacenter, ids, deadline);
  const outcomes = await boundedMap(ids, AT_ONCE, async (id) => {
    const record = found.get(id.toLowerCase());
    return [id, record === undefined ? 'gone' : await end(vsphere, record, deadline)] as const;
  });
  return new Map(outcomes);
}

async function end(vsphere: Vsphere, record: MachineRecord, deadline: Instant): Promise<Termination> {
  try {
    return (await destroyMachine(vsphere, record, deadline)) === 'gone' ? 'gone' : 'terminating';
  } catch (thrown) {
    return asSpringtideError(thrown);
  }
}
