import type { GroundOrders, RunActivities } from '@springtide/contracts';
import {
  CancellationScope,
  defineSignal,
  patched,
  proxyActivities,
  setHandler,
  workflowInfo,
  type WorkflowInfo,
} from '@temporalio/workflow';
import { EFFECT, TRUTH } from '../activity-profiles.js';
import { buyThenJoin } from './buy-then-join.js';
import { refOf, type PhaseInput } from './phase-input.js';
import { SupplyAndServe } from './supply-and-serve.js';

const truth = proxyActivities<RunActivities>(TRUTH);
const { readOrders } = proxyActivities<RunActivities>(EFFECT);

/** Since 0.2.0. */
const SERVES_MEANWHILE = 'serves-while-buying';

/** Something newer is to be done: what is still awaited is left to it, as it stands. */
export const handOver = defineSignal('handOver');

/** `isWhole`: nothing was left to another turn. */
export type PhaseOutcome = Readonly<{ isWhole: boolean }>;

/** Brings the ground to what a phase needs: buys, joins, moves traffic, lets go what is too much. */
export async function phase(input: PhaseInput): Promise<PhaseOutcome> {
  const waiting = new CancellationScope();
  const news = { isHandedOver: false };
  setHandler(handOver, () => {
    news.isHandedOver = true;
    waiting.cancel();
  });
  if (!patched(SERVES_MEANWHILE)) {
    await buyThenJoin(input);
    return { isWhole: true };
  }
  const { phase: name, stage, services } = input;
  const at = { ...refOf(input), phase: name };
  const first = await readOrders({ ...at, stage });
  const growing = growingIn(first);
  // One that was not begun in time is not prepared either: what joins was bought for what came before.
  if (growing.size > 0 && stage !== 'late') await truth.enterPhase(at);
  // Purchases that were interrupted may come up for any service.
  const joining = first.booting.length > 0 ? new Set(services) : growing;
  const id = turnOf(workflowInfo());
  const isHandedOver = () => news.isHandedOver;
  const isWhole = await new SupplyAndServe(input, { id, first, joining, waiting, isHandedOver }).carryOut();
  if (stage === 'full' && isWhole) await truth.notePhaseReached(at);
  return { isWhole };
}

/** From the end of its id: the beginning is a clock, and the same for turns within a minute. */
function turnOf({ runId }: Pick<WorkflowInfo, 'runId'>): string {
  return runId.slice(-8);
}

function growingIn({ unready, grow }: GroundOrders): ReadonlySet<string> {
  return new Set([...unready, ...grow.map((order) => order.service)]);
}
