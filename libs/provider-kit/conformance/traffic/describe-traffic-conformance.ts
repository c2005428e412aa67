import type { TrafficConformanceHarness } from './harness.js';
import type { TrafficRule } from './rule.js';
import { joiningRules } from './rules/joining.js';
import { memberRules } from './rules/members.js';
import { refusalRules } from './rules/refusals.js';
import { shareRules } from './rules/shares.js';
import { TrafficBench } from './traffic-bench.js';

export const TRAFFIC_RULES: readonly TrafficRule[] = [
  ...shareRules,
  ...memberRules,
  ...refusalRules,
  ...joiningRules,
];

/** Runs every traffic rule against a real proxy. What cannot be run is a skipped test with its reason in the title. */
export function describeTrafficConformance(harness: TrafficConformanceHarness): void {
  const limitMs = harness.ruleTimeoutMs ?? 60_000;
  describe(`traffic conformance: ${harness.name}`, () => {
    const { unavailable } = harness;
    if (unavailable !== undefined) {
      for (const { id, title } of TRAFFIC_RULES) {
        it.skip(`${id} ${title} (skipped: ${unavailable})`, () => undefined);
      }
      return;
    }
    let bench: TrafficBench;
    beforeAll(async () => {
      bench = new TrafficBench(harness, await harness.setUp());
      await bench.open();
    }, limitMs);
    afterEach(async () => bench.settle(), limitMs);
    afterAll(async () => {
      await bench.close();
      await bench.target.tearDown();
    }, limitMs);
    for (const rule of TRAFFIC_RULES) {
      const reason = reasonToSkip(harness, rule);
      if (reason === undefined) it(`${rule.id} ${rule.title}`, async () => rule.check(bench), limitMs);
      else it.skip(`${rule.id} ${rule.title} (skipped: ${reason})`, () => undefined);
    }
  });
}

function reasonToSkip(
  { manifest, waived }: TrafficConformanceHarness,
  rule: TrafficRule,
): string | undefined {
  const lacking = (rule.capabilities ?? []).map((name) => manifest.capabilities[name]);
  const reasons = lacking.flatMap((one) => (one?.supported === false ? [one.reason] : []));
  return waived?.[rule.id] ?? reasons[0];
}
