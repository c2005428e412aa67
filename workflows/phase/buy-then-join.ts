import type {
  GroundOrders,
  GrowOrder,
  PhaseName,
  RunActivities,
  RunRef,
  ShiftActivities,
  ShrinkOrder,
} from '@springtide/contracts';
import { proxyActivities } from '@temporalio/workflow';
import { EFFECT, STEP, TRUTH } from '../activity-profiles.js';
import { settleAll } from '../settle-all.js';
import type { PhaseInput } from './phase.workflow.js';

const truth = proxyActivities<RunActivities>(TRUTH);
const { readOrders } = proxyActivities<RunActivities>(EFFECT);
const { joinRoute } = proxyActivities<ShiftActivities>(STEP);

type Steps = Readonly<{
  seeThrough: (at: RunRef & { phase: PhaseName }, intentId: string) => Promise<void>;
  grow: (input: PhaseInput, orders: readonly GrowOrder[]) => Promise<void>;
  moveTraffic: (run: RunRef, service: string, label: string, leaving?: ShrinkOrder) => Promise<void>;
}>;

/**
 * A phase as version 0.1.0 carried it out: nothing is bought before what was interrupted is seen through, and nobody joins
 * before the last purchase is. For runs that were in one then; it goes with the version after the next.
 */
export async function buyThenJoin(
  input: PhaseInput,
  { seeThrough, grow, moveTraffic }: Steps,
): Promise<void> {
  const { phase: name, stage, revision, services, tenantId, runId, fence } = input;
  const run = { tenantId, runId, fence };
  const orders = await ordersNow(input, seeThrough);
  const growing = new Set([...orders.unready, ...orders.grow.map((order) => order.service)]);
  if (growing.size > 0 && stage !== 'late') await truth.enterPhase({ ...run, phase: name });
  await grow(input, orders.grow);
  const label = `${name}.${stage}.${revision}`;
  await settleAll(
    services.map(async (service) => {
      const leaving = orders.shrink.find((order) => order.service === service);
      if (growing.has(service)) await joinRoute({ ...run, service, join: label });
      await moveTraffic(run, service, label, leaving);
    }),
  );
  if (stage === 'full') await truth.notePhaseReached({ ...run, phase: name });
}

async function ordersNow(input: PhaseInput, seeThrough: Steps['seeThrough']): Promise<GroundOrders> {
  const { phase: name, stage, tenantId, runId, fence } = input;
  const run = { tenantId, runId, fence };
  const orders = await readOrders({ ...run, phase: name, stage });
  if (orders.booting.length === 0) return orders;
  await settleAll(
    orders.booting.map(async (intentId) => {
      await seeThrough({ ...run, phase: name }, intentId);
    }),
  );
  return await readOrders({ ...run, phase: name, stage });
}
