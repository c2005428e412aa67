export { BURST_SETTINGS, type BurstSettings } from './burst/burst-settings.js';
export { BurstPolicy, type BurstDecision, type BurstFleet } from './burst/burst-policy.js';
export { ForecastFollower, type ForecastBelief } from './burst/forecast-follower.js';
export { readyTimes, type ReadyTimes } from './ready-times.js';
export { mergeWants, reasoned, type ScalingRails, type ScalingState } from './strategies/merge.js';
export type { ReasonedDecision, ScalingSight, ScalingWant, Seen } from './strategies/strategy.js';
export { wantOf } from './strategies/wants.js';
export { SETTLED, choiceOf, decidedByHand } from './rest.js';
export { monthOf, projectedIn, spentIn } from './month.js';
