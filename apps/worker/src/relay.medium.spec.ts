import { runWorkflowId } from '@springtide/contracts';
import { postToOutbox, silentLogger } from '@springtide/platform';
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { RunOnClouds, campaignsDatabase } from '../../../libs/campaigns/testing/run-on-clouds.js';
import { startRelay, type RelayParts } from './relay.js';

let stage: Awaited<ReturnType<typeof campaignsDatabase>>;

beforeAll(async () => {
  stage = await campaignsDatabase();
}, 120_000);
afterAll(async () => await stage.test.drop());

describe('the relay', () => {
  it('tells the run whose order does not get through, and carries all others', async () => {
    const { database } = stage.test;
    const { tenantId } = stage.tenant;
    const run = await RunOnClouds.open(stage);
    await database.systemWork('test', async (tx) => {
      const start = (workflowId: string) =>
        ({ kind: 'start', workflow: 'run', workflowId, input: {} }) as const;
      // There is no such run: nobody can be told.
      await postToOutbox(tx, tenantId, start(runWorkflowId(randomUUID())));
      await postToOutbox(tx, tenantId, start(runWorkflowId(run.runId)));
      await postToOutbox(tx, tenantId, start('another'));
      await tx.query(`update outbox set created_at = created_at - interval '20 minutes', attempts = 1`);
    });
    const started: unknown[] = [];
    const client = {
      workflow: {
        start: async (_workflow: string, { workflowId }: { workflowId: string }) => {
          if (workflowId !== 'another') throw new Error('the message is too large');
          await Promise.resolve(started.push(workflowId));
        },
      },
    } as unknown as RelayParts['client'];
    const relay = startRelay({ database, client, log: silentLogger, book: run.book });
    const late = async () => (await run.story()).filter((line) => line.startsWith('relay.late'));
    for (let tries = 0; tries < 200 && (await late()).length === 0; tries += 1) await wait(50);
    await relay.stop();
    expect(started).toEqual(['another']);
    expect(await late()).toEqual([expect.stringContaining('has not reached the workflow engine')]);
  });
});
