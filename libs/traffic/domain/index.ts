export { countersBetween, judgeStep, type GatePolicy, type GateSample, type GateVerdict } from './gate.js';
export { sameShares, sharesByCapacity, stepBetween, type Shares } from './shares.js';
export { groupsLacking } from './membership.js';
export { checkRelease, groupsOfOthers, sharesOfRelease } from './release.js';
