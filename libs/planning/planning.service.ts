import { setImmediate } from 'node:timers/promises';
import { SpringtideError, decimal, type Money } from '@springtide/kernel';
import { Allocation } from './domain/allocation.js';
import { assemblePlan, planRows } from './domain/assemble-plan.js';
import type { CapacityPlan } from './domain/capacity-plan.js';
import { checkPlan } from './domain/check-plan.js';
import { contestedPools, withLanes, withoutLanes } from './domain/hand-over.js';
import { guideFrom } from './domain/guide.js';
import { improve } from './domain/improvement.js';
import { withBudgetNeeded } from './domain/explain.js';
import { costOf } from './domain/plan-cost.js';
import { compileModel, type PlannerModel } from './domain/planner-model.js';
import { requireSoundProblem } from './domain/problem-rules.js';
import type { PlanningProblem } from './domain/problem.js';
import { enforceCaps, repair, type Taste } from './domain/rounding.js';
import { search, seededNumbers } from './domain/search.js';
import { shadowPrices } from './domain/shadow-prices.js';
import { solveLinear, type LinearSolution } from './linear-solution.js';
import { openHighs, type OpenSolver } from './solver-session.js';

export type SolveOptions = Readonly<{
  /** The plan is there about this many milliseconds from now; default 10 000. A short one costs quality, never rules. */
  deadlineMs?: number;
  /** Rounds of the final search; the same number gives the same plan, unless the deadline cuts it. */
  searchRounds?: number;
  openSolver?: OpenSolver;
  /** `never`: no machine of a full pool may pass from one class to another between phases. Default: it may. */
  handOver?: 'free' | 'never';
}>;

const DEFAULT_DEADLINE_MS = 10_000;
const ROUNDS_PER_SLICE = 8;
/** Part of the time that the linear model may use; the rest rounds and improves. */
const LINEAR_SHARE = 0.75;
/** An unfinished bound this close is still worth showing. */
const USEFUL_GAP = 0.25;

/**
 * Answers a planning problem: linear model, whole machines under every cap, improvement, exact money, explanation.
 * Too little capacity, quota or budget is an answer with shortage and its causes. Without a solver, or past its
 * deadline, the plan is greedy and says so.
 * @throws invalid-argument when the problem contradicts itself; nothing was planned then.
 */
export async function solvePlan(problem: PlanningProblem, options: SolveOptions = {}): Promise<CapacityPlan> {
  requireSoundProblem(problem);
  const plan = await solveWithin(problem, options);
  const contested = options.handOver === 'never' ? contestedPools(problem, plan.machines) : [];
  if (contested.length === 0) return plan;
  const split = withLanes(problem, plan.machines, contested);
  return withoutLanes(problem, await solveWithin(split, options), contested);
}

async function solveWithin(problem: PlanningProblem, options: SolveOptions): Promise<CapacityPlan> {
  const end = performance.now() + (options.deadlineMs ?? DEFAULT_DEADLINE_MS);
  const { budget, ...unlimited } = problem;
  if (budget === undefined) return finish(problem, await solveOnce(problem, options, end), null);
  const free = await solveOnce(unlimited, options, most(end));
  const wanted = costIn(problem, free);
  if (fits(wanted, budget)) return finish(problem, free, null);
  const limited = finish(problem, await solveOnce(problem, options, most(end)), wanted);
  const unneeded = !limited.shortage.some((cell) => cell.causes.includes('budget'));
  if (unneeded || problem.objective === 'cheapest') return limited;
  // Private machines may be the dearer ones: what all demand needs at least is the cheapest plan's cost.
  const cheapest = await solveOnce({ ...unlimited, objective: 'cheapest' }, options, end);
  const least = costIn(problem, cheapest);
  if (fits(least, budget)) return finish({ ...problem, objective: 'cheapest' }, cheapest, wanted);
  return withBudgetNeeded(limited, budget, fits(least, wanted) ? least : wanted);
}

