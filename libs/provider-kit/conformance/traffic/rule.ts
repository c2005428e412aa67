import type { CapabilityName } from '../harness.js';
import type { TrafficBench } from './traffic-bench.js';

/** One promise of the traffic contract. The id is in the title of the test that every proxy runs, and in RULES.md. */
export type TrafficRule = Readonly<{
  id: `T-${string}`;
  title: string;
  why: string;
  /** Needed of the manifest; one that is not named there counts as supported, unless it says what absence means. */
  capabilities?: readonly CapabilityName[];
  check(bench: TrafficBench): Promise<void>;
}>;
