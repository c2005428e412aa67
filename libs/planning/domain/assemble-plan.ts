import { Decimal, SpringtideError, decimal, money, type Money } from '@springtide/kernel';
import type { Allocation } from './allocation.js';
import type { CapacityPlan, PlanCost, PlanFallback, PlanRow, PlanShortage } from './capacity-plan.js';
import { checkPlan, type PlanCheck } from './check-plan.js';
import { explain } from './explain.js';
import { at } from './planner-model.js';
import type { PlanningProblem } from './problem.js';
import type { ShadowPrices } from './shadow-prices.js';
import { shortageCauses } from './shortage-causes.js';

export type PlanFacts = Readonly<{
  allocation: Allocation;
  /** A proven lower bound of the objective, or null. */
  bound: number | null;
  shadow: ShadowPrices;
  budgetNeeded: Money | null;
}>;

const SOLVER = { name: 'price-ascent', version: '1' } as const;

/** The numeric answer as a plan: exact money, shortage with causes, reasons, fallbacks. */
export function assemblePlan(problem: PlanningProblem, facts: PlanFacts): CapacityPlan {
  const { allocation, bound } = facts;
  const machines = planRows(problem, allocation);
  const check = checkPlan(problem, machines);
  requireClean(check);
  const shortage = check.shortage.map((cell): PlanShortage => ({
    ...cell,
    causes: shortageCauses(allocation, cell),
  }));
  const objective = objectiveOf(problem, check.cost, shortage);
  const lowerBound = bound === null ? null : boundOf(allocation, objective, bound);
  const draft = {
    schema: 'springtide-capacity-plan/1' as const,
    quality: lowerBound === null ? ('greedy' as const) : ('optimal-bound' as const),
    solver: SOLVER,
    phases: problem.phases.map((phase) => phase.id),
    machines,
    shortage,
    cost: check.cost,
    objective: money(problem.currency, objective),
    lowerBound: lowerBound === null ? null : money(problem.currency, lowerBound),
    gap: gapOf(objective, lowerBound),
    budgetNeeded: facts.budgetNeeded,
    fallbacks: fallbacks(problem, allocation, facts.shadow),
  };
  return { ...draft, reasons: explain(problem, draft, facts.shadow) };
}

/** The plan was read by rules that share no code with the solver; a broken one must not reach an approver. */
function requireClean({ violations }: PlanCheck): void {
  if (violations.length === 0) return;
  const shown = violations.slice(0, 5).map((violation) => violation.detail);
  throw new SpringtideError(
    'internal',
    `the planner made a plan that breaks its own rules (${shown.join('; ')}), so it was thrown away; nothing was bought`,
    { retry: 'never', effect: 'none' },
  );
}

export function planRows(problem: PlanningProblem, allocation: Allocation): readonly PlanRow[] {
  const { pairs, phaseCount: K } = allocation.model;
  const rows: PlanRow[] = [];
  for (let pair = 0; pair < pairs.count; pair += 1) {
    const counts = [...allocation.x.subarray(pair * K, (pair + 1) * K)];
    const item = problem.classes[at(pairs.classOf, pair)];
    const pool = problem.pools[at(pairs.poolOf, pair)];
    if (item === undefined || pool === undefined || counts.every((count) => count === 0)) continue;
    rows.push({ class: item.id, pool: pool.id, counts });
  }
  return rows;
}

function objectiveOf(problem: PlanningProblem, cost: PlanCost, shortage: readonly PlanShortage[]): Decimal {
  let total = decimal(cost.total.amount);
  for (const cell of shortage) {
    const penalty =
      problem.classes.find((item) => item.id === cell.class)?.shortagePenaltyPerUnitHour.amount ?? '0';
    const hours = problem.phases.find((phase) => phase.id === cell.phase)?.hours ?? 0;
    total = total.plus(decimal(penalty).times(cell.units).times(hours));
  }
  return total;
}

/** The objective weighs private machines down when they go first; their whole price is put back on both sides. */
function boundOf(allocation: Allocation, objective: Decimal, bound: number): Decimal {
  const distance = Math.max(0, allocation.objective() - bound);
  return Decimal.max(0, objective.minus(distance.toFixed(6)));
}

function gapOf(objective: Decimal, bound: Decimal | null): number | null {
  if (bound === null) return null;
  if (bound.isZero()) return objective.isZero() ? 0 : null;
  return objective.minus(bound).div(bound).toNumber();
}

/** Enough to choose from: who approves them spreads them over accounts and zones. */
const FALLBACKS = 32;

function fallbacks(problem: PlanningProblem, allocation: Allocation, shadow: ShadowPrices): PlanFallback[] {
  const { model } = allocation;
  return problem.classes.flatMap((item, g) =>
    problem.phases.flatMap((phase, k): PlanFallback[] => {
      if ((item.demand[k]?.units ?? 0) === 0) return [];
      const open = (model.pairs.ofClass[g] ?? []).filter((pair) => allocation.limits.room(pair, k) > 0);
      const merit = (pair: number) =>
        at(shadow.reducedCost, pair * model.phaseCount + k) / at(model.pairs.units, pair);
      const pools = open
        .toSorted((a, b) => merit(a) - merit(b))
        .slice(0, FALLBACKS)
        .map((pair) => problem.pools[at(model.pairs.poolOf, pair)]?.id ?? '');
      return [{ class: item.id, phase: phase.id, pools }];
    }),
  );
}
