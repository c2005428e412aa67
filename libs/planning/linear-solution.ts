import { asSpringtideError } from '@springtide/kernel';
import { LotPool, firstLots } from './domain/lot-pool.js';
import { layRows, lotColumns, price, shortageColumns, type RowLayout } from './domain/lot-model.js';
import { mergeClasses, splitDuals, splitProfile, type Merging } from './domain/merging.js';
import { profileOf, roundDown } from './domain/rounding.js';
import type { PlannerModel } from './domain/planner-model.js';
import type { OpenSolver, SolverAnswer, SolverSession } from './solver-session.js';

/** What the linear model taught, as far as it came before the deadline. */
export type LinearSolution = Readonly<{
  version: string;
  /** Largest bound proven by the row prices of any round; `-Infinity` before the first. */
  bound: number;
  /** The bound is the linear optimum, or as good as. */
  converged: boolean;
  rows: RowLayout;
  /** Row prices of the best bound; null before the first. */
  duals: Float64Array | null;
  /** Whole machines below the last solution; null before the first. */
  floor: Int32Array | null;
  trouble?: string;
}>;

const LOTS_PER_PAIR = 3;
const MOST_ROUNDS = 200;
/** Further rounds could raise the bound by this share at most. */
const CLOSE_ENOUGH = 1e-4;

/** Solves the linear model by adding the lots its prices ask for. Never throws: trouble is part of the answer. */
export async function solveLinear(
  model: PlannerModel,
  openSolver: OpenSolver,
  deadlineMs: number,
): Promise<LinearSolution> {
  const rows = layRows(model);
  let solution: LinearSolution = {
    version: 'none',
    bound: -Infinity,
    converged: false,
    rows,
    duals: null,
    floor: null,
  };
  let session: SolverSession | undefined;
  try {
    session = await openSolver(deadlineMs);
    const { version } = session;
    const merging = mergeClasses(model.problem);
    const mergedRows = layRows(merging.model);
    for await (const step of rounds(merging.model, mergedRows, session)) {
      solution = { ...solution, ...ownStep(model, rows, merging, mergedRows, step, solution), version };
    }
    return solution;
  } catch (error) {
    return { ...solution, trouble: asSpringtideError(error).message };
  } finally {
    await session?.close();
  }
}

type OwnStep = Pick<LinearSolution, 'bound' | 'converged' | 'duals' | 'floor'>;

/** A step of the merged model in terms of the classes themselves; the bound is proven again from their own rows. */
function ownStep(
  model: PlannerModel,
  rows: RowLayout,
  merging: Merging,
  mergedRows: RowLayout,
  step: Step,
  known: OwnStep,
): OwnStep {
  const duals = splitDuals(model, rows, merging, mergedRows, step.duals);
  const { bound } = price(model, rows, duals, 0);
  const better = bound >= known.bound;
  return {
    bound: better ? bound : known.bound,
    duals: better ? duals : known.duals,
    converged: step.converged,
    floor: roundDown(splitProfile(model, merging, step.profile)),
  };
}

/** `duals` belong to the best bound so far, `profile` to the last solution. */
type Step = Readonly<{ bound: number; converged: boolean; duals: Float64Array; profile: Float64Array }>;

async function* rounds(model: PlannerModel, rows: RowLayout, session: SolverSession): AsyncGenerator<Step> {
  const pool = new LotPool(model);
  const shortage = shortageColumns(model, rows);
  await session.load(rows.lower, rows.upper, shortage);
  let fresh = pool.take(firstLots(model));
  let best: Step | undefined;
  for (let round = 0; round < MOST_ROUNDS && best?.converged !== true; round += 1) {
    const answer: SolverAnswer = await session.add(lotColumns(model, rows, fresh));
    const pricing = price(model, rows, answer.rowDual, LOTS_PER_PAIR);
    fresh = pool.take(pricing.lots);
    const known = best !== undefined && best.bound > pricing.bound ? best : pricing;
    const close = answer.objective - known.bound <= CLOSE_ENOUGH * Math.abs(answer.objective);
    const amounts = answer.primal.subarray(shortage.cost.length);
    best = {
      bound: known.bound,
      duals: known.duals,
      converged: fresh.length === 0 || close,
      profile: profileOf(model, pool.lots.slice(0, amounts.length), amounts),
    };
    yield best;
  }
}
