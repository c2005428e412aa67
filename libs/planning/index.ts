export * from './domain/index.js';
export { solvePlan, type SolveOptions } from './planning.service.js';
export { findRelief, reliefReasons } from './relief.service.js';
