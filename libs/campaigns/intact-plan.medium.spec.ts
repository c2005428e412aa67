import { hashJson } from '@springtide/platform';
import { Provisioning } from './provisioning.service.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

async function write(run: RunOnClouds, column: 'hash' | 'content', value: string): Promise<void> {
  await stage.test.database.systemWork('test', async (tx) => {
    await tx.query(
      `update campaign_plan set ${column} = $2 where id = (select plan_id from campaign_run where id = $1)`,
      [run.runId, value],
    );
  });
}

describe('a run whose plan is changed under it', () => {
  it('buys nothing more, and brings back what it has', async () => {
    const run = await RunOnClouds.open(stage, [{}]);
    const { accountId } = run.cloud(0);
    const plan = await run.plan();
    await write(run, 'hash', hashJson(plan));
    const provisioning = new Provisioning(run.book, run.ledger);
    const order = {
      tenantId: stage.tenant.tenantId,
      runId: run.runId,
      fence: run.fence,
      phase: 'peak',
      revision: 1,
      round: 0,
      service: 'storefront',
      poolId: `${accountId}/c2.large`,
      batch: 0,
      count: 2,
    } as const;
    const bought = await provisioning.launchBatch(order, () => undefined);
    expect([bought.refused, run.cloud(0).ours().length]).toEqual([[], 2]);

    // The lowest bit of one digit.
    const changed = JSON.stringify(plan).replace(/"minimumBillingSeconds":60/, '"minimumBillingSeconds":61');
    expect(changed).not.toBe(JSON.stringify(plan));
    await write(run, 'content', changed);
    const more = provisioning.launchBatch({ ...order, batch: 1 }, () => undefined);
    await expect(more).rejects.toMatchObject({
      code: 'failed-precondition',
      message: expect.stringContaining('changed after it was approved; nothing more is bought on it'),
    });
    expect(run.cloud(0).ours()).toHaveLength(2);
    await run.bringBack();
    expect([run.cloud(0).ours(), (await run.row()).state]).toEqual([[], 'closed']);
  });
});
