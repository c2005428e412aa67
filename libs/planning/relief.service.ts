import { decimal, subtractMoney, type Money } from '@springtide/kernel';
import type { CapacityPlan, PlanReason } from './domain/capacity-plan.js';
import { RELIEF_KINDS, excess, lifted, raised, type ReliefAmount, type ReliefKind } from './domain/relief.js';
import type { PlanningProblem } from './domain/problem.js';
import { solvePlan } from './planning.service.js';

/** What would have to give, of one kind alone, so that less is missing. */
export type Relief = Readonly<{
  kind: ReliefKind;
  /** So much more of these; empty when a rule as a whole would have to go, and for the budget. */
  amounts: readonly ReliefAmount[];
  /** Whether nothing is missing any more then. */
  ends: boolean;
  /** Part of the missing unit-hours that this brings back, 0 … 1. */
  closes: number;
  /** Cost of the plan then, and against the plan that is short. */
  cost: Money;
  dearer: Money;
}>;

const QUICK = { searchRounds: 40 };
const BISECTIONS = 3;

/**
 * For a plan that is short: what each kind of limit would have to give, the cheapest that ends the shortage first.
 * Every answer is a plan that was made, not an estimate. Stops at the deadline with what it has.
 */
export async function findRelief(
  problem: PlanningProblem,
  plan: CapacityPlan,
  deadlineMs = 6_000,
): Promise<readonly Relief[]> {
  const missing = missingIn(problem, plan);
  if (missing === 0) return [];
  const end = performance.now() + deadlineMs;
  const found: Relief[] = [];
  for (const kind of RELIEF_KINDS) {
    if (performance.now() >= end) break;
    const relief = await reliefOf(problem, plan, kind, end);
    if (relief !== undefined) found.push(relief);
  }
  return found.toSorted(
    (a, b) =>
      Number(b.ends) - Number(a.ends) || b.closes - a.closes || Number(a.cost.amount) - Number(b.cost.amount),
  );
}

async function reliefOf(
  problem: PlanningProblem,
  plan: CapacityPlan,
  kind: ReliefKind,
  end: number,
): Promise<Relief | undefined> {
  const free = lifted(problem, kind);
  if (JSON.stringify(free) === JSON.stringify(problem)) return undefined;
  const missing = missingIn(problem, plan);
  const solve = async (question: PlanningProblem) =>
    await solvePlan(question, { ...QUICK, deadlineMs: Math.max(1, end - performance.now()) });
  let best = await solve(free);
  const left = missingIn(problem, best);
  if (left >= missing * 0.999) return undefined;
  let amounts = excess(problem, kind, best.machines);
  // Without a limit the cheapest plan takes more than it must; less of it may do as well.
  for (let round = 0; round < BISECTIONS && amounts.length > 0 && performance.now() < end; round += 1) {
    const less = await solve(raised(problem, kind, amounts, 0.5));
    if (missingIn(problem, less) > left + missing * 1e-3) break;
    best = less;
    amounts = excess(problem, kind, best.machines);
  }
  return {
    kind,
    amounts,
    ends: left === 0,
    closes: 1 - left / missing,
    cost: best.cost.total,
    dearer: subtractMoney(best.cost.total, plan.cost.total),
  };
}

function missingIn(problem: PlanningProblem, plan: CapacityPlan): number {
  const hours = new Map(problem.phases.map((phase) => [phase.id, phase.hours]));
  return plan.shortage.reduce((sum, cell) => sum + cell.units * (hours.get(cell.phase) ?? 0), 0);
}

const MOST_AMOUNTS = 4;

/** The reliefs as reasons, the best first. */
export function reliefReasons(reliefs: readonly Relief[], currency: string): readonly PlanReason[] {
  if (reliefs.length === 0) return [{ code: 'no-relief', params: {} }];
  return reliefs.map((relief) => ({
    code: relief.amounts.length > 0 ? 'relief' : 'relief-rule',
    params: {
      kind: relief.kind,
      amounts: relief.amounts
        .slice(0, MOST_AMOUNTS)
        .map(({ name, more, unit }) => `+${more} ${unit} (${name})`)
        .join(', '),
      closesPercent: decimal(relief.closes).times(100).toDecimalPlaces(1).toString(),
      cost: decimal(relief.cost.amount).toDecimalPlaces(2).toString(),
      dearer: decimal(relief.dearer.amount).toDecimalPlaces(2).toString(),
      currency,
    },
  }));
}
