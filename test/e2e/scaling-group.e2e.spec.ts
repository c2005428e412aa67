import { jest } from '@jest/globals';
import { ScalingInput, routes, type RunBody } from '@springtide/contracts';
import { closed, expectEverythingBack, planApproveArm, runUntil, until } from './campaign-story.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(180_000);

const SERVICE = 'storefront';

let stage: Stage;

beforeAll(async () => {
  stage = await setStage({ publicCloud: { behaviour: { bootMs: 800, terminateMs: 500 } } });
}, 120_000);
afterAll(async () => await stage.stop());

async function byHand(machines: number): Promise<void> {
  const strategies = [{ id: 'by-hand', kind: 'manual', machines, until: null }];
  const body = ScalingInput.parse({ strategies, ceiling: 20, cooldownSeconds: 0, largestScaleIn: 1 });
  await stage.operations.call(routes.scalingPut, { params: { service: SERVICE }, body });
}

const readyIn = (run: RunBody): number => run.pools.reduce((sum, pool) => sum + pool.ready, 0);

describe('a scaling group', () => {
  it('buys and returns machines as strategies want, shows why, and goes back whole', async () => {
    await byHand(0);
    const demand = [{ service: SERVICE, phase: 'plateau' as const, requestsPerSecond: 160 }];
    const start = Date.now() + 14_000;
    const at = (ms: number) => new Date(start + ms).toISOString();
    const phases = [{ name: 'plateau' as const, startsAt: at(0), endsAt: at(80_000) }];
    const timing = { inMs: 14_000, rampMs: 0, peakMs: 0, decayMs: 0 };
    const changes = { phases, demand, follows: 'strategies' as const };
    const armed = await planApproveArm(stage, 'between campaigns', timing, changes);
    const most = armed.plan.allocations.reduce((sum, row) => sum + row.machines, 0);
    expect(most).toBeGreaterThanOrEqual(2);

    const show = async () => {
      return await stage.operations.call(routes.scalingGet, { params: { service: SERVICE }, query: {} });
    };
    const resting = await until('the group decides', show, ({ group }) => group !== null, 60_000);
    expect(resting).toMatchObject({ advisory: false, group: { runId: armed.run.id, pools: [] } });
    const home =
      (resting.current ?? 0) - readyIn(await runUntil(stage, armed.run.id, 'it is read', () => true));

    await byHand(home + 2);
    await runUntil(stage, armed.run.id, 'it has grown to what is wanted', (run) => readyIn(run) === 2);
    const grown = await show();
    expect(grown.group?.decision.reasons.join()).toContain('by by-hand');
    expect(grown.group?.pools.reduce((sum, { machines }) => sum + machines, 0)).toBe(2);

    await byHand(home + 1);
    await runUntil(
      stage,
      armed.run.id,
      'it let one go',
      (run) => run.state === 'holding' && readyIn(run) === 1,
    );
    const told = await stage.operations.call(routes.runTimeline, {
      params: { id: armed.run.id },
      query: { limit: 500 },
    });
    const steps = told.items.map(({ step }) => step).filter((step) => step.startsWith('scaling.'));
    expect(steps).toEqual(['scaling.out', 'scaling.in']);

    await runUntil(stage, armed.run.id, 'it is closed', closed);
    await expectEverythingBack(stage, armed);
  });
});
