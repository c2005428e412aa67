export { AdvancingClock } from './advancing-clock.js';
export { Bench } from './bench.js';
export { describeProviderConformance } from './describe-provider-conformance.js';
export type {
  AccountInput,
  ConformanceControls,
  ConformanceHarness,
  ConformanceTarget,
  ControlName,
  EngineEvidence,
  Evidence,
  FaultyOperation,
  Undo,
} from './harness.js';
export { loopbackGate } from './loopback-gate.js';
export type { Rule } from './rule.js';
export { PROVIDER_RULES } from './rules/index.js';
export {
  TRAFFIC_RULES,
  describeTrafficConformance,
  type TrafficConformanceHarness,
  type TrafficTarget,
} from './traffic/index.js';
export {
  WORKLOAD_RULES,
  describeWorkloadConformance,
  type MemberTruth,
  type WorkloadConformanceHarness,
  type WorkloadControls,
  type WorkloadTarget,
} from './workloads/index.js';
