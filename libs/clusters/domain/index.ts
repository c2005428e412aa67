export { nextDrainStep, type DrainState, type DrainStep } from './drain-step.js';
export { ACCESS_NAMESPACE, ACCESS_SECRET, userManifest } from './cluster-access.js';
export { controlPlaneUserData, joinUserData, type ClusterPlan, type JoinPlan } from './node-user-data.js';
export { poolToScale } from './pool-to-scale.js';
export { readyMembers } from './ready-members.js';
export { versionBefore } from './version-choice.js';
