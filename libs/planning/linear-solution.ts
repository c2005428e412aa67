import { asSpringtideError } from '@springtide/kernel';
import { LotPool, firstLots } from './domain/lot-pool.js';
import { layRows, lotColumns, price, shortageColumns, type RowLayout } from './domain/lot-model.js';
import { roundDown } from './domain/rounding.js';
import type { PlannerModel } from './domain/planner-model.js';
import type { OpenSolver, SolverAnswer, SolverSession } from './solver-session.js';

/** What the linear model taught, as far as it came before the deadline. */
export type LinearSolution = Readonly<{
  version: string;
  /** Largest bound proven by the row prices of any round; `-Infinity` before the first. */
  bound: number;
  /** No lot can improve the solution any more: the bound is the linear optimum itself. */
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
    for await (const step of rounds(model, rows, session))
      solution = { ...solution, ...step, version: session.version };
    return solution;
  } catch (error) {
    return { ...solution, trouble: asSpringtideError(error).message };
  } finally {
    await session?.close();
  }
}

type Step = Pick<LinearSolution, 'bound' | 'converged' | 'duals' | 'floor'>;

async function* rounds(model: PlannerModel, rows: RowLayout, session: SolverSession): AsyncGenerator<Step> {
  const pool = new LotPool(model);
  const shortage = shortageColumns(model, rows);
  await session.load(rows.lower, rows.upper, shortage);
  let fresh = pool.take(firstLots(model));
  let best: Step = { bound: -Infinity, converged: false, duals: null, floor: null };
  for (let round = 0; round < MOST_ROUNDS && !best.converged; round += 1) {
    const answer: SolverAnswer = await session.add(lotColumns(model, rows, fresh));
    const pricing = price(model, rows, answer.rowDual, LOTS_PER_PAIR);
    fresh = pool.take(pricing.lots);
    const better = pricing.bound >= best.bound;
    best = {
      bound: Math.max(best.bound, pricing.bound),
      converged: fresh.length === 0,
      duals: better ? pricing.duals : best.duals,
      floor: roundDown(model, pool.lots, answer.primal.subarray(shortage.cost.length)),
    };
    yield best;
  }
}
