import { proxyActivities } from '@temporalio/workflow';
import type { ReadinessActivities } from '@springtide/contracts';
import { LISTING, TRUTH } from '../activity-profiles.js';
import { settleAll } from '../settle-all.js';

const truth = proxyActivities<Pick<ReadinessActivities, 'waitingCampaigns'>>(TRUTH);
const clouds = proxyActivities<Pick<ReadinessActivities, 'checkReadiness'>>(LISTING);

/** Every campaign that waits is checked; one that cannot be is no reason to leave out the others. */
export async function readiness(): Promise<void> {
  const waiting = await truth.waitingCampaigns();
  await settleAll(waiting.map(async (campaign) => await clouds.checkReadiness(campaign)));
}
