import type {
  RunRef,
  ScaleBackActivities,
  ShiftActivities,
  ShiftOrder,
  ShrinkOrder,
} from '@springtide/contracts';
import { executeChild, proxyActivities, workflowInfo } from '@temporalio/workflow';
import { STEP } from '../activity-profiles.js';
import { shift } from '../shift/shift.workflow.js';

const { leaveRoute } = proxyActivities<ShiftActivities>(STEP);
const { releaseMachines } = proxyActivities<ScaleBackActivities>(STEP);

/** Moves the traffic to who stays, and then lets go who leaves. */
export async function moveTraffic(
  run: RunRef,
  service: string,
  label: string,
  leaving: ShrinkOrder | undefined,
): Promise<void> {
  const targets = leaving?.targets ?? [];
  const order = { ...run, service, shift: label, leaving: targets.map((target) => target.machineId) };
  const moved = await moveShares(order, service);
  // Traffic that could not be moved away is still served by them; the next phase, or the end, tries again.
  if (targets.length === 0 || !moved) return;
  await leaveRoute(order);
  await releaseMachines({ ...run, step: `shrink/${label}/${service}`, targets });
}

/** @param as unique within the phase. @returns whether they stayed moved. */
export async function moveShares(order: ShiftOrder, as: string): Promise<boolean> {
  const workflowId = `${workflowInfo().workflowId}/shift/${as}`;
  const { moved } = await executeChild(shift, { workflowId, args: [order] });
  return moved;
}
