import { proxyActivities, sleep } from '@temporalio/workflow';
import type { BillCheckActivities, BillCheckInput } from '@springtide/contracts';
import { BILLS } from '../activity-profiles.js';

const { lookAtBills } = proxyActivities<BillCheckActivities>(BILLS);

/**
 * The bills of a campaign that is closed. Truth says when they are due and whether looking again is of use; this only asks,
 * rests and asks again. It is a workflow of its own, so that no run stays open for weeks until its bill is complete.
 */
export async function billCheck(input: BillCheckInput): Promise<void> {
  for (;;) {
    const { waitMs } = await lookAtBills(input);
    if (waitMs === null) return;
    await sleep(waitMs);
  }
}
