import type { RehearsalActivities, RehearsalInput } from '@springtide/contracts';
import { proxyActivities, rootCause } from '@temporalio/workflow';
import { REHEARSING, TRUTH } from '../activity-profiles.js';

const { rehearse: live } = proxyActivities<RehearsalActivities>(REHEARSING);
const { failRehearsal } = proxyActivities<RehearsalActivities>(TRUTH);

/** Lives through a plan. A rehearsal that cannot be carried out says why, in its own row. */
export async function rehearse(input: RehearsalInput): Promise<void> {
  try {
    await live(input);
  } catch (thrown) {
    await failRehearsal({ ...input, reason: rootCause(thrown) ?? 'unknown cause' });
  }
}
