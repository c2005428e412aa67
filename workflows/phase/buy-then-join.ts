import type { GroundOrders, RunActivities, ShiftActivities } from '@springtide/contracts';
import { proxyActivities } from '@temporalio/workflow';
import { EFFECT, STEP, TRUTH } from '../activity-profiles.js';
import { settleAll } from '../settle-all.js';
import { grow, seeThrough } from './buy.js';
import { moveTraffic } from './move-traffic.js';
import { refOf, type PhaseInput } from './phase-input.js';

const truth = proxyActivities<RunActivities>(TRUTH);
const { readOrders } = proxyActivities<RunActivities>(EFFECT);
const { joinRoute } = proxyActivities<ShiftActivities>(STEP);

/**
 * A phase as version 0.1.0 carried it out: nothing is bought before what was interrupted is seen through, and nobody joins
 * before the last purchase is. For runs that were in one then; it goes with the version after the next.
 */
export async function buyThenJoin(input: PhaseInput): Promise<void> {
  const { phase: name, stage, revision, services } = input;
  const run = refOf(input);
  const orders = await ordersNow(input);
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

async function ordersNow(input: PhaseInput): Promise<GroundOrders> {
  const { phase: name, stage } = input;
  const run = refOf(input);
  const orders = await readOrders({ ...run, phase: name, stage });
  if (orders.booting.length === 0) return orders;
  await settleAll(
    orders.booting.map(async (intentId) => {
      await seeThrough({ ...run, phase: name }, intentId);
    }),
  );
  return await readOrders({ ...run, phase: name, stage });
}
