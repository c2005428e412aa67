import { Bench } from './bench.js';
import type { ConformanceHarness } from './harness.js';
import type { Rule } from './rule.js';
import { PROVIDER_RULES } from './rules/index.js';
import { NotHere, SuiteRecord } from './suite-record.js';

/** Runs every rule for one provider. What cannot be run is a skipped test with its reason in the title. */
export function describeProviderConformance(harness: ConformanceHarness): void {
  describe(`provider conformance: ${harness.name}`, () => {
    let bench: Bench;
    const record = new SuiteRecord('provider', harness, PROVIDER_RULES);

    if (harness.unavailable === undefined) {
      beforeAll(async () => {
        bench = new Bench(harness, await harness.setUp());
        await bench.open();
      }, harness.ruleTimeoutMs ?? 60_000);
      afterEach(async () => bench.settle(), harness.ruleTimeoutMs ?? 60_000);
      afterAll(async () => {
        await bench.close();
        await bench.target.tearDown();
      }, harness.ruleTimeoutMs ?? 60_000);
    }
    afterAll(async () => record.close());

    for (const rule of PROVIDER_RULES) {
      const reason = reasonToSkip(harness, rule);
      if (reason === undefined) {
        const limitMs = harness.ruleTimeoutMs ?? 60_000;
        it(titleOf(rule), async () => record.hold(rule, async () => held(rule, bench)), limitMs);
      } else {
        record.skipped(rule, reason);
        it.skip(`${titleOf(rule)} (skipped: ${reason})`, () => undefined);
      }
    }
  });
}

async function held(rule: Rule, bench: Bench): Promise<void> {
  for (const facet of rule.facets ?? []) {
    if (!bench.client.offers(facet)) throw new NotHere(`the account offers no ${facet}`);
  }
  await rule.check(bench);
}

function titleOf(rule: Rule): string {
  return `${rule.id} ${rule.title}`;
}

function reasonToSkip(harness: ConformanceHarness, rule: Rule): string | undefined {
  if (harness.unavailable !== undefined) return harness.unavailable;
  const waived = harness.waived?.[rule.id];
  if (waived !== undefined) return waived;
  for (const name of rule.capabilities ?? []) {
    const capability = harness.manifest.capabilities[name];
    if (capability === undefined) return `the manifest does not declare "${name}"`;
    if (!capability.supported) return capability.reason;
  }
  for (const control of rule.controls ?? []) {
    const reason = harness.withheld?.[control];
    if (reason !== undefined) return `no control "${control}": ${reason}`;
  }
  return undefined;
}
