import type { TrafficConformanceHarness } from './harness.js';
import type { TrafficRule } from './rule.js';
import { joiningRules } from './rules/joining.js';
import { matchRules } from './rules/matches.js';
import { memberRules } from './rules/members.js';
import { refusalRules } from './rules/refusals.js';
import { shareRules } from './rules/shares.js';
import { SuiteRecord } from '../suite-record.js';
import { TrafficBench } from './traffic-bench.js';

export const TRAFFIC_RULES: readonly TrafficRule[] = [
  ...shareRules,
  ...memberRules,
  ...refusalRules,
  ...joiningRules,
  ...matchRules,
];

/** Runs every traffic rule against a real proxy. What cannot be run is a skipped test with its reason in the title. */
export function describeTrafficConformance(harness: TrafficConformanceHarness): void {
  const limitMs = harness.ruleTimeoutMs ?? 60_000;
  describe(`traffic conformance: ${harness.name}`, () => {
    const record = new SuiteRecord('traffic', harness, TRAFFIC_RULES);
    let bench: TrafficBench;
    if (harness.unavailable === undefined) {
      beforeAll(async () => {
        bench = new TrafficBench(harness, await harness.setUp());
        await bench.open();
      }, limitMs);
      afterEach(async () => bench.settle(), limitMs);
      afterAll(async () => {
        await bench.close();
        await bench.target.tearDown();
      }, limitMs);
    }
    afterAll(async () => record.close());
    for (const rule of TRAFFIC_RULES) {
      const reason = reasonToSkip(harness, rule);
      const title = `${rule.id} ${rule.title}`;
      if (reason === undefined) {
        it(title, async () => record.hold(rule, async () => rule.check(bench)), limitMs);
      } else {
        record.skipped(rule, reason);
        it.skip(`${title} (skipped: ${reason})`, () => undefined);
      }
    }
  });
}

/** Absent from a manifest, these mean: it cannot. */
const OPTIONAL: ReadonlySet<string> = new Set(['matchBySource', 'matchByHeader']);

function reasonToSkip(
  { manifest, waived, unavailable }: TrafficConformanceHarness,
  rule: TrafficRule,
): string | undefined {
  const lacking = (rule.capabilities ?? []).map((name) => [name, manifest.capabilities[name]] as const);
  const reasons = lacking.flatMap(([name, one]) => {
    if (one === undefined) return OPTIONAL.has(name) ? [`the manifest does not declare "${name}"`] : [];
    return one.supported ? [] : [one.reason];
  });
  return unavailable ?? waived?.[rule.id] ?? reasons[0];
}
