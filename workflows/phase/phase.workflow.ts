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
  CancellationScope,
  condition,
  defineSignal,
  executeChild,
  isCancellation,
  patched,
  proxyActivities,
  rootCause,
  setHandler,
  workflowInfo,
  type WorkflowInfo,
} from '@temporalio/workflow';
import { EFFECT, PURCHASE, STEP, TRUTH } from '../activity-profiles.js';
import { failureCode } from '../failure-code.js';
import { settleAll } from '../settle-all.js';
import { provision } from '../provision/provision.workflow.js';
import { shift } from '../shift/shift.workflow.js';
import { joinAsTheyCome } from './arrivals.js';
import { buyThenJoin } from './buy-then-join.js';

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
    await buyThenJoin(input, { seeThrough, grow, moveTraffic });
    return { isWhole: true };
  }
  const { phase: name, stage, revision, services } = input;
  const run = refOf(input);
  // Nothing that another turn of the same phase did counts as done in this one.
  const turn = turnOf(workflowInfo());
  const first = await readOrders({ ...run, phase: name, stage });
  const growing = growingIn(first);
  // One that was not begun in time is not prepared either: what joins was bought for what came before.
  if (growing.size > 0 && stage !== 'late') await truth.enterPhase({ ...run, phase: name });
  // Purchases that were interrupted may come up for any service.
  const joining = first.booting.length > 0 ? new Set(services) : growing;
  const label = `${name}.${stage}.${revision}.${turn}`;
  const isHandedOver = () => news.isHandedOver;
  const isWhole = await supplyAndServe(input, { turn, label, first, joining, waiting, isHandedOver });
  if (stage === 'full' && isWhole) await truth.notePhaseReached({ ...run, phase: name });
  return { isWhole };
}

type Ramp = Readonly<{
  turn: string;
  label: string;
  first: GroundOrders;
  joining: ReadonlySet<string>;
  /** Ends the wait for what is bought. */
  waiting: CancellationScope;
  isHandedOver: () => boolean;
}>;

/** Who is ready serves while others are bought; a service waits for nobody else's machines. */
async function supplyAndServe(input: PhaseInput, ramp: Ramp): Promise<boolean> {
  const { turn, label, first, joining, waiting, isHandedOver } = ramp;
  const { stage, services, lookEveryMs = LOOK_EVERY_MS } = input;
  const run = refOf(input);
  let orders: GroundOrders | undefined;
  let left = 0;
  let isOver = false;
  const bought = () => isOver;
  const supplyAll = async () => {
    try {
      orders = await waiting.run(async () => await supply(input, first, turn));
    } catch (thrown) {
      if (!isHandedOver() || !isCancellation(thrown)) throw thrown;
      left += 1;
    } finally {
      isOver = true;
    }
  };
  const serving = services.map(async (service) => {
    const arrivals = { run, service, label, lookEveryMs, urgent: stage !== 'grow', bought, isHandedOver };
    const serve = async (look: number) =>
      (await moveShares({ ...run, service, shift: `${label}.${look}`, leaving: [] }, `${service}/${look}`))
        .moved;
    if (joining.has(service)) {
      const unready = await joinAsTheyCome({ ...arrivals, serve });
      left += unready;
    } else await condition(bought);
    // Nobody is let go before those are there who take over.
    const stays = orders === undefined || isHandedOver();
    if (stays && leavingOf(orders ?? first, service) !== undefined) left += 1;
    await moveTraffic(run, service, label, stays ? undefined : leavingOf(orders, service));
  });
  await settleAll([supplyAll(), ...serving]);
  return left === 0;
}

/**
 * Buys what is missing while what was bought before an interruption is seen through, which counts as there until then; what of
 * it does not come is bought after that. @returns what is known of the ground then.
 */
async function supply(input: PhaseInput, first: GroundOrders, turn: string): Promise<GroundOrders> {
  const at = { ...refOf(input), phase: input.phase };
  const seeing = first.booting.map(async (intentId) => await seeThrough(at, intentId));
  await settleAll([grow(input, first.grow, turn), ...seeing]);
  if (seeing.length === 0) return first;
  const rest = await readOrders({ ...at, stage: input.stage });
  await grow(input, rest.grow, `${turn}+`);
  return rest;
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
async function grow(input: PhaseInput, first: readonly GrowOrder[], turn?: string): Promise<void> {
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

/** From the end of its id: the beginning is a clock, and the same for turns within a minute. */
function turnOf({ runId }: Pick<WorkflowInfo, 'runId'>): string {
  return runId.slice(-8);
}

function growingIn({ unready, grow: orders }: GroundOrders): ReadonlySet<string> {
  return new Set([...unready, ...orders.map((order) => order.service)]);
}

function leavingOf(orders: GroundOrders | undefined, service: string): ShrinkOrder | undefined {
  return orders?.shrink.find((order) => order.service === service);
}

function refOf({ tenantId, runId, fence }: RunRef): RunRef {
  return { tenantId, runId, fence };
}
