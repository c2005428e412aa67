import type { RunRef, ScaleBackActivities, ScaleBackInput, ShiftActivities } from '@springtide/contracts';
import { proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import { RETURN } from '../activity-profiles.js';

const { beginScaleBack, releaseMachines, confirmGone, verifyAbsence, closeRun } =
  proxyActivities<ScaleBackActivities>(RETURN);
const { sendTrafficHome } = proxyActivities<ShiftActivities & ScaleBackActivities>(RETURN);

/** Clean listings in a row that prove absence. */
const CLEAN_PASSES = 2;

/** Traffic home, drain, terminate, read back gone, sweep, prove by two listings, close. */
export async function scaleBack(input: ScaleBackInput): Promise<void> {
  const { tenantId, runId, reason } = input;
  const owner = `scale-back/${workflowInfo().runId}`;
  const { fence, services, drainMs, pollMs } = await beginScaleBack({ tenantId, runId, owner, reason });
  const run = { tenantId, runId, fence };
  await Promise.all(services.map(async (service) => await sendTrafficHome({ ...run, service })));
  await sleep(drainMs);
  for (let pass = 1, clean = 0; clean < CLEAN_PASSES; pass += 1) {
    await bringBack(run, pass, pollMs);
    const { leftovers } = await verifyAbsence({ ...run, pass });
    clean = leftovers === 0 ? clean + 1 : 0;
    if (clean < CLEAN_PASSES) await sleep(pollMs);
  }
  await closeRun(run);
}

async function bringBack(run: RunRef, pass: number, pollMs: number): Promise<void> {
  for (let round = 0; ; round += 1) {
    const { waitMs } = await releaseMachines({ ...run, step: `all/${pass}.${round}` });
    const { machines, satellites } = await confirmGone(run);
    if (waitMs === 0 && machines === 0 && satellites === 0) return;
    await sleep(Math.max(waitMs, pollMs));
  }
}
