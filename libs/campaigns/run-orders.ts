import type { PhaseName, PhaseOrders } from '@springtide/contracts';
import { capacityOf, ordersFor, type RunTargets } from './domain/index.js';
import type { OpenRun } from './run-book.js';
import { deliveredOf, type RunMachine } from './run-machines.js';

/** What a phase of this run lacks and has too much of, on its pools. */
export function ordersOf(
  open: OpenRun,
  phase: PhaseName,
  machines: readonly RunMachine[],
  targets: RunTargets = open.run.targets,
): PhaseOrders {
  return ordersFor(
    targets.filter((row) => row.phase === phase),
    deliveredOf(machines),
    (service, poolId) => capacityOf(open.plan, service, poolId),
    batchSizes(open),
  );
}

/** As large as the policy wants and the pool's cloud takes. */
function batchSizes({ plan, policy }: OpenRun): (poolId: string) => number {
  return (poolId) => {
    const sheet = plan.sheets.find((one) => one.poolId === poolId);
    return Math.min(policy.batchSize, sheet?.launchBatch ?? policy.batchSize);
  };
}
