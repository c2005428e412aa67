export { afterActionReport } from './after-action.js';
export type { DemandReading, ReportedPlan, ReportFacts } from './facts.js';
