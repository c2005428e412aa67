import type {
  Deficit,
  GrowOrder,
  PhaseName,
  ProvisionActivities,
  RunActivities,
  RunRef,
} from '@springtide/contracts';
import {
  executeChild,
  isCancellation,
  patched,
  proxyActivities,
  rootCause,
  workflowInfo,
} from '@temporalio/workflow';
import { PURCHASE, TRUTH } from '../activity-profiles.js';
import { failureCode } from '../failure-code.js';
import { provision } from '../provision/provision.workflow.js';
import { settleAll } from '../settle-all.js';
import { refOf, type PhaseInput } from './phase-input.js';

const truth = proxyActivities<RunActivities>(TRUTH);
const { awaitRunning } = proxyActivities<ProvisionActivities>(PURCHASE);

/** Since 0.2.0. Before it, one purchase that could not be asked about any more ended its phase. */
const LOST_IS_TOLD = 'lost-purchase-is-told';

/**
 * Buys round by round: what one pool refuses is looked for on the next approved ones.
 * @param turn what another turn of the phase ordered does not count as ordered by this one; 0.1.0 had none.
 */
export async function grow(input: PhaseInput, first: readonly GrowOrder[], turn?: string): Promise<void> {
  const { phase: name } = input;
  const run = refOf(input);
  let orders = first;
  for (let round = 0; orders.length > 0; round += 1) {
    const deficits = await buy(input, orders, round, turn);
    if (deficits.length === 0) return;
    orders = await truth.planFallback({ ...run, phase: name, round: round + 1, deficits });
    if (orders.length === 0) await truth.noteShortage({ ...run, phase: name, deficits });
  }
}

async function buy(
  input: PhaseInput,
  orders: readonly GrowOrder[],
  round: number,
  turn: string | undefined,
): Promise<readonly Deficit[]> {
  const { phase: name, revision } = input;
  const which = turn === undefined ? {} : { turn };
  const results = await settleAll(
    orders.map(
      async (order) =>
        await executeChild(provision, {
          workflowId: `${workflowInfo().workflowId}/provision/${round}/${order.service}/${order.poolId}`,
          args: [{ ...refOf(input), phase: name, revision, round, ...which, order }],
        }),
    ),
  );
  return results.flat();
}

/** An account that can be asked no more is told, and the others stand in; a newer owner or a stop ends the phase. */
export async function seeThrough(
  { phase: name, ...run }: RunRef & { phase: PhaseName },
  intentId: string,
): Promise<void> {
  try {
    await awaitRunning({ ...run, intentId });
  } catch (thrown) {
    if (isCancellation(thrown) || failureCode(thrown) === 'fenced' || !patched(LOST_IS_TOLD)) throw thrown;
    const why = rootCause(thrown) ?? 'unknown cause';
    await truth.noteProblem({
      ...run,
      phase: name,
      detail: `what came of purchase ${intentId} is not known (${why})`,
    });
  }
}
