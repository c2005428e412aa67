export { describeTrafficConformance, TRAFFIC_RULES } from './describe-traffic-conformance.js';
export type { TrafficConformanceHarness, TrafficTarget } from './harness.js';