/** A plan that fits its budget needs only the first of up to three solves, so that one gets most of the time. */
function most(end: number): number {
  return performance.now() + (end - performance.now()) * 0.6;
}

function costIn(problem: PlanningProblem, answer: Answer): Money {
  return costOf(problem, planRows(problem, answer.allocation)).total;
}

function fits(cost: Money, budget: Money): boolean {
  return decimal(cost.amount).lte(budget.amount);
}

type Answer = Readonly<{ allocation: Allocation; linear: LinearSolution }>;

async function solveOnce(problem: PlanningProblem, options: SolveOptions, end: number): Promise<Answer> {
  const model = compileModel(problem);
  const share = (end - performance.now()) * LINEAR_SHARE;
  const linear = await solveLinear(model, options.openSolver ?? openHighs, share);
  const allocation = await wholeMachines(model, linear, options.searchRounds ?? usualRounds(model), end);
  return { allocation, linear };
}

/** Rounds on a small problem are cheap, and whole machines weigh more there. */
function usualRounds(model: PlannerModel): number {
  const cells = model.pairs.count * model.phaseCount;
  return 40 * model.classCount + Math.min(400, Math.round(100_000 / Math.max(1, cells)));
}

async function wholeMachines(
  model: PlannerModel,
  linear: LinearSolution,
  rounds: number,
  end: number,
): Promise<Allocation> {
  const stop = () => performance.now() >= end;
  const guide = linear.duals === null ? null : guideFrom(model, linear.rows, linear.duals);
  const plain = firstMachines(model, linear, { guide: null, noise: () => 0 }, stop);
  const guided = guide === null ? plain : firstMachines(model, linear, { guide, noise: () => 0 }, stop);
  const allocation = guided.objective() < plain.objective() ? guided : plain;
  const random = seededNumbers(1);
  for (let done = 0; done < rounds && !stop(); done += ROUNDS_PER_SLICE) {
    search(allocation, { rounds: Math.min(ROUNDS_PER_SLICE, rounds - done), stop, random, guide });
    // Other work of this process gets its turn between slices.
    await setImmediate();
  }
  return allocation;
}

function firstMachines(
  model: PlannerModel,
  linear: LinearSolution,
  taste: Taste,
  stop: () => boolean,
): Allocation {
  const allocation = linear.floor === null ? new Allocation(model) : Allocation.from(model, linear.floor);
  enforceCaps(allocation);
  repair(allocation, taste);
  improve(allocation, stop);
  return allocation;
}

function finish(
  problem: PlanningProblem,
  { allocation, linear }: Answer,
  budgetNeeded: Money | null,
): CapacityPlan {
  const { bound, converged, duals, rows, version, trouble } = linear;
  const objective = allocation.objective();
  const proven = converged || (bound > 0 && objective <= bound * (1 + USEFUL_GAP));
  const plan = assemblePlan(problem, {
    allocation,
    solver: duals === null ? { name: 'greedy', version: '1' } : { name: 'highs', version },
    bound: proven ? bound : null,
    shadow: duals === null || !proven ? null : shadowPrices(allocation.model, rows, duals),
    budgetNeeded,
    ...(proven ? {} : { solverTrouble: trouble ?? 'the linear model did not converge in time' }),
  });
  requireClean(problem, plan);
  return plan;
}

/** The plan is read once more by rules that share no code with the solver; a broken one must not reach an approver. */
function requireClean(problem: PlanningProblem, plan: CapacityPlan): void {
  const { violations } = checkPlan(problem, plan.machines);
  if (violations.length === 0) return;
  const shown = violations.slice(0, 5).map((violation) => violation.detail);
  throw new SpringtideError(
    'internal',
    `the planner made a plan that breaks its own rules (${shown.join('; ')}), so it was thrown away; nothing was bought`,
    { retry: 'never', effect: 'none' },
  );
}
