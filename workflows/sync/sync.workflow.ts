import type { HousekeepingActivities } from '@springtide/contracts';
import { proxyActivities } from '@temporalio/workflow';
import { EFFECT } from '../activity-profiles.js';

const { syncInventory, sealAuditChains } = proxyActivities<HousekeepingActivities>({
  ...EFFECT,
  retry: { maximumAttempts: 1 },
});

/** Reads what the clouds have into the inventory. */
export async function sync(): Promise<void> {
  await syncInventory();
}

/** Chains the audit records written since the last time. */
export async function sealAudit(): Promise<void> {
  await sealAuditChains();
}
