import { setImmediate } from 'node:timers/promises';
import { decimal, type Money } from '@springtide/kernel';
import { Allocation } from './domain/allocation.js';
import { assemblePlan, planRows } from './domain/assemble-plan.js';
import type { CapacityPlan } from './domain/capacity-plan.js';
import { contestedPools, withLanes, withoutLanes } from './domain/hand-over.js';
import { guideFrom, type Guide } from './domain/guide.js';
import { improve } from './domain/improvement.js';
import { withBudgetNeeded } from './domain/explain.js';
import { costOf } from './domain/plan-cost.js';
import { compileModel, type PlannerModel } from './domain/planner-model.js';
import { PriceAscent } from './domain/price-ascent.js';
import type { Prices } from './domain/prices.js';
import { requireSoundProblem } from './domain/problem-rules.js';
import type { PlanningObjective, PlanningProblem } from './domain/problem.js';
import { enforceCaps, repair, wholeMachines } from './domain/rounding.js';
import { search, seededNumbers } from './domain/search.js';
import { shadowPrices } from './domain/shadow-prices.js';

export type SolveOptions = Readonly<{
  /** The plan is there about this many milliseconds from now; default 10 000. A short one costs quality, never rules. */
  deadlineMs?: number;
  /** Most rounds of the final search, by default what a problem of its size needs; the same number gives the same plan, unless the deadline cuts it. */
  searchRounds?: number;
  /** `never`: no machine of a full pool may pass from one class to another between phases. Default: it may. */
  handOver?: 'free' | 'never';
}>;

const DEFAULT_DEADLINE_MS = 10_000;
/** A slice of the search that gains less than this share is the last one. */
const WORTHWHILE = 1e-6;
/** Part of the time that finding prices may use; the rest rounds and improves. */
const ASCENT_SHARE = 0.4;
/** Enough for a sound plan, whatever the deadline, unless each step takes long. */
const LEAST_STEPS = 600;
const LEAST_WORK = 5e7;
/** Prices of the size of penalties are further to climb. */
const SCARCE_STEPS = 4_800;
const STEPS_PER_SLICE = 50;

/**
 * Answers a planning problem: linear model, whole machines under every cap, improvement, exact money, explanation.
 * Too little capacity, quota or budget is an answer with shortage and its causes. Without a solver, or past its
 * deadline, the plan is greedy and says so.
 * @throws invalid-argument when the problem contradicts itself; nothing was planned then.
 */
export async function solvePlan(problem: PlanningProblem, options: SolveOptions = {}): Promise<CapacityPlan> {
  requireSoundProblem(problem);
  const end = performance.now() + (options.deadlineMs ?? DEFAULT_DEADLINE_MS);
  const whole: Task = { rounds: options.searchRounds, proven: new Map(), isSplit: false };
  if (options.handOver !== 'never') return await solveWithin(problem, whole, end);
  const plan = await solveWithin(problem, whole, most(end));
  const contested = contestedPools(problem, plan.machines);
  if (contested.length === 0) return plan;
  const split = withLanes(problem, plan.machines, contested);
  return withoutLanes(problem, await solveWithin(split, { ...whole, isSplit: true }, end), contested);
}

type Task = Readonly<{
  rounds: number | undefined;
  /** The highest bound of the whole problem so far, by objective. */
  proven: Map<PlanningObjective, number>;
  /** Pools are given out in parts: what is proven then says nothing about plans that part them otherwise. */
  isSplit: boolean;
}>;

