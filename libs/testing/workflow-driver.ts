import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { startEmbeddedTemporal, temporalBinary, temporalTestServerBinary } from '@springtide/platform';
import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { workflowBundle } from './workflow-bundle.js';

type Activity = (input: never) => Promise<unknown>;

export type WorkflowDriver = Readonly<{
  client: Pick<Client, 'workflow'>;
  /** Runs a workflow to its end. */
  execute(workflow: string, workflowId: string, input: unknown): Promise<unknown>;
  start(workflow: string, workflowId: string, input: unknown): ReturnType<Client['workflow']['start']>;
  /** Now, as the server has it. */
  now(): Promise<string>;
  /** Ends the worker that runs the workflows and starts one with another build of them; left out: the one it had. */
  deploy(codePath?: string): Promise<void>;
  /** Starts another worker that runs the workflows, beside the one there is, with this build of them. */
  join(codePath?: string): Promise<StartedWorker>;
  stop(): Promise<void>;
}>;

type Server = Readonly<{
  connection: NativeConnection;
  /** As another process would have it: one connection takes one worker of a kind. */
  connectAgain(): Promise<NativeConnection>;
  client: Pick<Client, 'workflow'>;
  now(): Promise<string>;
  stop(): Promise<void>;
}>;

const QUEUES = [
  MUTATE_QUEUE,
  PURCHASE_QUEUE,
  READ_QUEUE,
  PLANNER_QUEUE,
  REHEARSAL_QUEUE,
  SYNC_QUEUE,
  WATCH_QUEUE,
];

/** Activities hear of their cancellation at once, so that no test waits for it. */
const PROMPT = { shutdownGraceTime: 0, maxHeartbeatThrottleInterval: 50 } as const;

/**
 * The real workflows in the real sandbox over the activities of a test.
 * @param time `virtual`: while nothing is to do, time flies; for what is never interrupted, because that server loses
 *   its grip on time when activities are cancelled, and knows no parent-close policy. `real`: the development server.
 */
export async function startWorkflowDriver(
  time: 'virtual' | 'real',
  activities: Record<string, Activity>,
): Promise<WorkflowDriver> {
  installRuntime();
  const server = time === 'virtual' ? await virtualServer() : await realServer();
  const { connection, client } = server;
  const base = { connection, namespace: 'default' };
  const codePath = await workflowBundle();
  const workflowWorker = async (build: string, over = connection) => {
    const workflowBundle = { codePath: build };
    const options = { ...base, connection: over, taskQueue: WORKFLOW_QUEUE, workflowBundle };
    return started(await Worker.create(options));
  };
  let workflows = await workflowWorker(codePath);
  const joined: StartedWorker[] = [];
  const workers = await Promise.all([
    ...QUEUES.map(async (taskQueue) =>
      started(await Worker.create({ ...base, ...PROMPT, taskQueue, activities })),
    ),
  ]);
  const options = (workflowId: string, input: unknown) => {
    return { taskQueue: WORKFLOW_QUEUE, workflowId, args: [input] };
  };
  return {
    client,
    execute: async (workflow, id, input) => await client.workflow.execute(workflow, options(id, input)),
    start: async (workflow, id, input) => await client.workflow.start(workflow, options(id, input)),
    now: server.now,
    deploy: async (build = codePath) => {
      await workflows.end();
      workflows = await workflowWorker(build);
    },
    join: async (build = codePath) => {
      const own = await server.connectAgain();
      const worker = await workflowWorker(build, own);
      let ending: Promise<void> | undefined;
      const end = async () => await (ending ??= worker.end().then(async () => await own.close()));
      joined.push({ end });
      return { end };
    },
    stop: async () => {
      await Promise.all([workflows, ...joined, ...workers].map(async (worker) => await worker.end()));
      await server.stop();
    },
  };
}

/** A worker at work. */
type StartedWorker = Readonly<{ end(): Promise<void> }>;

function started(worker: Worker): StartedWorker {
  const running = worker.run();
  return {
    end: async () => {
      worker.shutdown();
      await running;
    },
  };
}

async function virtualServer(): Promise<Server> {
  const path = await temporalTestServerBinary();
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  return {
    connection: env.nativeConnection,
    connectAgain: async () => await Promise.reject(new Error('one worker is all that flying time can bear')),
    client: env.client,
    now: async () => new Date(await env.currentTimeMs()).toISOString(),
    stop: async () => await env.teardown(),
  };
}

async function realServer(): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), 'springtide-temporal-'));
  const server = await startEmbeddedTemporal({
    dbFile: join(folder, 'temporal.db'),
    binary: await temporalBinary(),
    durable: false,
  });
  const connection = await NativeConnection.connect({ address: server.address });
  const clientConnection = await Connection.connect({ address: server.address });
  return {
    connection,
    connectAgain: async () => await NativeConnection.connect({ address: server.address }),
    client: new Client({ connection: clientConnection }),
    now: async () => await Promise.resolve(new Date().toISOString()),
    stop: async () => {
      await clientConnection.close();
      await connection.close();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Failures that a spec provokes are no news. */
function installRuntime(): void {
  try {
    const telemetryOptions = { logging: { filter: 'ERROR', forward: {} } } as const;
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions,
      shutdownSignals: [],
    });
  } catch (thrown) {
    // One runtime serves the whole process; an earlier spec of the same process made it.
    if (!String(thrown).includes('already')) throw thrown;
  }
}
