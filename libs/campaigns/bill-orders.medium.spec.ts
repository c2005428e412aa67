import { billCheckWorkflowId } from '@springtide/contracts';
import { MINUTE, addMs, toInstant } from '@springtide/kernel';
import { z } from 'zod';
import { BillOrders } from './bill-orders.js';
import { RunOnClouds, campaignsDatabase } from './testing/run-on-clouds.js';

const Ordered = z.array(z.object({ workflowId: z.string() }));

describe('the bill check of a run', () => {
  let stage: Awaited<ReturnType<typeof campaignsDatabase>>;
  beforeAll(async () => {
    stage = await campaignsDatabase();
  }, 120_000);
  afterAll(async () => await stage.test.drop());

  const outbox = async (sql: string) =>
    await stage.test.database.systemWork('test', async (tx): Promise<unknown> => await tx.query(sql));
  const ordered = async () =>
    Ordered.parse(await outbox(`select message ->> 'workflowId' as "workflowId" from outbox`)).map(
      ({ workflowId }) => workflowId,
    );

  it('is known to be with the engine once it was handed over, and can be ordered again', async () => {
    const run = await RunOnClouds.open(stage);
    await run.buy(0, 2);
    const orders = new BillOrders(stage.test.database);
    const known = { tenantId: stage.tenant.tenantId, runId: run.runId };
    const before = addMs(run.book.now(), -MINUTE);
    expect(await orders.handedOver(before)).toEqual([]);

    await run.bringBack();
    const name = billCheckWorkflowId(run.runId);
    expect((await ordered()).filter((id) => id === name)).toEqual([name]);
    // Still on its way to the engine.
    expect(await orders.handedOver(before)).toEqual([]);

    await outbox('delete from outbox');
    expect(await orders.handedOver(before)).toEqual([known]);
    const { closedAt } = await run.row();
    if (closedAt === null) throw new Error('the run did not close');
    expect(await orders.handedOver(addMs(toInstant(closedAt), 1))).toEqual([]);

    await orders.order(known);
    expect(await ordered()).toEqual([name]);
    expect(await orders.handedOver(before)).toEqual([]);
  });
});
