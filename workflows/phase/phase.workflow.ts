import type {
  Deficit,
  GrowOrder,
  GroundOrders,
  PhaseName,
  PhaseStage,
  ProvisionActivities,
  RunActivities,
  RunRef,
  ScaleBackActivities,
  ShiftActivities,
  ShiftOrder,
  ShrinkOrder,
} from '@springtide/contracts';
import {
  condition,
  executeChild,
  isCancellation,
  patched,
  proxyActivities,
  rootCause,
  workflowInfo,
} from '@temporalio/workflow';
import { EFFECT, PURCHASE, STEP, TRUTH } from '../activity-profiles.js';
import { failureCode } from '../failure-code.js';
import { settleAll } from '../settle-all.js';
import { provision } from '../provision/provision.workflow.js';
import { shift } from '../shift/shift.workflow.js';
import { joinAsTheyCome } from './arrivals.js';
import { buyThenJoin, type Ramp } from './buy-then-join.js';

const truth = proxyActivities<RunActivities>(TRUTH);
const { readOrders } = proxyActivities<RunActivities>(EFFECT);
const { leaveRoute } = proxyActivities<ShiftActivities>(STEP);
const { releaseMachines } = proxyActivities<ScaleBackActivities>(STEP);
const { awaitRunning } = proxyActivities<ProvisionActivities>(PURCHASE);

/** Since 0.2.0. Before it, one purchase that could not be asked about any more ended its phase. */
const LOST_IS_TOLD = 'lost-purchase-is-told';
/** Since 0.2.0. */
const SERVES_MEANWHILE = 'serves-while-buying';

export type PhaseInput = RunRef &
  Readonly<{
    phase: PhaseName;
    stage: PhaseStage;
    revision: number;
    services: readonly string[];
    /** How often those that came are joined while others are awaited. Histories of 0.1.0 have none. */
    lookEveryMs?: number;
  }>;

const LOOK_EVERY_MS = 60_000;

/** Brings the ground to what a phase needs: buys, joins, moves traffic, lets go what is too much. */
export async function phase(input: PhaseInput): Promise<void> {
  const { phase: name, stage, revision, services, tenantId, runId, fence } = input;
  const run = { tenantId, runId, fence };
  const orders = await ordersNow(input);
  const growing = new Set([...orders.unready, ...orders.grow.map((order) => order.service)]);
  // One that was not begun in time is not prepared either: what joins was bought for what came before.
  if (growing.size > 0 && stage !== 'late') await truth.enterPhase({ ...run, phase: name });
  const label = `${name}.${stage}.${revision}`;
  const ramp: Ramp = {
    ...{ run, services, growing, label },
    buy: async () => await grow(input, orders.grow),
    move: async (service) => {
      const leaving = orders.shrink.find((order) => order.service === service);
      await moveTraffic(run, service, label, leaving);
    },
  };
  if (patched(SERVES_MEANWHILE)) await serveMeanwhile(input, ramp);
  else await buyThenJoin(ramp);
  if (stage === 'full') await truth.notePhaseReached({ ...run, phase: name });
}

/** Who is ready serves while others are bought; a service waits for nobody else's machines. */
async function serveMeanwhile(input: PhaseInput, { run, services, growing, label, buy, move }: Ramp) {
  const { stage, lookEveryMs = LOOK_EVERY_MS } = input;
  let isBought = false;
  const bought = () => isBought;
  const buying = buy().finally(() => {
    isBought = true;
  });
  const serve = async (service: string, look: number) =>
    (await moveShares({ ...run, service, shift: `${label}.${look}`, leaving: [] }, `${service}/${look}`))
      .moved;
  const served = services.map(async (service) => {
    const arrivals = { run, service, label, lookEveryMs, urgent: stage !== 'grow', bought };
    if (growing.has(service))
      await joinAsTheyCome({ ...arrivals, serve: async (look) => await serve(service, look) });
    else await condition(bought);
    await move(service);
  });
  await settleAll([buying, ...served]);
}

/** What was bought before an interruption is seen through first: it is neither missing nor of use until it runs. */
async function ordersNow(input: PhaseInput): Promise<GroundOrders> {
  const { phase: name, stage, tenantId, runId, fence } = input;
  const run = { tenantId, runId, fence };
  const orders = await readOrders({ ...run, phase: name, stage });
  if (orders.booting.length === 0) return orders;
  await settleAll(
    orders.booting.map(async (intentId) => await seeThrough({ ...run, phase: name }, intentId)),
  );
  return await readOrders({ ...run, phase: name, stage });
}

/** An account that can be asked no more is told, and the others stand in; a newer owner or a stop ends the phase. */
async function seeThrough({ phase: name, ...run }: RunRef & { phase: PhaseName }, intentId: string) {
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

/** Buys round by round: what one pool refuses is looked for on the next approved ones. */
async function grow(input: PhaseInput, first: readonly GrowOrder[]): Promise<void> {
  const { phase: name, tenantId, runId, fence } = input;
  const run = { tenantId, runId, fence };
  let orders = first;
  for (let round = 0; orders.length > 0; round += 1) {
    const deficits = await buy(input, orders, round);
    if (deficits.length === 0) return;
    orders = await truth.planFallback({ ...run, phase: name, round: round + 1, deficits });
    if (orders.length === 0) await truth.noteShortage({ ...run, phase: name, deficits });
  }
}

async function buy(
  input: PhaseInput,
  orders: readonly GrowOrder[],
  round: number,
): Promise<readonly Deficit[]> {
  const { phase: name, revision, tenantId, runId, fence } = input;
  const results = await settleAll(
    orders.map(
      async (order) =>
        await executeChild(provision, {
          workflowId: `${workflowInfo().workflowId}/provision/${round}/${order.service}/${order.poolId}`,
          args: [{ tenantId, runId, fence, phase: name, revision, round, order }],
        }),
    ),
  );
  return results.flat();
}

async function moveTraffic(
  run: RunRef,
  service: string,
  label: string,
  leaving: ShrinkOrder | undefined,
): Promise<void> {
  const targets = leaving?.targets ?? [];
  const order = { ...run, service, shift: label, leaving: targets.map((target) => target.machineId) };
  const { moved } = await moveShares(order, service);
  // Traffic that could not be moved away is still served by them; the next phase, or the end, tries again.
  if (targets.length === 0 || !moved) return;
  await leaveRoute(order);
  await releaseMachines({ ...run, step: `shrink/${label}/${service}`, targets });
}

async function moveShares(order: ShiftOrder, as: string) {
  return await executeChild(shift, { workflowId: `${workflowInfo().workflowId}/shift/${as}`, args: [order] });
}
