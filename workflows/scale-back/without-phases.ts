import type { RunRef, ScaleBackActivities, ScaleBackInput, ShiftActivities } from '@springtide/contracts';
import {
  continueAsNew,
  isCancellation,
  proxyActivities,
  rootCause,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { RETURN } from '../activity-profiles.js';
import { failureCode } from '../failure-code.js';

const { beginScaleBack, releaseMachines, confirmGone, verifyAbsence, reportStuck, closeRun } =
  proxyActivities<ScaleBackActivities>(RETURN);

/** Clean listings in a row that prove absence. */
const CLEAN_PASSES = 2;

/** The way back as version 0.1.0 began it; for runs that were on it then. It goes with the version after the next. */
export async function withoutPhases(input: ScaleBackInput): Promise<void> {
  const { tenantId, runId, reason } = input;
  const owner = `scale-back/${workflowInfo().runId}`;
  const begun = await beginScaleBack({ tenantId, runId, owner, reason });
  const { fence, services, drainMs, pollMs } = begun;
  const run = { tenantId, runId, fence };
  await Promise.all(services.map(async (service) => await sendHome(run, service, begun.homeWithinMs)));
  await sleep(drainMs);
  for (let round = 1, pass = 1, clean = 0; clean < CLEAN_PASSES; round += 1) {
    // A cloud that keeps a machine for days is asked for days; no history is that long.
    if (workflowInfo().continueAsNewSuggested) return await continueAsNew<typeof withoutPhases>(input);
    const waitMs = await bringBack(run, round);
    if (waitMs === null) {
      const { leftovers } = await verifyAbsence({ ...run, pass });
      clean = leftovers === 0 ? clean + 1 : 0;
      pass += 1;
    }
    if (clean < CLEAN_PASSES) await sleep(Math.max(waitMs ?? 0, pollMs));
  }
  await closeRun(run);
}

/** @returns how long to wait before asking again; null when nothing is left that the ledger knows of. */
async function bringBack(run: RunRef, round: number): Promise<number | null> {
  const { waitMs } = await releaseMachines({ ...run, step: `all/${round}` });
  const { machines, satellites } = await confirmGone(run);
  return waitMs === 0 && machines === 0 && satellites === 0 ? null : waitMs;
}

/** Machines do not wait for an entrance that cannot be commanded: they cost money, and its own checks miss them. */
async function sendHome(run: RunRef, service: string, withinMs: number): Promise<void> {
  const { sendTrafficHome } = proxyActivities<ShiftActivities & ScaleBackActivities>({
    ...RETURN,
    scheduleToCloseTimeout: withinMs,
  });
  try {
    await sendTrafficHome({ ...run, service });
  } catch (thrown) {
    if (isCancellation(thrown) || failureCode(thrown) === 'fenced') throw thrown;
    const cause = rootCause(thrown) ?? 'unknown cause';
    const reason = `the entrance of ${service} did not take its traffic home (${cause}); the machines go back all the same`;
    await reportStuck({ ...run, reason });
  }
}
