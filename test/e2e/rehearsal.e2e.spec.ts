import { jest } from '@jest/globals';
import { routes } from '@springtide/contracts';
import { campaignInput, planned, until } from './campaign-story.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(420_000);

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(async () => await stage.stop());

describe('a rehearsal', () => {
  it('lives through a plan with recorded demand in a process of its own, buys nothing, and is kept by the approval', async () => {
    const { operations, approver } = stage;
    // Far enough ahead that nobody thinks it is the real thing; phases of minutes, as in a demo.
    const body = campaignInput(stage, 'rehearsed', {
      inMs: 3_600_000,
      rampMs: 300_000,
      peakMs: 600_000,
      decayMs: 300_000,
    });
    const campaign = await operations.call(routes.campaignCreate, { body });
    const plan = await planned(operations, campaign.id);
    const series = await operations.call(routes.demandImport, {
      body: { name: 'last year', source: { kind: 'csv', text: hourOf(100) } },
    });
    const before = stage.everMade().size;
    const { id } = await operations.call(routes.rehearsalRequest, {
      params: { id: plan.id },
      body: { storm: 'stock-out', seed: 3, replay: { seriesId: series.id, multiple: 1.1 } },
    });
    const rehearsal = await until(
      'the rehearsal is over',
      async () => await operations.call(routes.rehearsalGet, { params: { id } }),
      ({ status }) => status !== 'running',
      360_000,
    );
    expect(rehearsal).toMatchObject({ status: 'done', failure: null, planHash: plan.hash });
    expect(rehearsal.result?.phases.map(({ name }) => name)).toEqual(['ramp', 'peak', 'decay']);
    expect(rehearsal.result?.machines.created).toBeGreaterThan(0);
    expect(rehearsal.result?.machines.leftover).toBe(0);
    expect(rehearsal.result?.story.some(({ detail }) => detail.includes('sold out'))).toBe(true);
    expect(rehearsal.result?.replay).toMatchObject({ name: 'last year', aligned: 'peaks', multiple: 1.1 });
    expect(rehearsal.result?.phases.map(({ demandRps }) => Math.round(demandRps))).toEqual([55, 110, 55]);
    expect(rehearsal.result?.phases.map(({ plannedRps }) => plannedRps)).toEqual([60, 120, 40]);
    expect(rehearsal.result?.twins.map(({ accountName }) => accountName)).not.toEqual([]);
    expect(stage.everMade().size).toBe(before);
    const { items } = await operations.call(routes.rehearsalList, { params: { id: plan.id } });
    expect(items.map((item) => item.id)).toEqual([id]);
    const asked = await operations.call(routes.approvalRequest, { params: { id: plan.id } });
    const approval = await approver.call(routes.approvalDecide, {
      params: { id: asked.id },
      body: { decision: 'approve' },
    });
    expect(approval).toMatchObject({
      status: 'approved',
      rehearsal: {
        rehearsalId: id,
        storm: 'stock-out',
        replayed: 'last year',
        passed: rehearsal.result?.passed,
      },
    });
  });
});

/** An hour of a year ago in minutes: half as much all the time, but for four minutes in its middle. */
function hourOf(highest: number): string {
  const rows = Array.from({ length: 60 }, (_, minute) => {
    const at = new Date(Date.UTC(2025, 10, 11, 20, minute)).toISOString();
    return `${at},${minute >= 26 && minute < 30 ? highest : highest / 2}`;
  });
  return ['timestamp,value', ...rows].join('\n');
}
