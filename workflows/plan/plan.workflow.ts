import type { PlanActivities, PlanInput } from '@springtide/contracts';
import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';
import { SOLVE, TRUTH } from '../activity-profiles.js';

const { refreshMarket, solvePlan } = proxyActivities<PlanActivities>(SOLVE);
const { failPlan } = proxyActivities<PlanActivities>(TRUTH);

/** Reads the market, solves, stores. A plan that cannot be made says why, in its own row. */
export async function plan(input: PlanInput): Promise<void> {
  try {
    await refreshMarket(input);
    await solvePlan(input);
  } catch (thrown) {
    await failPlan({ ...input, reason: reasonOf(thrown) });
  }
}

function reasonOf(thrown: unknown): string {
  const cause = thrown instanceof ActivityFailure ? thrown.cause : thrown;
  return cause instanceof ApplicationFailure || cause instanceof Error ? cause.message : String(cause);
}
