import { join } from 'node:path';
import {
  PURCHASE_QUEUE,
  WORKFLOW_QUEUE,
  type BatchOrder,
  type BatchResult,
  type ProvisionActivities,
} from '@springtide/contracts';
import { MachineLife, type EffectLedger, type LaunchRequest } from '@springtide/effects';
import { startEmbeddedTemporal, temporalBinary } from '@springtide/platform';
import { workflowBundle } from '@springtide/testing';
import type { provision } from '@springtide/workflows';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

export type ProvisionBench = Readonly<{
  ledger: EffectLedger;
  request: (batch: number, count: number) => LaunchRequest;
  machines: number;
  batch: number;
  dir: string;
}>;

/** Buys the machines by the real provision workflow on a real server. @returns its time and the events of its history. */
export async function historyOfProvision(
  bench: ProvisionBench,
): Promise<{ seconds: number; events: number }> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const temporal = await startEmbeddedTemporal({
    dbFile: join(bench.dir, 'temporal', 'temporal.db'),
    binary: await temporalBinary(),
  });
  const native = await NativeConnection.connect({ address: temporal.address });
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const client = new Client({ connection });
    const codePath = await workflowBundle();
    const workers = await Promise.all([
      Worker.create({ connection: native, taskQueue: WORKFLOW_QUEUE, workflowBundle: { codePath } }),
      Worker.create({ connection: native, taskQueue: PURCHASE_QUEUE, activities: activitiesOver(bench) }),
    ]);
    const [workflows, activities] = workers;
    if (workflows === undefined || activities === undefined) throw new Error('no workers');
    return await workflows.runUntil(activities.runUntil(measure(client, bench)));
  } finally {
    await connection.close();
    await native.close();
    await temporal.stop();
  }
}

async function measure(
  client: Client,
  { request, machines, batch }: ProvisionBench,
): Promise<{ seconds: number; events: number }> {
  const { tenantId, runId, fence, poolId } = request(0, batch);
  const order = { service: 'bench', poolId, count: machines, batchSize: batch };
  const started = performance.now();
  const handle = await client.workflow.start<typeof provision>('provision', {
    taskQueue: WORKFLOW_QUEUE,
    workflowId: `bench/${runId}`,
    args: [{ tenantId, runId, fence, phase: 'ramp', revision: 0, round: 0, order }],
  });
  const deficits = await handle.result();
  const seconds = (performance.now() - started) / 1_000;
  if (deficits.length > 0) throw new Error(`machines did not come: ${JSON.stringify(deficits)}`);
  const { events } = await handle.fetchHistory();
  return { seconds, events: events?.length ?? 0 };
}

/** What the worker does for a batch, without the story it tells in the run's rows. */
function activitiesOver({ ledger, request }: ProvisionBench): ProvisionActivities {
  const life = new MachineLife(ledger);
  return {
    launchBatch: async ({ batch, count }: BatchOrder): Promise<BatchResult> => {
      for (;;) {
        const answer = await ledger.launch(request(batch, count));
        if (answer.status === 'refused')
          return { intentId: null, running: 0, refused: [{ code: answer.refusal.code, count }] };
        if (answer.status === 'settled')
          return { intentId: answer.intentId, running: 0, refused: answer.refusals };
        await ledger.dependencies.clock.sleep(answer.retryAfterMs);
      }
    },
    awaitRunning: async ({ tenantId, intentId }): Promise<BatchResult> => {
      for (;;) {
        const { items } = await life.observe(tenantId, intentId);
        const running = items.filter((item) => item.state === 'running').length;
        if (running === items.length) return { intentId, running, refused: [] };
        await ledger.dependencies.clock.sleep(200);
      }
    },
  };
}
