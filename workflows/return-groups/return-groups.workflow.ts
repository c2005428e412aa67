import type { HousekeepingActivities } from '@springtide/contracts';
import { proxyActivities } from '@temporalio/workflow';
import { EFFECT } from '../activity-profiles.js';

const housekeeping = proxyActivities<Pick<HousekeepingActivities, 'returnGroups'>>({
  ...EFFECT,
  retry: { maximumAttempts: 1 },
});

/** Looks whether scaling groups that gave way to a campaign can come back. */
export async function returnGroups(): Promise<void> {
  await housekeeping.returnGroups();
}
