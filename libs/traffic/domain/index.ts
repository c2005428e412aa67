export { SLOW, countersBetween, judgeStep, type GatePolicy, type GateVerdict } from './gate.js';
export {
  relievedGroups,
  relievingSteps,
  sameShares,
  sharesByCapacity,
  stepBetween,
  type Shares,
} from './shares.js';
export { groupsLacking } from './membership.js';
export { checkRelease, groupsOfOthers, sharesOfRelease } from './release.js';
