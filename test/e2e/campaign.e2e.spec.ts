import { jest } from '@jest/globals';
import { setTimeout as wait } from 'node:timers/promises';
import { routes } from '@springtide/contracts';
import {
  DEMAND,
  campaignInput,
  closed,
  expectEverythingBack,
  planApproveArm,
  planned,
  runUntil,
  until,
} from './campaign-story.js';
import { recordHistories } from '../workflows/record-histories.js';
import { setStage, type Stage } from './stage.js';
import { verifyOnce } from './verify-once.js';

jest.setTimeout(120_000);

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({
    publicCloud: { behaviour: { bootMs: 800, terminateMs: 500, survivingDisks: 0.5 } },
  });
}, 120_000);
afterAll(async () => await stage.stop());

/** Asks through the proxy for as long as it takes. @returns how to end, and how many were refused of how many. */
function visitors(): () => Promise<{ asked: number; failed: number }> {
  const count = { asked: 0, failed: 0 };
  let open = true;
  const walk = async () => {
    while (open) {
      const status = await fetch(stage.entrance).then(
        async (response) => {
          await response.arrayBuffer();
          return response.status;
        },
        () => 0,
      );
      count.asked += 1;
      if (status !== 200) count.failed += 1;
      await wait(40);
    }
  };
  const walking = walk();
  return async () => {
    open = false;
    await walking;
    return count;
  };
}

/** The first campaign of this file: its bills are due a minute after its close. */
let first = '';

