import { createServer, type Server, type ServerResponse } from 'node:http';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { AccountService } from '@springtide/accounts';
import {
  BillOrders,
  DemandWatch,
  EntranceKeeper,
  GroupReturns,
  PlansService,
  Provisioning,
  ReadinessGate,
  RunBook,
  RehearsalService,
  RunEngine,
  RunsService,
  SafeHolds,
  ScaleBack,
  Shifting,
  WayBackService,
} from '@springtide/campaigns';
import { BuiltClusterService } from '@springtide/clusters';
import type { Config } from '@springtide/config';
import {
  MUTATE_QUEUE,
  PLANNER_QUEUE,
  PURCHASE_QUEUE,
  READ_QUEUE,
  REHEARSAL_QUEUE,
  SYNC_QUEUE,
  WATCH_QUEUE,
  WORKFLOW_QUEUE,
} from '@springtide/contracts';
import { EffectLedger, Reconciler } from '@springtide/effects';
import { BillCheckService, CampaignCostService } from '@springtide/finance';
import { asSpringtideError } from '@springtide/kernel';
import { TenantService } from '@springtide/identity';
import { InventorySyncService, InventoryWatchService } from '@springtide/inventory';
import { outboxLagSeconds, type PlatformParts } from '@springtide/platform';
import type { ProviderManifest } from '@springtide/provider-kit';
import { ProbeService } from '@springtide/readiness';
import { ReleaseKeeper } from '@springtide/traffic';
import { AfterActionService } from '@springtide/reports';
import { Client, Connection, type TLSConfig } from '@temporalio/client';
import { NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { billCheckActivities } from './activities/bill-check.activities.js';
import {
  planActivities,
  provisionActivities,
  runActivities,
  scaleBackActivities,
  shiftActivities,
} from './activities/campaign.activities.js';
import { FailureInterceptor } from './activities/failure.js';
import { housekeepingActivities } from './activities/housekeeping.activities.js';
import { inventoryActivities } from './activities/inventory.activities.js';
import { rehearsalActivities } from './activities/rehearsal.activities.js';
import { readinessActivities } from './activities/readiness.activities.js';
import { settlementOf } from './activities/settlement.js';
import { toldWhenStuck } from './activities/told-when-stuck.js';
import { EngineKeeper } from './engine-keeper.js';
import { startRelay } from './relay.js';
import { startScheduleWatch } from './schedule-watch.js';
import { ensureSchedules } from './schedules.js';
import { WorkerServices } from './services.js';

export type WorkerParts = Readonly<{
  config: Config;
  platform: PlatformParts;
  providers: ReadonlyMap<string, ProviderManifest>;
  tls: TLSConfig | boolean;
  /** Where the bundle of the workflows lies; left out: beside the built program. */
  workflowBundle?: string;
}>;

/** A listing holds a page and an index of its place in memory, and works the database. */
const SYNCS_AT_ONCE = 3;
/** A watch mostly waits. */
const WATCHES_AT_ONCE = 200;

export type WorkerProcess = Readonly<{
  /** Where health and metrics are. */
  url: string;
  /** Settles when every queue has stopped; rejects when one failed. */
  running: Promise<void>;
  /** Takes no new work, lets what runs come to its next safe point, then settles `running`. */
  stop(): void;
  close(): Promise<void>;
}>;

/** Eight queues in one process: a solver, a slow listing or a purchase that waits must not keep a scale-back waiting. */
export async function startWorker(parts: WorkerParts): Promise<WorkerProcess> {
  const { config, platform, tls } = parts;
  const app = await NestFactory.createApplicationContext(
    WorkerServices.with(platform, parts.providers, config),
    { logger: ['error', 'fatal'], abortOnError: false },
  );
  const apiKey = config.temporal.apiKey === undefined ? {} : { apiKey: config.temporal.apiKey };
  const address = { address: config.temporal.address, tls, ...apiKey };
  const connection = await NativeConnection.connect(address);
  const clientConnection = await Connection.connect(address);
  const { namespace } = config.temporal;
  const client = new Client({ connection: clientConnection, namespace });
  const base = {
    connection,
    namespace,
    interceptors: { activity: [() => ({ inbound: new FailureInterceptor() })] },
  };
  const keeper = new EngineKeeper({
    client,
    holds: app.get(SafeHolds),
    bills: app.get(BillOrders),
    clock: platform.clock,
    log: platform.log,
    profile: config.policy.profile,
  });
  const workers = await createWorkers(base, activitiesOf(app, platform, keeper), parts);
  const { database, log } = platform;
  const relay = startRelay({ database, client, log, book: app.get(RunBook) });
  await ensureSchedules(client, config.policy.profile);
  keeper.start();
  const { clock, metrics } = platform;
  const watch = startScheduleWatch({ schedules: client.schedule, metrics, clock, log });
  const server = await statusServer(config, platform, workers);
  const running = Promise.all(workers.map(async (worker) => await worker.run())).then(() => undefined);
  return {
    url: urlOf(server),
    running,
    stop: () => {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    },
    close: async () => {
      watch.stop();
      await Promise.all([relay.stop(), keeper.stop()]);
      server.close();
      await clientConnection.close();
      await connection.close();
      await app.close();
    },
  };
}

type App = Awaited<ReturnType<typeof NestFactory.createApplicationContext>>;

/** @param keeper without one every lapsed lease brings its run back: there is no engine that could have forgotten it. */
export function activitiesOf(
  app: Pick<App, 'get'>,
  platform: PlatformParts,
  keeper?: Pick<EngineKeeper, 'mayComeBack'>,
) {
  return {
    ...planActivities(app.get(PlansService)),
    ...runActivities(app.get(RunEngine), app.get(EntranceKeeper), app.get(DemandWatch)),
    ...toldWhenStuck(app.get(RunBook), {
      ...provisionActivities(app.get(Provisioning)),
      ...shiftActivities(app.get(Shifting)),
    }),
    ...scaleBackActivities(
      app.get(ScaleBack),
      app.get(WayBackService),
      settlementOf({
        runs: app.get(RunsService),
        costs: app.get(CampaignCostService),
        reports: app.get(AfterActionService),
        log: platform.log,
      }),
    ),
    ...housekeepingActivities({
      mayComeBack: async (tenantId, runIds) =>
        keeper === undefined ? await Promise.resolve(runIds) : await keeper.mayComeBack(tenantId, runIds),
      database: platform.database,
      log: platform.log,
      reconciler: app.get(Reconciler),
      accounts: app.get(AccountService),
      tenants: app.get(TenantService),
      builtClusters: app.get(BuiltClusterService),
      probes: app.get(ProbeService),
      releases: app.get(ReleaseKeeper),
      book: app.get(RunBook),
      groupReturns: app.get(GroupReturns),
    }),
    ...billCheckActivities(app.get(BillCheckService)),
    ...rehearsalActivities(app.get(RehearsalService)),
    ...readinessActivities({
      database: platform.database,
      gate: app.get(ReadinessGate),
      probes: app.get(ProbeService),
      log: platform.log,
    }),
    ...inventoryActivities({
      sync: app.get(InventorySyncService),
      watch: app.get(InventoryWatchService),
      ledger: app.get(EffectLedger),
      clock: platform.clock,
      log: platform.log,
    }),
  };
}

async function createWorkers(
  base: Pick<WorkerOptions, 'connection' | 'namespace' | 'interceptors'>,
  activities: ReturnType<typeof activitiesOf>,
  { config, workflowBundle }: WorkerParts,
): Promise<readonly Worker[]> {
  const { concurrency } = config.worker;
  const workflows = workflowSource(workflowBundle);
  const queue = (
    taskQueue: string,
    maxConcurrentActivityTaskExecutions: number,
    shutdownGraceTime: '10s' | '0s' = '10s',
  ) => ({
    ...base,
    taskQueue,
    activities,
    maxConcurrentActivityTaskExecutions,
    shutdownGraceTime,
  });
  return await Promise.all([
    Worker.create({ ...base, taskQueue: WORKFLOW_QUEUE, ...workflows, maxCachedWorkflows: 500 }),
    Worker.create(queue(MUTATE_QUEUE, concurrency)),
    // Each question that a frozen process has left open swallows one task until its heartbeat is missed.
    Worker.create({ ...queue(PURCHASE_QUEUE, concurrency), maxConcurrentActivityTaskPolls: 2 }),
    Worker.create(queue(READ_QUEUE, concurrency)),
    Worker.create(queue(PLANNER_QUEUE, 1)),
    Worker.create(queue(REHEARSAL_QUEUE, 1)),
    Worker.create(queue(SYNC_QUEUE, SYNCS_AT_ONCE)),
    // A watch is told of the end at once: it has nothing to finish.
    Worker.create(queue(WATCH_QUEUE, WATCHES_AT_ONCE, '0s')),
  ]);
}

/** The bundle made at build time; without it the worker bundles at start, which takes seconds. */
function workflowSource(
  bundle = fileURLToPath(new URL('../../../workflow-bundle.js', import.meta.url)),
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  if (existsSync(bundle)) return { workflowBundle: { codePath: bundle } };
  return { workflowsPath: fileURLToPath(new URL('../../../workflows/index.js', import.meta.url)) };
}

async function statusServer(
  config: Config,
  platform: PlatformParts,
  workers: readonly Worker[],
): Promise<Server> {
  const server = createServer((request, response) => {
    void respond(request.url ?? '/', response);
  });
  const respond = async (path: string, response: ServerResponse) => {
    try {
      const { status, type, body } = await answer(path);
      response.writeHead(status, { 'content-type': type }).end(body);
    } catch (thrown) {
      response.writeHead(503, { 'content-type': 'text/plain' }).end(asSpringtideError(thrown).message);
    }
  };
  const answer = async (path: string) => {
    if (path === '/metrics') {
      platform.metrics.outboxLag.set(await outboxLagSeconds(platform.database));
      const { contentType, body } = await platform.metrics.text();
      return { status: 200, type: contentType, body };
    }
    const healthy = workers.every((worker) => ['INITIALIZED', 'RUNNING'].includes(worker.getState()));
    const body = JSON.stringify({ healthy, queues: workers.map((worker) => worker.getState()) });
    return { status: healthy ? 200 : 503, type: 'application/json', body };
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.worker.port, config.worker.host, resolve);
  });
  return server;
}

function urlOf(server: Server): string {
  const address = server.address();
  return typeof address === 'object' && address !== null ? `http://${address.address}:${address.port}` : '';
}
