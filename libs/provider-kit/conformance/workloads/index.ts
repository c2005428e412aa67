export { WORKLOAD_RULES, describeWorkloadConformance } from './describe-workload-conformance.js';
export type { MemberTruth, WorkloadConformanceHarness, WorkloadControls, WorkloadTarget } from './harness.js';
