import { jest } from '@jest/globals';
import { closed, expectEverythingBack, planApproveArm, runUntil } from '../e2e/campaign-story.js';
import { openChaosWorld, type ChaosWorld } from './chaos-world.js';

jest.setTimeout(180_000);

let world: ChaosWorld;
beforeAll(async () => {
  world = await openChaosWorld();
}, 120_000);
afterAll(async () => await world.stop(), 60_000);

describe('a campaign whose processes die', () => {
  it('F1: its worker is killed between answer and record, and it comes to the same end', async () => {
    const [first, second] = world.workers;
    await second?.kill();
    await first?.kill();
    await first?.start({ SPRINGTIDE_FAIL_POINTS: 'purchase.answered' });
    const reached = first?.says(/^fail point reached/);
    const armed = await planApproveArm(world, 'killed');
    await reached;
    await first?.kill();
    const killedAt = performance.now();
    await second?.start();
    await runUntil(world, armed.run.id, 'it buys', (run) => run.pools.some((pool) => pool.running > 0));
    console.log('resumed', performance.now() - killedAt);
    await runUntil(world, armed.run.id, 'it is closed', closed);
    await expectEverythingBack(world, armed);
  });
});
