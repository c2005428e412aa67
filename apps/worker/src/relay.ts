import type { RunBook } from '@springtide/campaigns';
import { WORKFLOW_QUEUE, sentence } from '@springtide/contracts';
import { asSpringtideError } from '@springtide/kernel';
import {
  overdueMessages,
  relayOutbox,
  type Database,
  type Logger,
  type OutboxMessage,
  type OverdueMessage,
} from '@springtide/platform';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError, type Client } from '@temporalio/client';

/** How long the relay rests when there is nothing to deliver. */
const IDLE_MS = 200;
const AFTER_FAILURE_MS = 2_000;
/** A message that was tried for so long is told to people; they are looked for so often. */
const LATE_MS = 5 * 60_000;
const LOOK_EVERY_MS = 30_000;

export type RelayParts = Readonly<{
  database: Database;
  client: Readonly<{ workflow: Pick<Client['workflow'], 'start' | 'getHandle'> }>;
  log: Logger;
  /** Where the story of a run is told. */
  book: Pick<RunBook, 'note'>;
}>;

/** Carries what commands ordered from the database to Temporal, for as long as the process lives. */
export function startRelay(parts: RelayParts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let lookedAt = Number.NEGATIVE_INFINITY;
  const loop = async () => {
    while (!stopping.signal.aborted) {
      await rest(await pass(parts));
      if (performance.now() - lookedAt < LOOK_EVERY_MS) continue;
      lookedAt = performance.now();
      await tellOverdue(parts);
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

async function pass({ database, client, log }: RelayParts): Promise<number> {
  try {
    const delivered = await relayOutbox(database, async (message) => await deliver(client, message, log));
    return delivered > 0 ? 0 : IDLE_MS;
  } catch (thrown) {
    const { code, message } = asSpringtideError(thrown);
    log.warn({ code, reason: message }, 'the relay could not deliver; it tries again');
    return AFTER_FAILURE_MS;
  }
}

async function deliver(client: RelayParts['client'], message: OutboxMessage, log: Logger): Promise<void> {
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

async function tellOverdue({ database, book, log }: RelayParts): Promise<void> {
  try {
    for (const message of await overdueMessages(database, LATE_MS)) {
      log.error(
        { ...message },
        'an order has not reached the workflow engine; what it asks for has not begun',
      );
      await tellRun(book, message, log);
    }
  } catch (thrown) {
    const { code, message } = asSpringtideError(thrown);
    log.warn({ code, reason: message }, 'late orders could not be looked for; tried again');
  }
}

/** One run that cannot be told, for instance because there is none, must not keep the others from being told. */
async function tellRun(book: RelayParts['book'], message: OverdueMessage, log: Logger): Promise<void> {
  const [, runId] = OF_A_RUN.exec(message.workflowId) ?? [];
  if (runId === undefined) return;
  try {
    await book.note(message.tenantId, runId, noteOf(message));
  } catch (thrown) {
    const { code, message: reason } = asSpringtideError(thrown);
    log.warn({ runId, code, reason }, 'a run could not be told of its late order; tried again');
  }
}

const OF_A_RUN = /^(?:run|scale-back|bill-check):([0-9a-f-]{36})$/;

function noteOf({ id, workflowId, attempts, createdAt }: OverdueMessage) {
  return {
    step: 'relay.late',
    level: 'problem' as const,
    sentences: [sentence('relay.late', { at: createdAt, workflow: workflowId, tries: attempts })],
    once: `relay/${id}`,
  };
}

async function rest(ms: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
