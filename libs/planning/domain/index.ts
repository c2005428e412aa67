export type {
  CapacityPlan,
  PlanCost,
  PlanFallback,
  PlanQuality,
  PlanReason,
  PlanRow,
  PlanShortage,
  ReasonCode,
  ShortageCause,
} from './capacity-plan.js';
export {
  checkPlan,
  type CellShortage,
  type PlanCheck,
  type PlanRule,
  type PlanViolation,
} from './check-plan.js';
export { explanationText, reasonText, type ExplanationLanguage } from './explanation-text.js';
export { costOf, startsOf } from './plan-cost.js';
export { problemFaults, requireSoundProblem } from './problem-rules.js';
export type {
  ClassPool,
  HourlyCeiling,
  PhaseDemand,
  PlanningClass,
  PlanningObjective,
  PlanningPhase,
  PlanningPool,
  PlanningProblem,
  PlanningQuotaGroup,
  PoolOption,
} from './problem.js';
