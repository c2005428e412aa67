import type { ShiftActivities, ShiftOrder } from '@springtide/contracts';
import { proxyActivities } from '@temporalio/workflow';
import { STEP } from '../activity-profiles.js';

const { planShift, shiftStep, rollBackShift } = proxyActivities<ShiftActivities>(STEP);

/** Moves one service's traffic to where its ready capacity is, step by step; a bad step goes back to the last good one. */
export async function shift(order: ShiftOrder): Promise<{ moved: boolean; reason: string }> {
  const { from, to, fractions } = await planShift(order);
  for (const [step, fraction] of fractions.entries()) {
    const { passed, reason, why } = await shiftStep({ ...order, step, from, to, fraction });
    if (!passed) {
      await rollBackShift({ ...order, to: from, reason, why });
      return { moved: false, reason };
    }
  }
  return { moved: true, reason: '' };
}
