import { SpringtideError } from '@springtide/kernel';
import type { LaunchBatch, LaunchReceipt } from '../contract/compute.js';

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

function broken(what: string): SpringtideError {
  return new SpringtideError('internal', `the provider’s receipt cannot be trusted: ${what}`, {
    nextStep: 'Find by intent what the cloud really has; then report the provider’s fault.',
  });
}
