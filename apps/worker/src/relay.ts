import { WORKFLOW_QUEUE } from '@springtide/contracts';
import { asSpringtideError } from '@springtide/kernel';
import { relayOutbox, type Database, type Logger, type OutboxMessage } from '@springtide/platform';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';

/** How long the relay rests when there is nothing to deliver. */
const IDLE_MS = 200;
const AFTER_FAILURE_MS = 2_000;

/** Carries what commands ordered from the database to Temporal, for as long as the process lives. */
export function startRelay(database: Database, client: Client, log: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await rest(await pass(database, client, log));
    }
  };
  const done = loop();
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

async function pass(database: Database, client: Client, log: Logger): Promise<number> {
  try {
    const delivered = await relayOutbox(database, async (message) => await deliver(client, message, log));
    return delivered > 0 ? 0 : IDLE_MS;
  } catch (thrown) {
    const { code, message } = asSpringtideError(thrown);
    log.warn({ code, reason: message }, 'the relay could not deliver; it tries again');
    return AFTER_FAILURE_MS;
  }
}

async function deliver(client: Client, message: OutboxMessage, log: Logger): Promise<void> {
  try {
    if (message.kind === 'signal') {
      await client.workflow.getHandle(message.workflowId).signal(message.signal);
      return;
    }
    await client.workflow.start(message.workflow, {
      taskQueue: WORKFLOW_QUEUE,
      workflowId: message.workflowId,
      args: [message.input],
    });
  } catch (thrown) {
    // Started before, or over already: in both cases what the message asks for is so.
    if (thrown instanceof WorkflowExecutionAlreadyStartedError) return;
    if (thrown instanceof WorkflowNotFoundError) {
      log.info({ workflowId: message.workflowId }, 'a signal came after its workflow was over');
      return;
    }
    throw thrown;
  }
}

async function rest(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
