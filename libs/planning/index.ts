export * from './domain/index.js';
export { solvePlan, type SolveOptions } from './planning.service.js';
