export * from './domain/index.js';
export { solvePlan, type SolveOptions } from './planning.service.js';
export { openHighs, type OpenSolver, type SolverAnswer, type SolverSession } from './solver-session.js';
