import type { HousekeepingActivities } from '@springtide/contracts';
import { proxyActivities } from '@temporalio/workflow';
import { EFFECT } from '../activity-profiles.js';

const housekeeping = proxyActivities<Pick<HousekeepingActivities, 'keepRoutes'>>({
  ...EFFECT,
  retry: { maximumAttempts: 1 },
});

/** Looks at the entrances that no campaign looks after: a proxy that was started again may have forgotten everything. */
export async function keepRoutes(): Promise<void> {
  await housekeeping.keepRoutes();
}
