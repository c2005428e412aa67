export { BURST_SETTINGS, type BurstSettings } from './burst/burst-settings.js';
export { BurstPolicy, type BurstDecision, type BurstFleet } from './burst/burst-policy.js';
export { ForecastFollower, type ForecastBelief } from './burst/forecast-follower.js';
