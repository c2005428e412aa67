import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  PURCHASE_QUEUE,
  WORKFLOW_QUEUE,
  type BatchResult,
  type ProvisionActivities,
} from '@springtide/contracts';
import { MachineLife } from '@springtide/effects';
import { startEmbeddedTemporal, temporalBinary } from '@springtide/platform';
import { workflowBundle } from '@springtide/testing';
import type { provision } from '@springtide/workflows';
import { heartbeat } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { examplePublicCloud } from '../../../providers/simulated/index.js';
import { POOL, TENANT, requestOf } from '../../chaos/ledger-order.js';
import { LedgerWorld, type Run } from '../../chaos/ledger-world.js';
import { inLanes } from '../effects/ledger-run.js';

/** As many as a worker of the product does at once. */
const RETURNS_AT_ONCE = 20;

export type LoadRequest = Readonly<{ campaigns: number; machines: number; batch: number }>;

export type LoadResult = Readonly<{
  /** From the first order until the last machine runs; then until the last one is gone. */
  boughtSeconds: number;
  backSeconds: number;
  /** Most machines that the cloud had at one moment. */
  inFlight: number;
  /** Largest resident size of this process, which is worker, cloud and harness at once. */
  residentBytes: number;
  /** What the cloud and the books say that must not be. */
  wrong: readonly string[];
}>;

/**
 * Many runs at once through the real provision workflow, on a real Temporal server, over the ledger on PostgreSQL and a
 * cloud behind HTTP; then everything back. Without entrances: what is loaded is buying and giving back.
 */
export async function runLoad(request: LoadRequest): Promise<LoadResult> {
  const dir = await mkdtemp(join(tmpdir(), 'springtide-load-'));
  const world = await LedgerWorld.open(largeCloud(request.machines));
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    // On a loaded machine the engine's own warnings would be most of what is printed.
    telemetryOptions: { logging: { filter: 'temporalio_sdk_core=ERROR', forward: {} } },
  });
  const temporal = await startEmbeddedTemporal({
    dbFile: join(dir, 'temporal.db'),
    binary: await temporalBinary(),
  });
  const native = await NativeConnection.connect({ address: temporal.address });
  const connection = await Connection.connect({ address: temporal.address });
  try {
    const each = Math.floor(request.machines / request.campaigns);
    const runs: Run[] = [];
    for (let at = 0; at < request.campaigns; at += 1) runs.push(await world.newRun(each));
    const codePath = await workflowBundle();
    const workflows = await Worker.create({
      connection: native,
      taskQueue: WORKFLOW_QUEUE,
      workflowBundle: { codePath },
      maxCachedWorkflows: 500,
    });
    const activities = await Worker.create({
      connection: native,
      taskQueue: PURCHASE_QUEUE,
      activities: activitiesOver(world, runs),
    });
    const client = new Client({ connection });
    return await workflows.runUntil(activities.runUntil(measure(world, client, runs, request)));
  } finally {
    await connection.close();
    await native.close();
    await temporal.stop();
    await world.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function measure(
  world: LedgerWorld,
  client: Client,
  runs: readonly Run[],
  { batch }: LoadRequest,
): Promise<LoadResult> {
  const seen = { inFlight: 0, residentBytes: 0 };
  const looking = setInterval(() => {
    seen.inFlight = Math.max(seen.inFlight, world.cloud.machines().length);
    seen.residentBytes = Math.max(seen.residentBytes, process.memoryUsage.rss());
  }, 500);
  try {
    const startedAt = performance.now();
    await Promise.all(runs.map(async (run) => await provisioned(client, run, batch)));
    const boughtAt = performance.now();
    seen.inFlight = Math.max(seen.inFlight, world.cloud.machines().length);
    await inLanes(
      runs.length,
      async (at) => {
        await world.finish({ work: 'bring-back', runs: runs.slice(at, at + 1) });
      },
      RETURNS_AT_ONCE,
    );
    const backSeconds = (performance.now() - boughtAt) / 1_000;
    const wrong = await world.leftovers(runs);
    return { boughtSeconds: (boughtAt - startedAt) / 1_000, backSeconds, ...seen, wrong };
  } finally {
    clearInterval(looking);
  }
}

async function provisioned(client: Client, run: Run, batchSize: number): Promise<void> {
  const order = { service: 'storefront', poolId: POOL, count: run.machines, batchSize };
  const deficits = await client.workflow.execute<typeof provision>('provision', {
    taskQueue: WORKFLOW_QUEUE,
    workflowId: `load/${run.runId}`,
    args: [{ tenantId: TENANT, runId: run.runId, fence: 1, phase: 'ramp', revision: 0, round: 0, order }],
  });
  if (deficits.length > 0) throw new Error(`machines did not come: ${JSON.stringify(deficits)}`);
}

/** What the worker does for a batch, without the story it tells in the run's rows. */
function activitiesOver({ ledger }: LedgerWorld, runs: readonly Run[]): ProvisionActivities {
  const life = new MachineLife(ledger);
  const byId = new Map(runs.map((run) => [run.runId, run]));
  return {
    launchBatch: async ({ runId, batch, count }): Promise<BatchResult> => {
      const run = byId.get(runId);
      if (run === undefined) throw new Error(`there is no run ${runId}`);
      const plain = requestOf({ ...run, machines: count }, 1, ledger.now());
      const spec = { ...plain.spec, namePrefix: `${plain.spec.namePrefix}-${batch}` };
      for (;;) {
        const answer = await ledger.launch({ ...plain, spec, batch });
        if (answer.status === 'refused')
          return { intentId: null, running: 0, refused: [{ code: answer.refusal.code, count }] };
        if (answer.status === 'settled')
          return { intentId: answer.intentId, running: 0, refused: answer.refusals };
        heartbeat();
        await ledger.dependencies.clock.sleep(answer.retryAfterMs);
      }
    },
    awaitRunning: async ({ tenantId, intentId }): Promise<BatchResult> => {
      for (;;) {
        const { items } = await life.observe(tenantId, intentId);
        const running = items.filter((item) => item.state === 'running').length;
        if (running === items.length) return { intentId, running, refused: [] };
        heartbeat();
        await ledger.dependencies.clock.sleep(500);
      }
    },
  };
}

/** With room for all, and the call budgets of a large account. */
function largeCloud(machines: number): Partial<Parameters<typeof examplePublicCloud>[0]> {
  const [region] = examplePublicCloud().regions;
  const [type] = examplePublicCloud().machineTypes;
  if (region === undefined || type === undefined) throw new Error('the example cloud sells nothing');
  const rates = { read: { burst: 2_000, perSecond: 1_000 }, mutate: { burst: 1_000, perSecond: 500 } };
  const offers = type.offers.map((offer) => ({ ...offer, stockPerZone: machines, interruptionPerHour: 0 }));
  return {
    regions: [{ ...region, networks: [], quotas: [{ group: 'standard', limitVcpu: machines * type.vcpu }] }],
    machineTypes: [{ ...type, offers }],
    behaviour: { rates, bootMs: 5_000, terminateMs: 2_000, survivingDisks: 0.1 },
  };
}
