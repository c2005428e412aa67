import type { WorkloadBench } from './workload-bench.js';

/** One promise of the workload contract. The id is in the title of the test that every cluster runs, and in RULES.md. */
export type WorkloadRule = Readonly<{
  id: `W-${string}`;
  title: string;
  why: string;
  check(bench: WorkloadBench): Promise<void>;
}>;
