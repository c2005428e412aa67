import { SpringtideError } from '@springtide/kernel';
import type { LaunchBatch, LaunchReceipt } from '../contract/compute.js';
import type { Machine } from '../contract/machine.js';
import type { MachineChanges } from '../contract/resources.js';

/** @throws internal with `effect: maybe` when the receipt breaks the contract: what exists must then be looked up. */
export function checkReceipt(batch: LaunchBatch, receipt: LaunchReceipt): LaunchReceipt {
  if (receipt.items.length !== batch.count) {
    throw broken(`${receipt.items.length} outcomes came back for ${batch.count} machines`);
  }
  const ids = receipt.items.flatMap((item) => (item.outcome === 'accepted' ? [item.machineId] : []));
  if (new Set(ids).size !== ids.length) throw broken('one machine came back twice');
  if (ids.length > 0 && ids.length < batch.minimum) {
    throw broken(`${ids.length} machines were accepted, below the minimum of ${batch.minimum}`);
  }
  return receipt;
}

/** @throws internal when the answer cannot be what happened since the cursor: everything must then be listed. */
export function checkChanges(
  scope: Readonly<{ cursor?: string }>,
  changes: MachineChanges<Machine>,
): MachineChanges<Machine> {
  if (scope.cursor === undefined && !changes.whole) throw brokenFeed('its first answer is not whole');
  if (changes.cursor === '') throw brokenFeed('it gave no cursor to go on from');
  const ids = [...changes.changed.map((machine) => machine.id), ...changes.gone];
  if (new Set(ids).size !== ids.length) throw brokenFeed('one machine is in an answer twice');
  return changes;
}

function brokenFeed(what: string): SpringtideError {
  return new SpringtideError('internal', `the provider’s change feed cannot be trusted: ${what}`, {
    effect: 'none',
    retry: 'never',
    nextStep: 'List the machines of the region instead; then report the provider’s fault.',
  });
}

function broken(what: string): SpringtideError {
  return new SpringtideError('internal', `the provider’s receipt cannot be trusted: ${what}`, {
    nextStep: 'Find by intent what the cloud really has; then report the provider’s fault.',
  });
}
