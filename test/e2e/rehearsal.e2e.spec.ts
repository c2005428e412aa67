import { jest } from '@jest/globals';
import { routes } from '@springtide/contracts';
import { campaignInput, planned, until } from './campaign-story.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(180_000);

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(async () => await stage.stop());

describe('a rehearsal', () => {
  it('lives through a plan in a process of its own, is kept with its hash, and buys nothing', async () => {
    const { operations } = stage;
    // Far enough ahead that nobody thinks it is the real thing; phases of minutes, as in a demo.
    const body = campaignInput(stage, 'rehearsed', {
      inMs: 3_600_000,
      rampMs: 300_000,
      peakMs: 600_000,
      decayMs: 300_000,
    });
    const campaign = await operations.call(routes.campaignCreate, { body });
    const plan = await planned(operations, campaign.id);
    const before = stage.everMade().size;
    const { id } = await operations.call(routes.rehearsalRequest, {
      params: { id: plan.id },
      body: { storm: 'stock-out', seed: 3 },
    });
    const rehearsal = await until(
      'the rehearsal is over',
      async () => await operations.call(routes.rehearsalGet, { params: { id } }),
      ({ status }) => status !== 'running',
      150_000,
    );
    expect(rehearsal).toMatchObject({ status: 'done', failure: null, planHash: plan.hash });
    expect(rehearsal.result?.phases.map(({ name }) => name)).toEqual(['ramp', 'peak', 'decay']);
    expect(rehearsal.result?.machines.created).toBeGreaterThan(0);
    expect(rehearsal.result?.machines.leftover).toBe(0);
    expect(rehearsal.result?.story.some(({ detail }) => detail.includes('sold out'))).toBe(true);
    expect(stage.everMade().size).toBe(before);
    const { items } = await operations.call(routes.rehearsalList, { params: { id: plan.id } });
    expect(items.map((item) => item.id)).toEqual([id]);
  });
});