async function solveWithin(problem: PlanningProblem, task: Task, end: number): Promise<CapacityPlan> {
  const { budget, ...unlimited } = problem;
  if (budget === undefined) return finish(problem, await solveOnce(problem, task, end), null);
  const free = await solveOnce(unlimited, task, most(end));
  const wanted = costIn(problem, free);
  if (fits(wanted, budget)) return finish(problem, free, null);
  const limited = finish(problem, await solveOnce(problem, task, most(end)), wanted);
  const unneeded = !limited.shortage.some((cell) => cell.causes.includes('budget'));
  if (unneeded || problem.objective === 'cheapest') return limited;
  // Private machines may be the dearer ones: what all demand needs at least is the cheapest plan's cost.
  const cheapest = await solveOnce({ ...unlimited, objective: 'cheapest' }, task, end);
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

type Answer = Readonly<{ allocation: Allocation; bound: number; prices: Prices }>;
/** Not improved yet: with what the search goes by. */
type Draft = Answer & Readonly<{ guide: Guide; parts: Float64Array }>;

async function solveOnce(problem: PlanningProblem, task: Task, end: number): Promise<Answer> {
  const model = compileModel(problem);
  const usual = await firstAnswer(model, false, end);
  const scarce = isShort(usual.allocation) ? await firstAnswer(model, true, end) : usual;
  const better = scarce.allocation.objective() < usual.allocation.objective() ? scarce : usual;
  await improveOn(better, { rounds: task.rounds, end });
  const bound = boundFor(problem, task, Math.max(usual.bound, scarce.bound));
  return { ...better, bound };
}

/** What prices and rounding alone give. */
async function firstAnswer(model: PlannerModel, isScarce: boolean, end: number): Promise<Draft> {
  const ascent = new PriceAscent(model, costOfNothing(model), isScarce);
  const until = performance.now() + (end - performance.now()) * ASCENT_SHARE;
  const least = Math.min(LEAST_STEPS, LEAST_WORK / (model.pairs.count * model.phaseCount));
  const most = Math.max(mostSteps(model), isScarce ? SCARCE_STEPS : 0);
  for (let steps = 0; steps < most; steps += STEPS_PER_SLICE) {
    if (steps >= least && performance.now() >= until) break;
    if (!ascent.advance(STEPS_PER_SLICE)) break;
    // Other work of this process gets its turn between slices.
    await setImmediate();
  }
  const prices = ascent.prices();
  const guide = guideFrom(model, prices);
  const allocation = Allocation.from(model, wholeMachines(ascent.machines));
  enforceCaps(allocation);
  repair(allocation, { guide, noise: () => 0 });
  return { allocation, bound: ascent.bound, prices, guide, parts: ascent.machines };
}

function boundFor({ objective }: PlanningProblem, { proven, isSplit }: Task, found: number): number {
  const known = proven.get(objective) ?? 0;
  if (isSplit) return known;
  proven.set(objective, Math.max(known, found));
  return found;
}

/** More steps than these rarely pay; on a small problem they are nearly free, and the bound may as well be sharp. */
function mostSteps(model: PlannerModel): number {
  const size = sizeOf(model);
  const usual = Math.max(1_200, Math.min(2_400, 60_000_000 / size));
  return Math.min(5_000, Math.max(usual, 2_500_000 / size));
}

function sizeOf({ pairs, phaseCount }: PlannerModel): number {
  return Math.max(1, pairs.count * phaseCount);
}

/** What is short may still be found elsewhere, and is worth more than any saving. */
function isShort(allocation: Allocation): boolean {
  const { classCount, phaseCount } = allocation.model;
  for (let cell = 0; cell < classCount * phaseCount; cell += 1) {
    if (allocation.shortage(cell) > 0) return true;
  }
  return false;
}

const MOST_ROUNDS = 600;

/** A round takes longer the larger the problem is, and whole machines weigh more the smaller it is. */
function mostRounds(model: PlannerModel): number {
  return Math.min(MOST_ROUNDS, Math.max(4, Math.round(19_000 / Math.sqrt(sizeOf(model)))));
}

/** The penalties of a plan that buys nothing. */
function costOfNothing(model: PlannerModel): number {
  return new Allocation(model).objective();
}

type Search = Readonly<{ rounds: number | undefined; end: number }>;

async function improveOn({ allocation, guide, parts }: Draft, limits: Search): Promise<void> {
  const stop = () => performance.now() >= limits.end;
  improve(allocation, { stop, guide });
  const rounds = limits.rounds ?? mostRounds(allocation.model);
  const random = seededNumbers(1);
  const slice = roundsPerSlice(allocation.model);
  for (let done = 0; done < rounds && !stop(); done += slice) {
    const before = allocation.objective();
    search(allocation, { rounds: Math.min(slice, rounds - done), stop, random, guide, parts });
    if (before - allocation.objective() < before * WORTHWHILE) break;
    await setImmediate();
  }
  if (isShort(allocation)) improve(allocation, { stop, guide });
}

/** Rounds on a small problem are cheap, and whole machines weigh more there. */
function roundsPerSlice(model: PlannerModel): number {
  return Math.min(200, Math.max(40, Math.round(400_000 / sizeOf(model))));
}

function finish(
  problem: PlanningProblem,
  { allocation, bound, prices }: Answer,
  budgetNeeded: Money | null,
): CapacityPlan {
  const proven = bound > 0 || allocation.objective() <= 1e-9;
  return assemblePlan(problem, {
    allocation,
    bound: proven ? bound : null,
    shadow: shadowPrices(allocation.model, prices),
    budgetNeeded,
  });
}
