export { refusedAlongWith } from './fallback-pools.js';
export { isEditable, moved, type CampaignStatus } from './lifecycle.js';
export {
  batchesOf,
  fallbackOrders,
  missingCapacity,
  neededByNone,
  ordersFor,
  uncoveredBy,
  type Delivered,
  type Target,
} from './orders.js';
export { RUN_POLICIES, type RunPolicy } from './run-policy.js';
export { nextStep, type Applied, type RunStep, type Stage } from './run-steps.js';
export { checkCampaign } from './timeline-check.js';
export {
  capacityOf,
  sheetFor,
  type LaunchSheet,
  type PlanContent,
  type ServiceSheet,
} from './plan-content.js';
export { retarget, type RunTargets } from './run-targets.js';
export { envelopeLimits, planContent } from './plan-answer.js';
export {
  planningProblem,
  type PlanAccount,
  type PlanQuestion,
  type PlanSetup,
  type Standing,
} from './plan-problem.js';
