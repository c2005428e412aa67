import type { WorkloadConformanceHarness } from './harness.js';
import type { WorkloadRule } from './rule.js';
import { applyingRules } from './rules/applying.js';
import { failureRules } from './rules/failures.js';
import { memberRules } from './rules/members.js';
import { nodeRules } from './rules/nodes.js';
import { placementRules } from './rules/placement.js';
import { removalRules } from './rules/removal.js';
import { upgradeRules } from './rules/upgrades.js';
import { SuiteRecord } from '../suite-record.js';
import { WorkloadBench } from './workload-bench.js';

export const WORKLOAD_RULES: readonly WorkloadRule[] = [
  ...applyingRules,
  ...memberRules,
  ...placementRules,
  ...upgradeRules,
  ...nodeRules,
  ...removalRules,
  ...failureRules,
];

/** Runs every workload rule against a real cluster. What cannot be run is a skipped test with its reason in the title. */
export function describeWorkloadConformance(harness: WorkloadConformanceHarness): void {
  const limitMs = harness.ruleTimeoutMs ?? 60_000;
  describe(`workload conformance: ${harness.name}`, () => {
    const { unavailable } = harness;
    const record = new SuiteRecord('workload', harness, WORKLOAD_RULES);
    let bench: WorkloadBench;
    if (unavailable === undefined) {
      beforeAll(async () => {
        bench = new WorkloadBench(harness, await harness.setUp());
        await bench.open();
      }, limitMs);
      afterEach(async () => bench.settle(), limitMs);
      afterAll(async () => {
        await bench.close();
        await bench.target.tearDown();
      }, limitMs);
    }
    afterAll(async () => record.close());
    for (const rule of WORKLOAD_RULES) {
      const title = `${rule.id} ${rule.title}`;
      const reason = unavailable ?? harness.waived?.[rule.id];
      if (reason === undefined) {
        it(title, async () => record.hold(rule, async () => rule.check(bench)), limitMs);
      } else {
        record.skipped(rule, reason);
        it.skip(`${title} (skipped: ${reason})`, () => undefined);
      }
    }
  });
}
