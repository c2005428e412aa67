import type { CampaignReport } from '@springtide/contracts';
import type { LoadResult } from '../../../test/yard/load/load-generator.js';
import type { GroundTruth } from './ground-truth.js';
import { assemble, withVerdict } from './report.js';

const own: CampaignReport = {
  campaignId: 'c',
  runId: 'r',
  name: 'Flash sale',
  state: 'closed',
  phases: [
    {
      name: 'peak',
      demandRps: 310,
      plannedCapacityRps: 360,
      readyCapacityRps: 370,
      machinesPlanned: 9,
      machinesReady: 9,
    },
  ],
  machines: { planned: 9, created: 10, refused: 1, duplicated: 0, leftover: 0 },
  timeToReadySeconds: { p50: 4, p95: 7, max: 8 },
  failuresByCause: [],
  cost: { currency: 'USD', planned: '0.0148320833', actual: '0.015472', private: '0.005', budget: '2.00' },
  timeline: [
    { id: 1, at: '2026-11-11T00:00:00.000Z', step: 'armed', level: 'info', detail: 'Armed.', facts: {} },
  ],
};
const nothingLeft: GroundTruth = {
  leftover: 0,
  duplicated: 0,
  everMade: 6,
  detail: 'boto3 lists 0 of ours.',
};

function target(intended: number, ok: number, p99: number) {
  return {
    intended,
    sent: intended,
    ok,
    failed: intended - ok,
    latencyMs: { p50: 20, p95: 40, p99, max: p99 },
  };
}

function loadOf(changes: { ok?: number; measured?: boolean } = {}): LoadResult {
  const { ok = 10_000, measured = true } = changes;
  const targets = {
    storefront: target(10_000, ok, 60),
    checkout: target(4_000, 4_000, 80),
    'storefront-alone': target(10_000, 2_600, 300),
    'checkout-alone': target(4_000, 1_400, 310),
  };
  return { type: 'result', phases: [{ name: 'peak', measured, targets }] } as unknown as LoadResult;
}

const engines = { proxy: 'HAProxy' };

describe('the report of the demo', () => {
  it('passes when every phase met its target and the clouds hold nothing', () => {
    const report = assemble(own, loadOf(), nothingLeft, engines, { worker: 1 });
    expect(report).toMatchObject({
      passed: true,
      failures: [],
      engines,
      phases: [
        {
          name: 'peak',
          demandRps: 310,
          servedRatio: 1,
          p99Ms: 80,
          withoutBurst: { servedRatio: 4_000 / 14_000, p99Ms: 310 },
        },
      ],
      machines: { planned: 9, created: 10, duplicated: 0, leftover: 0 },
      cost: { currency: 'USD', planned: '0.0148320833', actual: '0.015472' },
      timeToReadySeconds: { p50: 4, p95: 7 },
      restarts: { worker: 1 },
      timeline: [{ at: '2026-11-11T00:00:00.000Z', step: 'armed', detail: 'Armed.' }],
    });
  });

  it.each([
    [
      'a phase below its target',
      own,
      loadOf({ ok: 9_980 }),
      nothingLeft,
      'peak served 99.85 % instead of 99.90 %',
    ],
    ['a phase that was not measured', own, loadOf({ measured: false }), nothingLeft, 'peak was not measured'],
    ['one leftover', own, loadOf(), { ...nothingLeft, leftover: 1 }, 'the clouds still hold 1 thing of ours'],
    ['a machine made twice', own, loadOf(), { ...nothingLeft, duplicated: 2 }, '2 machines were made twice'],
    [
      'a machine made twice by our own book',
      withDoubles(1),
      loadOf(),
      nothingLeft,
      '1 machine was made twice',
    ],
    ['a run that did not close', { ...own, state: 'stuck' }, loadOf(), nothingLeft, 'the run is stuck'],
    ['a load without phases', own, { ...loadOf(), phases: [] }, nothingLeft, 'nothing was measured'],
  ])('fails for %s', (_, campaign, load, truth, failure) => {
    const report = assemble(campaign, load, truth, engines, {});
    expect(report.passed).toBe(false);
    expect(report.failures).toEqual([expect.stringContaining(failure)]);
  });

  it('fails for what the verifier found, and only names what it could not judge', () => {
    const report = assemble(own, loadOf(), nothingLeft, engines, {});
    const verdict = {
      summary: '12 invariants: 11 hold, 1 not judged (I2)',
      violations: [],
      notJudged: ['I2: …'],
    };
    expect(withVerdict(report, verdict)).toMatchObject({ passed: true, invariants: verdict });
    const violations = ['I3: intent x asked for 5 machines and got 6'];
    expect(withVerdict(report, { ...verdict, violations })).toMatchObject({
      passed: false,
      failures: violations,
    });
  });
});

function withDoubles(duplicated: number): CampaignReport {
  return { ...own, machines: { ...own.machines, duplicated } };
}
