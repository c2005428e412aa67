import { jest } from '@jest/globals';
import { routes } from '@springtide/contracts';
import { closed, expectEverythingBack, planApproveArm, runUntil } from './campaign-story.js';
import { setStage, type Stage } from './stage.js';

jest.setTimeout(120_000);

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
}, 120_000);
afterAll(async () => await stage.stop());

describe('a campaign that is interrupted', () => {
  it('comes to the same end when its worker is killed while machines boot', async () => {
    const before = stage.everMade().size;
    const armed = await planApproveArm(stage, 'killed');
    await runUntil(stage, armed.run.id, 'machines are asked for', (run) =>
      run.pools.some((pool) => pool.requested > 0 && pool.ready < pool.requested),
    );
    await stage.replaceWorker();
    await runUntil(stage, armed.run.id, 'it is closed', closed);
    await expectEverythingBack(stage, armed);
    const report = await stage.operations.call(routes.campaignReport, { params: { id: armed.campaign.id } });
    expect(report.machines.created).toBe(stage.everMade().size - before);
    expect(report.machines.created).toBe(report.machines.planned);
  });

  it('stops at once when the stop switch is pulled in the ramp, and returns everything', async () => {
    const armed = await planApproveArm(stage, 'stopped');
    await runUntil(stage, armed.run.id, 'machines are asked for', (run) =>
      run.pools.some((pool) => pool.requested > 0),
    );
    const body = { engaged: true, reason: 'drill' };
    expect(await stage.operations.call(routes.stopSwitch, { body })).toEqual({ engaged: true, runs: 1 });
    const pulledAt = performance.now();
    const made = stage.everMade().size;
    await runUntil(stage, armed.run.id, 'it is closed', closed);
    expect(performance.now() - pulledAt).toBeLessThan(60_000);
    // One call may have been on its way when the switch was pulled.
    expect(stage.everMade().size - made).toBeLessThanOrEqual(armed.plan.allocations.length);
    await expectEverythingBack(stage, armed);
    await stage.operations.call(routes.stopSwitch, { body: { engaged: false, reason: 'drill over' } });
  });
});
