import { SpringtideError, type Instant } from '@springtide/kernel';
import { isFault } from './error-map.js';
import type { MachineRecord } from './machine-record.js';
import type { Vsphere } from './machine-search.js';
import { ownershipOf } from './ownership-marks.js';

/** `busy`: somebody else is ending it already. */
export type Destroyed = 'gone' | 'busy';

/**
 * Powers the machine off and destroys it with its disks. Idempotent: one that is gone is gone.
 * @throws failed-precondition for what does not carry our marks: vSphere holds the company's own systems.
 */
export async function destroyMachine(
  vsphere: Vsphere,
  record: MachineRecord,
  deadline: Instant,
): Promise<Destroyed> {
  refuseForeign(record);
  try {
    if (record.power !== 'poweredOff') await powerOff(vsphere, record, deadline);
    await vsphere.tasks.run({ method: 'Destroy_Task', target: record.ref, deadline });
    return 'gone';
  } catch (thrown) {
    if (isFault(thrown, 'ManagedObjectNotFound')) return 'gone';
    if (isFault(thrown, 'TaskInProgress')) return 'busy';
    throw thrown;
  }
}

async function powerOff(vsphere: Vsphere, record: MachineRecord, deadline: Instant): Promise<void> {
  try {
    await vsphere.tasks.run({ method: 'PowerOffVM_Task', target: record.ref, deadline });
  } catch (thrown) {
    if (!isFault(thrown, 'InvalidPowerState')) throw thrown;
  }
}

function refuseForeign(record: MachineRecord): void {
  if (!record.template && ownershipOf(record.marks) !== undefined) return;
  throw new SpringtideError(
    'failed-precondition',
    `${record.name} ${record.template ? 'is a template' : 'carries no mark of Springtide'}; it was not touched`,
    { facts: { machine: record.instanceUuid } },
  );
}
