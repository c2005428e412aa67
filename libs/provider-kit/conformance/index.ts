export { AdvancingClock } from './advancing-clock.js';
export { describeProviderConformance } from './describe-provider-conformance.js';
export type {
  AccountInput,
  ConformanceControls,
  ConformanceHarness,
  ConformanceTarget,
  ControlName,
  FaultyOperation,
  Undo,
} from './harness.js';
export { loopbackGate } from './loopback-gate.js';
export {
  describeTrafficConformance,
  type TrafficConformanceHarness,
  type TrafficTarget,
} from './traffic/index.js';
