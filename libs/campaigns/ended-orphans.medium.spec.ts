import { randomUUID } from 'node:crypto';
import { Reconciler } from '@springtide/effects';
import { MINUTE } from '@springtide/kernel';
import { machineBehindTheLedger } from '../effects/testing/effect-world.js';
import { tellOfEnded } from './ended-orphans.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

describe('a machine that the reconciler ended', () => {
  it('stands in the story of the run whose marks it carried, once', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    const { tenantId } = stage.tenant;
    const { accountId } = run.cloud(0);
    const orphan = await machineBehindTheLedger(run.cloud(0), {
      tenant: tenantId,
      intent: await run.buy(0, 2),
    });
    const reconciler = new Reconciler(run.ledger);
    const pass = async () => {
      run.clock.advance(16 * MINUTE);
      const report = await reconciler.pass({ tenantId, accountId, region: 'sim-east' });
      await tellOfEnded(run.book, tenantId, [...report.ended, ...report.ended]);
      return report.ended;
    };
    expect(await pass()).toEqual([]);
    expect(await pass()).toMatchObject([{ runId: run.runId, machineId: orphan, region: 'sim-east' }]);
    await tellOfEnded(run.book, tenantId, [
      { runId: randomUUID(), intentId: randomUUID(), machineId: 'of a cluster', region: 'sim-east' },
    ]);
    const told = (await run.story()).filter((line) => line.startsWith('reconcile.ended'));
    expect(told).toEqual([expect.stringContaining(`Machine ${orphan} in sim-east`)]);
  }, 60_000);
});