describe('a campaign', () => {
  it('expands into the cloud, serves, comes back and is accounted for', async () => {
    const before = stage.everMade().size;
    const armed = await planApproveArm(stage, 'whole');
    first = armed.campaign.id;
    const leave = visitors();
    const run = await runUntil(stage, armed.run.id, 'it is closed', closed);
    const { asked, failed } = await leave();
    expect([asked > 100, failed]).toEqual([true, 0]);
    await expectEverythingBack(stage, armed);
    await recordHistories(stage.temporal, stage.temporalAddress, 'success', [armed.run.id, armed.plan.id]);

    const report = await stage.operations.call(routes.campaignReport, { params: { id: armed.campaign.id } });
    const made = stage.everMade().size - before;
    expect([report.machines.created, report.machines.created]).toEqual([report.machines.planned, made]);
    const kept = await until(
      'the report is kept',
      async () => await stage.operations.call(routes.reportGet, { params: { id: armed.campaign.id } }),
      ({ revision }) => revision !== null,
      10_000,
    );
    expect(kept).toMatchObject({
      revision: 1,
      intact: true,
      content: { leftovers: [], machines: { created: made } },
    });
    const owed = Number(kept.content.cost.bought) + Number(kept.content.cost.private);
    expect(owed).toBeCloseTo(Number(report.cost.actual), 5);
    const peak = report.phases.find((phase) => phase.name === 'peak');
    expect(peak?.readyCapacityRps).toBeGreaterThanOrEqual(DEMAND.peak);
    expect(Number(report.cost.actual)).toBeGreaterThan(0);
    expect(Number(run.spend.actual.amount)).toBeLessThanOrEqual(Number(run.spend.budget.amount));
    const steps = report.timeline.map((entry) => entry.step);
    const story = ['armed', 'phase.ramp.prepare', 'provision.bought', 'shift.step', 'phase.peak.ready'];
    const ending = ['scale-back.begin', 'shift.home', 'scale-back.terminate', 'scale-back.proof', 'closed'];
    const places = [
      ...story.map((step) => steps.indexOf(step)),
      ...ending.map((step) => steps.lastIndexOf(step)),
    ];
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(report.timeline.filter((entry) => entry.level === 'problem')).toEqual([]);
  });

  it('gives back to a proxy that was started again what it had', async () => {
    const armed = await planApproveArm(stage, 'restarted', {
      inMs: 14_000,
      rampMs: 4_000,
      peakMs: 22_000,
      decayMs: 2_000,
    });
    const holding = await runUntil(
      stage,
      armed.run.id,
      'the peak is held',
      (run) => run.state === 'holding' && run.phase === 'peak',
    );
    const groups = holding.traffic[0]?.groups.map((group) => [group.name, group.healthy]) ?? [];
    expect(groups.length).toBeGreaterThan(1);
    await stage.proxy.restart();
    await runUntil(
      stage,
      armed.run.id,
      'the entrance is as it was',
      (run) => {
        const now = run.traffic[0]?.groups ?? [];
        const members = now.map((group) => [group.name, group.healthy]);
        return (
          JSON.stringify(members) === JSON.stringify(groups) && now.filter((g) => g.weight > 0).length > 1
        );
      },
      15_000,
    );
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => (await fetch(stage.entrance)).status),
    );
    expect(new Set(answers)).toEqual(new Set([200]));
    await runUntil(stage, armed.run.id, 'it is closed', closed);
    await expectEverythingBack(stage, armed);
  });

  it('is checked by the schedule while it waits, and its approval rests on the check', async () => {
    const { operations, approver } = stage;
    const later = { inMs: 600_000, rampMs: 4_000, peakMs: 4_000, decayMs: 2_000 };
    const body = { ...campaignInput(stage, 'waiting', later), readiness: 'required' as const };
    const { id } = await operations.call(routes.campaignCreate, { body });
    const plan = await planned(operations, id);
    await stage.temporal.schedule.getHandle('readiness').trigger();
    const { latest } = await until(
      'it was checked',
      async () => await operations.call(routes.readinessGet, { params: { id } }),
      ({ latest: made }) => made !== null,
      30_000,
    );
    expect(latest).toMatchObject({ checkedBy: 'schedule', blocking: 0, planId: plan.id });
    expect(latest?.lines.filter(({ verdict }) => verdict === 'red')).toEqual([]);
    const approval = await operations.call(routes.approvalRequest, { params: { id: plan.id } });
    const decision = { params: { id: approval.id }, body: { decision: 'approve' as const } };
    const decided = await approver.call(routes.approvalDecide, decision);
    expect(decided.readiness).not.toBeNull();
    await operations.call(routes.campaignCancel, { params: { id }, ifMatch: 1 });
  });

  it('has its bill looked at after its close, by nobody’s hand', async () => {
    const { accounts, nextAt } = await until(
      'its bills were looked at',
      async () => await stage.operations.call(routes.billCheckGet, { params: { id: first } }),
      ({ dueAt, accounts: looked }) => dueAt !== null && looked.length > 0,
      90_000,
    );
    expect(accounts).toMatchObject([{ state: 'clean', checkedBy: 'bill-check', findings: [] }]);
    expect(Number(accounts[0]?.totals[0]?.billed.amount)).toBeGreaterThan(0);
    expect(nextAt).toBeNull();
  });

  it('is judged from outside, by a process that finds what is left', async () => {
    const before = await verifyOnce(stage);
    expect(before.verdicts.filter(({ outcome }) => outcome === 'violated')).toEqual([]);
    expect(before.exitCode).toBe(0);
    // Of the run that is closed longest: of one that was closed just now, a listing may still show what is gone.
    const [intent] = await stage.database.database.systemWork('test', async (tx) =>
      tx.query<{ id: string; run_id: string }[]>(
        `select i.id, i.run_id from effect_intent i join campaign_run r on r.id = i.run_id
          where i.kind = 'create' and r.closed_at is not null order by r.closed_at limit 1`,
      ),
    );
    const marks = { installation: 'e2e', tenant: stage.tenantId, intent: intent?.id, token: 'st-left-0' };
    const labels = Object.entries(marks).map(([name, value]) => [`springtide/${name}`, value]);
    const left = stage.clouds.cloud('cloud')?.administer({
      action: 'create-foreign',
      labels: Object.fromEntries(labels) as Record<string, string>,
    });
    const after = await verifyOnce(stage);
    const violated = after.verdicts.find(({ invariant }) => invariant === 'I5');
    expect([after.exitCode, violated?.outcome]).toEqual([1, 'violated']);
    expect(violated?.violations.flatMap(({ evidence }) => evidence)).toContain(left?.id);
  });
});
