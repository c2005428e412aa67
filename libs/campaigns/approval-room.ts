import type { PhaseName } from '@springtide/contracts';
import type { Mandate } from '@springtide/effects/domain';
import type { PlanContent, RunTargets, SurgeRoom } from './domain/index.js';

/** What an approval leaves in a phase beside targets; only bounds a wish, the ledger holds it to the last digit. */
export function roomBeside(
  mandate: Mandate,
  plan: PlanContent,
  targets: RunTargets,
  phase: PhaseName,
): SurgeRoom {
  const rows = targets.filter((row) => row.phase === phase);
  const priceOf = (id: string) => Number(plan.pools.find((pool) => pool.id === id)?.pricePerHour.amount ?? 0);
  const perHour = rows.reduce((sum, row) => sum + row.machines * priceOf(row.poolId), 0);
  return {
    machines: mandate.maxMachines - rows.reduce((sum, row) => sum + row.machines, 0),
    perHour: Number(mandate.maxPerHour.amount) - perHour,
  };
}
