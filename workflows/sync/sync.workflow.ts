import type { HousekeepingActivities, InventoryActivities, WatchInput } from '@springtide/contracts';
import { ActivityFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import { EFFECT, LISTING, TRUTH, WATCHING } from '../activity-profiles.js';
import { inWindow } from '../window.js';

const { inventoryAccounts } = proxyActivities<HousekeepingActivities>(TRUTH);
const { syncAccount } = proxyActivities<InventoryActivities>(LISTING);
const { watchAccount } = proxyActivities<InventoryActivities>(WATCHING);
const { sealAuditChains } = proxyActivities<HousekeepingActivities>({
  ...EFFECT,
  retry: { maximumAttempts: 1 },
});

/** Reads what the clouds have into the inventory, a few accounts at once, so that a slow one keeps nobody waiting. */
export async function sync(): Promise<void> {
  const accounts = await inventoryAccounts();
  await inWindow(4, accounts, async (account) => unlessLost(syncAccount(account)));
}

/** Keeps machines fresh between the listings, all accounts at once; the schedule begins the next watch at its end. */
export async function watch({ forMs }: WatchInput): Promise<void> {
  const accounts = await inventoryAccounts();
  await Promise.all(accounts.map(async (account) => unlessLost(watchAccount({ ...account, forMs }))));
}

/** An account whose look was lost with its worker must not keep the others from being looked at. */
async function unlessLost(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    if (!(thrown instanceof ActivityFailure) || isCancellation(thrown)) throw thrown;
  }
}

/** Chains the audit records written since the last time. */
export async function sealAudit(): Promise<void> {
  await sealAuditChains();
}
