import type { LaunchBatch } from '../contract/compute.js';
import type { Machine, MachineId } from '../contract/machine.js';

/** The n-th machine of a batch that was accepted, before any read of the cloud shows it: as it was ordered. */
export function promisedMachine(batch: LaunchBatch, id: MachineId, n: number): Machine {
  const { region, zone, machineType, purchaseOption, image, ownership, labels } = batch;
  return {
    id,
    name: `${batch.namePrefix}-${n}`,
    state: 'pending',
    addresses: [],
    ...{ region, zone, machineType, purchaseOption, image, ownership, labels },
  };
}
