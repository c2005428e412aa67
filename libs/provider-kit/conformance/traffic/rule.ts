import type { TrafficBench } from './traffic-bench.js';

/** One promise of the traffic contract. The id is in the title of the test that every proxy runs, and in RULES.md. */
export type TrafficRule = Readonly<{
  id: `T-${string}`;
  title: string;
  why: string;
  check(bench: TrafficBench): Promise<void>;
}>;
