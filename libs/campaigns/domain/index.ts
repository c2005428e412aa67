export { accountTimes } from './account-times.js';
export {
  APPROVAL_POLICIES,
  expiryOf,
  latestStartOf,
  readinessGate,
  rehearsalGate,
} from './approval-policy.js';
export { beginningOf } from './beginning.js';
export { envelopeBreaches, residualOf, type EnvelopeBreach, type ResidualPlan } from './envelope-check.js';
export { followTargets, type Followed } from './follow-strategies.js';
export { clashReasons, endedBy, groupEndsBy, routeRefusal, type RouteHolder } from './shared-routes.js';
export { refusedAlongWith } from './fallback-pools.js';
export { dueAt, inTimeUntil, requireStartToSkip, type StartFacts } from './late-start.js';
export { isEditable, moved, type CampaignStatus } from './lifecycle.js';
export {
  batchesOf,
  missingCapacity,
  neededByNone,
  ordersFor,
  type Delivered,
  type Target,
} from './orders.js';
export { isReturning, outsideApproval, refusalOf, targetCapacity } from './command-rules.js';
export {
  DEMAND_MEMORY_STEPS,
  mayGoEarly,
  multipleToAnswer,
  viewOfDemand,
  type DemandReading,
  type DemandView,
  type PlannedPhase,
} from './demand-against-plan.js';
export { isSamePlace, mayAsk, metAgain, type WayBackPlace } from './obstacle.js';
export { RUN_POLICIES, wayBackLimits, type RunPolicy } from './run-policy.js';
export {
  again,
  currentPhase,
  entered,
  hasLeftSomething,
  held,
  holdOf,
  inHaste,
  lookedAt,
  newWayBack,
  proved,
  withHold,
  withoutHold,
  withoutWaiting,
  type WayBack,
  type WayBackLook,
  type WayBackTurn,
} from './way-back.js';
export { nextStep, type Applied, type RunStep, type Stage } from './run-steps.js';
export { Turns } from './turns.js';
export { changedCampaign, comparePlans, type ComparedPlan } from './compare-plans.js';
export { outageReasons } from './plan-outages.js';
export { summaryReason, withOneBudget } from './plan-summary.js';
export { scaledPlan, sharedCampaign } from './scaled-plan.js';
export { checkCampaign, inUtc } from './timeline-check.js';
export {
  capacityOf,
  sheetFor,
  type LaunchSheet,
  type PlanContent,
  type ServiceSheet,
} from './plan-content.js';
export { readinessSubject } from './readiness-subject.js';
export { residualQuestion, residualTargets, type Residual } from './residual.js';
export type { RehearsalQuestion, RehearsedAccount, RehearsedRoute } from './rehearsal-question.js';
export { campaignReplay, demandOfService, type CampaignReplay } from './rehearsal-replay.js';
export { retarget, type RunTargets } from './run-targets.js';
export { answerCalm, answerSurge, type SurgeAnswer, type SurgeRoom } from './surge.js';
export { envelopeLimits, planContent } from './plan-answer.js';
export { ENOUGH_BOOTS, bootMsOf, orderWindows, type MeasuredBoot, type PlanTimes } from './plan-times.js';
export { moneyText, riseText } from './price-rise.js';
export { answerReturn, type ReturnAnswer, type ReturnQuestion } from './group-return.js';
export { withinMonth } from './month-brake.js';
export { heldBy, overdrafts, windowsOf, type Holder, type Overdraft } from './promises.js';
export {
  planningProblem,
  type LaunchBudget,
  type PlanAccount,
  type PlanQuestion,
  type PlanSetup,
  type Standing,
} from './plan-problem.js';
