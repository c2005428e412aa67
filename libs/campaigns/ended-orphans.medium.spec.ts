import { randomUUID } from 'node:crypto';
import { Reconciler, type TellOfOrphan } from '@springtide/effects';
import { MINUTE } from '@springtide/kernel';
import { machineBehindTheLedger } from '../effects/testing/effect-world.js';
import { tellRunsOfOrphans } from './ended-orphans.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

describe('a machine that the reconciler ends', () => {
  it('stands in the story of the run whose marks it carries before it ends, and once', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    const { tenantId } = stage.tenant;
    const { accountId } = run.cloud(0);
    const orphan = await machineBehindTheLedger(run.cloud(0), {
      tenant: tenantId,
      intent: await run.buy(0, 2),
    });
    const reconciler = new Reconciler(run.ledger);
    const tell = tellRunsOfOrphans(run.book, tenantId);
    const pass = async (heard: TellOfOrphan = tell) => {
      run.clock.advance(16 * MINUTE);
      const report = await reconciler.pass({ tenantId, accountId, region: 'sim-east' }, heard);
      return report.orphansDeleted;
    };
    const told = async () => (await run.story()).filter((line) => line.startsWith('reconcile.ended'));

    expect(await pass()).toBe(0);
    // The process dies between the two: it is told, and not ended yet.
    const death: TellOfOrphan = async (one) => {
      await tell(one);
      throw new Error('dead');
    };
    expect(await pass(death)).toBe(0);
    expect(await told()).toEqual([expect.stringContaining(`Machine ${orphan} in sim-east`)]);
    expect(await pass()).toBe(1);
    expect(await told()).toHaveLength(1);

    await tell({
      runId: randomUUID(),
      intentId: randomUUID(),
      machineId: 'of a cluster',
      region: 'sim-east',
    });
    expect(await told()).toHaveLength(1);
  }, 60_000);
});
