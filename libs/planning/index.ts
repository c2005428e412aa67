export * from './domain/index.js';
export { solvePlan, type SolveOptions } from './planning.service.js';
export { findRelief, reliefReasons, type Relief } from './relief.service.js';
