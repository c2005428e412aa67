import type { PlanBody } from '@springtide/contracts';
import { amountFor, wholeSeconds } from '@springtide/effects/domain';
import {
  decimal,
  money,
  subtractMoney,
  sumMoney,
  type Decimal,
  type Instant,
  type Money,
} from '@springtide/kernel';
import type { CostBasis, CostPhase, PlannedUsage, PricedOption } from './usage.js';

export type PlanForCost = Pick<PlanBody, 'id' | 'marketSnapshotId' | 'pools' | 'allocations' | 'cost'>;

type Entry = Omit<PlannedUsage, 'amount'> & Readonly<{ running: Money; startWeight: Decimal }>;

/**
 * A plan as what its cost is held against. The planner's total also holds the time machines need to start and to drain;
 * it is spread over the entries in which machines start, by price, so that the entries add up to the plan's own cost
 * exactly.
 */
export function costBasisOf(plan: PlanForCost, phases: readonly CostPhase[], budget: Money): CostBasis {
  const entries = plan.allocations.flatMap((row) => entryOf(plan, phases, row));
  const { currency } = plan.cost;
  const running = sumMoney(
    currency,
    entries.map((entry) => entry.running),
  );
  const starting = spread(
    subtractMoney(plan.cost, running),
    entries.map((entry) => entry.startWeight),
  );
  const planned = entries.map(({ running: amount, startWeight: _weight, ...entry }, index): PlannedUsage => {
    const whole = decimal(amount.amount).plus(starting[index] ?? 0);
    return { ...entry, amount: money(currency, whole) };
  });
  return { planId: plan.id, marketSnapshotId: plan.marketSnapshotId, budget, phases, planned };
}

/** Until when machines of a service on a pool are wanted: the end of the last phase that plans them. */
export function wantedUntil(basis: CostBasis, service: string, pool: string): Instant | null {
  const names = new Set(
    basis.planned.filter((row) => row.service === service && row.pool === pool).map((row) => row.phase),
  );
  return basis.phases.findLast((phase) => names.has(phase.name))?.to ?? basis.phases.at(-1)?.to ?? null;
}

function entryOf(
  plan: PlanForCost,
  phases: readonly CostPhase[],
  row: PlanForCost['allocations'][number],
): Entry[] {
  const pool = plan.pools.find((candidate) => candidate.id === row.poolId);
  const index = phases.findIndex((phase) => phase.name === row.phase);
  const phase = phases[index];
  if (!pool || !phase) return [];
  const before = machinesIn(plan, row.service, row.poolId, phases[index - 1]?.name);
  const starts = Math.max(0, row.machines - before);
  const purchaseOption: PricedOption = pool.purchaseOption;
  return [
    {
      service: row.service,
      pool: row.poolId,
      purchaseOption,
      phase: row.phase,
      machines: row.machines,
      running: amountFor(pool.pricePerHour, wholeSeconds(phase.from, phase.to) * row.machines),
      startWeight: decimal(pool.pricePerHour.amount).times(starts),
    },
  ];
}

function machinesIn(plan: PlanForCost, service: string, poolId: string, phase: string | undefined): number {
  const found = plan.allocations.find(
    (row) => row.service === service && row.poolId === poolId && row.phase === phase,
  );
  return found?.machines ?? 0;
}

/** Cut by weight at ten places, the parts adding up to the whole exactly; without any weight all of it goes first. */
function spread(whole: Money, weights: readonly Decimal[]): Decimal[] {
  const total = weights.reduce((sum, weight) => sum.plus(weight), decimal(0));
  let weightSoFar = decimal(0);
  let given = decimal(0);
  return weights.map((weight, index) => {
    weightSoFar = weightSoFar.plus(weight);
    const share = total.isZero() || index === weights.length - 1 ? decimal(1) : weightSoFar.dividedBy(total);
    const due = share.equals(1) ? decimal(whole.amount) : share.times(whole.amount).toDecimalPlaces(10);
    const part = due.minus(given);
    given = due;
    return part;
  });
}
