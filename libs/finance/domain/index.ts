export {
  BILL_FINDINGS,
  BILL_TOLERANCE,
  checkBill,
  type BillCheck,
  type BillFinding,
  type BillQuestion,
  type BilledCharge,
  type KnownSatellite,
} from './bill-check.js';
export { BILL_POLICIES, nextLook, type BillPolicy } from './bill-schedule.js';
export {
  assembleCampaignCost,
  type CampaignCost,
  type CampaignUsage,
  type CostFigures,
} from './campaign-cost.js';
export type { CostGroup, CostGroups, CostLine } from './cost-groups.js';
export { costAsCsv, costAsJson, costAsTable } from './cost-report.js';
export { toCsv, type Cell } from './csv.js';
export { OUTSIDE_PHASES, splitByPhase, type PhaseShare } from './phase-split.js';
export { intervalsOf } from './ledger-usage.js';
export { costBasisOf, wantedUntil, type PlanForCost } from './plan-basis.js';
export { billedUntil, costOfRunning, sumBy, type RunningCost, type RunningCostRow } from './running-cost.js';
export { isBought } from './usage.js';
export type { CostBasis, CostPhase, PlannedUsage, PricedOption, UsageInterval } from './usage.js';
