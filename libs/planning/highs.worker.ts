/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origin */
import { parentPort } from 'node:worker_threads';
import loader, { type Highs, type InitOptions } from 'highs';

/**
 * The solver's thread. It imports nothing of the project, so that the same file runs compiled and, by Node's type
 * stripping, straight from its source under test. A solve blocks this thread; its owner ends it at the deadline.
 */
type Columns = {
  cost: Float64Array;
  lower: Float64Array;
  upper: Float64Array;
  starts: Int32Array;
  indices: Int32Array;
  values: Float64Array;
};

/** What the thread can be asked; `id` comes back with the answer. */
export type SolverRequest =
  | { kind: 'load'; rowLower: Float64Array; rowUpper: Float64Array; columns: Columns }
  | { kind: 'add'; columns: Columns }
  | { kind: 'bounds'; indices: Int32Array; lower: Float64Array; upper: Float64Array };

// The package describes its ES module as if it were CommonJS: the default import is the loader itself.
const loadHighs = loader as unknown as (options?: InitOptions) => Promise<Highs>;
const highs = await loadHighs();
let model: ReturnType<Highs['createModel']> | undefined;

function matrix(columns: Columns, numRows: number) {
  const { starts, indices, values } = columns;
  return { format: 'csc' as const, numRows, numCols: columns.cost.length, starts, indices, values };
}

let rowCount = 0;

function prepare(request: SolverRequest): number {
  if (request.kind === 'load') {
    model?.dispose();
    const { rowLower, rowUpper, columns } = request;
    rowCount = rowLower.length;
    model = highs.createModel({
      numCols: columns.cost.length,
      numRows: rowCount,
      sense: highs.constants.objectiveSense.minimize,
      offset: 0,
      colCost: columns.cost,
      colLower: columns.lower,
      colUpper: columns.upper,
      rowLower,
      rowUpper,
      matrix: matrix(columns, rowCount),
    });
    model.options.set({ output_flag: false, presolve: 'off', solver: 'simplex', random_seed: 1 });
    return 4;
  }
  if (model === undefined) throw new Error('no model was loaded');
  if (request.kind === 'add') {
    const { cost, lower, upper } = request.columns;
    model.addCols({ cost, lower, upper, matrix: matrix(request.columns, rowCount) });
    return 4;
  }
  model.changeColsBounds({ kind: 'set', indices: request.indices }, request.lower, request.upper);
  return 1;
}

function solve(request: SolverRequest & { id: number }) {
  // New columns keep the primal basis feasible, new bounds the dual one: each has its simplex.
  const strategy = prepare(request);
  if (model === undefined) throw new Error('no model was loaded');
  model.options.set('simplex_strategy', strategy);
  model.run();
  const solution = model.getSolution();
  return {
    id: request.id,
    optimal: model.getModelStatus() === highs.constants.modelStatus.optimal,
    objective: model.getObjectiveValue(),
    primal: solution.colValue,
    reducedCost: solution.colDual,
    rowDual: solution.rowDual,
  };
}

parentPort?.on('message', (request: SolverRequest & { id: number }) => {
  try {
    parentPort?.postMessage(solve(request));
  } catch (error) {
    parentPort?.postMessage({
      id: request.id,
      failure: error instanceof Error ? error.message : String(error),
    });
  }
});
parentPort?.postMessage({ id: 0, version: highs.version.string });
